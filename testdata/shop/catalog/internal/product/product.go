// Package product keeps the products: in Postgres, with a read cache in Redis.
package product

import (
	"context"
	"errors"
)

var ErrNotFound = errors.New("product not found")

type Product struct {
	SKU        string `json:"sku"`
	Name       string `json:"name"`
	PriceCents int64  `json:"price_cents"`
	Physical   bool   `json:"physical"`
}

// Repository is implemented by Postgres, and by Cached on top of another Repository.
type Repository interface {
	Get(ctx context.Context, sku string) (Product, error)
	GetMany(ctx context.Context, skus []string) ([]Product, error)
	List(ctx context.Context, after string, limit int32) ([]Product, error)
	Put(ctx context.Context, p Product) error
}
