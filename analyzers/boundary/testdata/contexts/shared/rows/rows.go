// Package rows is a library: it is told the table.
package rows

import "database/sql"

// Put adds a row to a table.
func Put(db *sql.DB, table, id string) error {
	_, err := db.Exec("INSERT INTO "+table+" (id) VALUES ($1)", id)
	return err
}
