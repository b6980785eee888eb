// Package backlog reports the orders that wait to be sent.
package backlog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type Waiting struct {
	OrderID    string    `json:"order_id"`
	CustomerID string    `json:"customer_id"`
	TotalCents int64     `json:"total_cents"`
	Since      time.Time `json:"since"`
}

type Backlog struct {
	orders *pgxpool.Pool
}

func New(orders *pgxpool.Pool) *Backlog {
	return &Backlog{orders: orders}
}

const waiting = `
	SELECT id, customer_id, total_cents, updated_at
	FROM orders
	WHERE status = 'paid' AND updated_at < $1
	ORDER BY updated_at`

func (b *Backlog) OlderThan(ctx context.Context, age time.Duration) ([]Waiting, error) {
	rows, err := b.orders.Query(ctx, waiting, time.Now().Add(-age))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Waiting])
}
