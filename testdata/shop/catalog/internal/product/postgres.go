package product

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type Postgres struct {
	pool *pgxpool.Pool
}

func NewPostgres(pool *pgxpool.Pool) *Postgres {
	return &Postgres{pool: pool}
}

const columns = `sku, name, price_cents, physical`

func (r *Postgres) Get(ctx context.Context, sku string) (Product, error) {
	rows, err := r.pool.Query(ctx, `SELECT `+columns+` FROM products WHERE sku = $1`, sku)
	if err != nil {
		return Product{}, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Product])
	if errors.Is(err, pgx.ErrNoRows) {
		return Product{}, ErrNotFound
	}
	return p, err
}

func (r *Postgres) GetMany(ctx context.Context, skus []string) ([]Product, error) {
	rows, err := r.pool.Query(ctx, `SELECT `+columns+` FROM products WHERE sku = ANY($1)`, skus)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Product])
}

func (r *Postgres) List(ctx context.Context, after string, limit int32) ([]Product, error) {
	rows, err := r.pool.Query(ctx, `SELECT `+columns+` FROM products WHERE sku > $1 ORDER BY sku LIMIT $2`, after, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Product])
}

func (r *Postgres) Put(ctx context.Context, p Product) error {
	_, err := r.pool.Exec(ctx, `
		INSERT INTO products (`+columns+`) VALUES ($1, $2, $3, $4)
		ON CONFLICT (sku) DO UPDATE
		SET name = EXCLUDED.name, price_cents = EXCLUDED.price_cents, physical = EXCLUDED.physical, updated_at = now()`,
		p.SKU, p.Name, p.PriceCents, p.Physical)
	return err
}
