// Package credit gives money back. Its test lies outside of it.
package credit

import (
	"context"
	"database/sql"
)

type Credits struct{ db *sql.DB }

func New(db *sql.DB) *Credits { return &Credits{db} }

func (c *Credits) Credited(ctx context.Context, value []byte) error {
	_, err := c.db.ExecContext(ctx, "INSERT INTO credits (order_id, amount) VALUES ($1, 1) ON CONFLICT (order_id) DO NOTHING", string(value))
	return err
}
