// Package store keeps the orders and their returns in Postgres.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/shop/contracts/events"
	"example.com/shop/orders/internal/outbox"
)

const (
	Pending  = "pending"
	Paid     = "paid"
	Declined = "declined"
)

var ErrNotFound = errors.New("order not found")

type Line struct {
	SKU            string
	Quantity       int32
	UnitPriceCents int64
}

type Order struct {
	ID             string
	IdempotencyKey string
	CustomerID     string
	Email          string
	Address        string
	TotalCents     int64
	Status         string
	Lines          []Line
}

type Store struct {
	pool *pgxpool.Pool
}

func New(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool}
}

// Create stores a pending order, or returns the one that already has its
// idempotency key.
func (s *Store) Create(ctx context.Context, o Order) (Order, error) {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			INSERT INTO orders (id, idempotency_key, customer_id, email, address, total_cents)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (idempotency_key) DO NOTHING`,
			o.ID, o.IdempotencyKey, o.CustomerID, o.Email, o.Address, o.TotalCents)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			o, err = get(ctx, tx, "idempotency_key = $1", o.IdempotencyKey)
			return err
		}
		o.Status = Pending
		batch := &pgx.Batch{}
		for _, l := range o.Lines {
			batch.Queue(`INSERT INTO order_lines (order_id, sku, quantity, unit_price_cents) VALUES ($1, $2, $3, $4)`,
				o.ID, l.SKU, l.Quantity, l.UnitPriceCents)
		}
		return tx.SendBatch(ctx, batch).Close()
	})
	return o, err
}

func (s *Store) Get(ctx context.Context, id string) (Order, error) {
	return get(ctx, s.pool, "id = $1", id)
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func get(ctx context.Context, q querier, where string, arg any) (Order, error) {
	rows, err := q.Query(ctx, `
		SELECT id, idempotency_key, customer_id, email, address, total_cents, status
		FROM orders WHERE `+where, arg)
	if err != nil {
		return Order{}, err
	}
	o, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (o Order, err error) {
		err = row.Scan(&o.ID, &o.IdempotencyKey, &o.CustomerID, &o.Email, &o.Address, &o.TotalCents, &o.Status)
		return o, err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Order{}, ErrNotFound
	}
	if err != nil {
		return Order{}, err
	}
	rows, err = q.Query(ctx, `SELECT sku, quantity, unit_price_cents FROM order_lines WHERE order_id = $1 ORDER BY sku`, o.ID)
	if err != nil {
		return Order{}, err
	}
	o.Lines, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Line])
	return o, err
}

// Confirm marks a pending order as paid and tells the others.
func (s *Store) Confirm(ctx context.Context, o Order) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE orders SET status = 'paid', updated_at = now() WHERE id = $1 AND status = 'pending'`, o.ID)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		placed := events.OrderPlaced{
			ID: uuid.NewString(), OrderID: o.ID, CustomerID: o.CustomerID, Email: o.Email, Address: o.Address,
			TotalCents: o.TotalCents, PlacedAt: time.Now().UTC(),
		}
		for _, l := range o.Lines {
			placed.Lines = append(placed.Lines, events.Line{SKU: l.SKU, Quantity: l.Quantity})
		}
		return outbox.Enqueue(ctx, tx, events.OrderPlacedTopic, o.ID, placed)
	})
}

func (s *Store) Decline(ctx context.Context, id string) error {
	_, err := s.pool.Exec(ctx, `UPDATE orders SET status = 'declined', updated_at = now() WHERE id = $1 AND status = 'pending'`, id)
	return err
}
