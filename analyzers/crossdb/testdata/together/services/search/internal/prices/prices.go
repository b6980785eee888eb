// Package prices knows too much about catalog.
package prices

import (
	"context"

	"github.com/redis/go-redis/v9"
)

const key = "catalog:price:"

// Forget makes catalog read a price anew.
func Forget(ctx context.Context, cache *redis.Client, sku string) error {
	return cache.Del(ctx, key+sku).Err() // want `search deletes redis key catalog:price:\* of service catalog \(the only one that fills it\)`
}
