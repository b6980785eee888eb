// Package run runs the statements of whoever calls it. What they say is not its business.
package run

import (
	"context"
	"database/sql"
	"fmt"
)

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Statement runs one.
func Statement(ctx context.Context, db execer, query string, args ...any) error {
	if _, err := db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("run %q: %w", query, err)
	}
	return nil
}
