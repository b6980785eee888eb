package shipments

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Orders is the order book, in the database of orders.
type Orders struct {
	pool *pgxpool.Pool
}

func NewOrders(pool *pgxpool.Pool) *Orders {
	return &Orders{pool: pool}
}

func (o *Orders) MarkShipped(ctx context.Context, orderID string) error {
	_, err := o.pool.Exec(ctx, `UPDATE orders SET status = 'shipped', updated_at = now() WHERE id = $1 AND status = 'paid'`, orderID)
	return err
}
