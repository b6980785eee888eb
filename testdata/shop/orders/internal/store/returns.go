package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/shop/contracts/events"
	"example.com/shop/orders/internal/outbox"
)

type Return struct {
	ID        string        `json:"id"`
	OrderID   string        `json:"order_id"`
	Reason    string        `json:"reason"`
	Lines     []events.Line `json:"lines"`
	CreatedAt time.Time     `json:"created_at"`
}

func (s *Store) AddReturn(ctx context.Context, orderID, reason string, lines []events.Line) (Return, error) {
	r := Return{ID: uuid.NewString(), OrderID: orderID, Reason: reason, Lines: lines, CreatedAt: time.Now().UTC()}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO returns (id, order_id, reason, lines, created_at) VALUES ($1, $2, $3, $4, $5)`,
			r.ID, r.OrderID, r.Reason, r.Lines, r.CreatedAt)
		if err != nil {
			return err
		}
		return outbox.Enqueue(ctx, tx, events.OrderReturnedTopic, orderID,
			events.OrderReturned{ID: uuid.NewString(), ReturnID: r.ID, OrderID: orderID, Lines: lines})
	})
	return r, err
}

func (s *Store) ReturnsSince(ctx context.Context, since time.Time) ([]Return, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, order_id, reason, lines, created_at FROM returns
		WHERE created_at >= $1 ORDER BY created_at`, since)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Return])
}
