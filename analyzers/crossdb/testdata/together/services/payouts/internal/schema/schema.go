// Package schema makes the tables of payouts.
package schema

import "database/sql"

// Make creates what is not there yet.
func Make(exec func(query string, args ...any) (sql.Result, error)) error {
	for _, statement := range []string{
		"CREATE TABLE IF NOT EXISTS payouts (id TEXT PRIMARY KEY)",
		"CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, cents BIGINT, iban TEXT)",
	} {
		if _, err := exec(statement); err != nil {
			return err
		}
	}
	return nil
}
