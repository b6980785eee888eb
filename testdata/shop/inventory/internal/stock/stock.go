// Package stock counts what is in the warehouse.
package stock

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

var ErrOutOfStock = errors.New("out of stock")

type Line struct {
	SKU      string
	Quantity int32
}

// Catalog knows which products lie in the warehouse: downloads do not.
type Catalog interface {
	Physical(ctx context.Context, skus []string) (map[string]bool, error)
}

type Warehouse struct {
	pool    *pgxpool.Pool
	catalog Catalog
}

func NewWarehouse(pool *pgxpool.Pool, catalog Catalog) *Warehouse {
	return &Warehouse{pool: pool, catalog: catalog}
}

// Reserve takes the physical lines of an order from stock: all or none, and
// once per order.
func (w *Warehouse) Reserve(ctx context.Context, orderID string, lines []Line) error {
	skus := make([]string, 0, len(lines))
	for _, l := range lines {
		skus = append(skus, l.SKU)
	}
	physical, err := w.catalog.Physical(ctx, skus)
	if err != nil {
		return fmt.Errorf("look up products: %w", err)
	}
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		for _, l := range lines {
			if !physical[l.SKU] {
				continue
			}
			if err := take(ctx, tx, orderID, l); err != nil {
				return err
			}
		}
		return nil
	})
}

func take(ctx context.Context, tx pgx.Tx, orderID string, l Line) error {
	tag, err := tx.Exec(ctx, `
		INSERT INTO reservations (order_id, sku, quantity) VALUES ($1, $2, $3)
		ON CONFLICT (order_id, sku) DO NOTHING`, orderID, l.SKU, l.Quantity)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	tag, err = tx.Exec(ctx, `UPDATE stock SET available = available - $2 WHERE sku = $1 AND available >= $2`, l.SKU, l.Quantity)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("%w: %s", ErrOutOfStock, l.SKU)
	}
	return nil
}

// Release puts back what is reserved for the order.
func (w *Warehouse) Release(ctx context.Context, orderID string) error {
	_, err := w.pool.Exec(ctx, `
		WITH released AS (
			DELETE FROM reservations WHERE order_id = $1 RETURNING sku, quantity
		)
		UPDATE stock SET available = available + released.quantity
		FROM released WHERE released.sku = stock.sku`, orderID)
	return err
}

// Restock adds goods that have come back.
func (w *Warehouse) Restock(ctx context.Context, lines []Line) error {
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		for _, l := range lines {
			if _, err := tx.Exec(ctx, `UPDATE stock SET available = available + $2 WHERE sku = $1`, l.SKU, l.Quantity); err != nil {
				return err
			}
		}
		return nil
	})
}

type Item struct {
	SKU       string
	Name      string
	Available int32
}

// Low lists the products of which fewer than threshold are left.
func (w *Warehouse) Low(ctx context.Context, threshold int32) ([]Item, error) {
	rows, err := w.pool.Query(ctx, `
		SELECT s.sku, p.name, s.available
		FROM stock s
		JOIN products p ON p.sku = s.sku
		WHERE s.available < $1
		ORDER BY s.available, s.sku`, threshold)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Item])
}
