// Package revenue reports what the shop earned, from the orders.placed events.
package revenue

import (
	"context"
	_ "embed"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/shop/contracts/events"
	"example.com/shop/payments/fees"
)

//go:embed revenue.sql
var revenueSQL string

type Book struct {
	pool *pgxpool.Pool
}

func NewBook(pool *pgxpool.Pool) *Book {
	return &Book{pool: pool}
}

func (b *Book) Add(ctx context.Context, e events.OrderPlaced) error {
	_, err := b.pool.Exec(ctx, `
		INSERT INTO placed_orders (order_id, total_cents, placed_at) VALUES ($1, $2, $3)
		ON CONFLICT (order_id) DO NOTHING`, e.OrderID, e.TotalCents, e.PlacedAt)
	return err
}

// Day is one day's revenue: what was sold, and what is left after fees.
type Day struct {
	Date       time.Time `json:"date"`
	GrossCents int64     `json:"gross_cents"`
	NetCents   int64     `json:"net_cents"`
}

func (b *Book) Days(ctx context.Context, from, to time.Time) ([]Day, error) {
	rows, err := b.pool.Query(ctx, revenueSQL, from, to)
	if err != nil {
		return nil, err
	}
	days := []Day{}
	var (
		date  time.Time
		cents int64
	)
	_, err = pgx.ForEachRow(rows, []any{&date, &cents}, func() error {
		if n := len(days); n == 0 || !days[n-1].Date.Equal(date) {
			days = append(days, Day{Date: date})
		}
		d := &days[len(days)-1]
		d.GrossCents += cents
		d.NetCents += cents - fees.Of(cents)
		return nil
	})
	return days, err
}
