// Package shipments keeps the parcels of the shop, one per order.
package shipments

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/shop/contracts/events"
)

var ErrNotFound = errors.New("shipment not found")

type Shipment struct {
	OrderID string
	Status  string
	Carrier string
}

type Store struct {
	pool *pgxpool.Pool
}

func NewStore(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool}
}

// Prepare adds a shipment for a placed order.
func (s *Store) Prepare(ctx context.Context, e events.OrderPlaced) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO processed_messages (id) VALUES ($1) ON CONFLICT DO NOTHING`, e.ID)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		_, err = tx.Exec(ctx, `INSERT INTO shipments (order_id, address) VALUES ($1, $2)`, e.OrderID, e.Address)
		return err
	})
}

func (s *Store) Get(ctx context.Context, orderID string) (Shipment, error) {
	return one(s.pool.Query(ctx, `SELECT order_id, status, carrier FROM shipments WHERE order_id = $1`, orderID))
}

// Dispatch notes the carrier of the shipment.
func (s *Store) Dispatch(ctx context.Context, orderID, carrier string) (Shipment, error) {
	return one(s.pool.Query(ctx, `
		UPDATE shipments SET status = 'dispatched', carrier = $2, updated_at = now()
		WHERE order_id = $1
		RETURNING order_id, status, carrier`, orderID, carrier))
}

func one(rows pgx.Rows, err error) (Shipment, error) {
	if err != nil {
		return Shipment{}, err
	}
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Shipment])
	if errors.Is(err, pgx.ErrNoRows) {
		return Shipment{}, ErrNotFound
	}
	return s, err
}
