package product

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

const ttl = 10 * time.Minute

// Cached answers Get from Redis where it can. Everything else goes to the
// Repository below it.
type Cached struct {
	Repository
	rdb redis.Cmdable
}

func NewCached(next Repository, rdb redis.Cmdable) *Cached {
	return &Cached{Repository: next, rdb: rdb}
}

func (c *Cached) Get(ctx context.Context, sku string) (Product, error) {
	if raw, err := c.rdb.Get(ctx, cacheKey(sku)).Bytes(); err == nil {
		var p Product
		if json.Unmarshal(raw, &p) == nil {
			return p, nil
		}
	}
	p, err := c.Repository.Get(ctx, sku)
	if err != nil {
		return Product{}, err
	}
	if raw, err := json.Marshal(p); err == nil {
		// The next reader needs the entry even if this one has gone away.
		if err := c.rdb.Set(context.WithoutCancel(ctx), cacheKey(sku), raw, ttl).Err(); err != nil {
			slog.WarnContext(ctx, "cache product", "sku", sku, "err", err)
		}
	}
	return p, nil
}

func (c *Cached) Put(ctx context.Context, p Product) error {
	if err := c.Repository.Put(ctx, p); err != nil {
		return err
	}
	return c.rdb.Del(ctx, cacheKey(p.SKU)).Err()
}

func cacheKey(sku string) string {
	return "catalog:product:" + sku
}
