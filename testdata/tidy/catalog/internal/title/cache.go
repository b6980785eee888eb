package title

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	cacheTTL     = 10 * time.Minute
	cacheTimeout = 200 * time.Millisecond
)

// Cache keeps titles near. It may lose anything at any time, so its failures are logged and never returned.
type Cache struct {
	client *redis.Client
}

// NewCache makes the cache behind client.
func NewCache(client *redis.Client) *Cache { return &Cache{client: client} }

func cacheKey(isbn string) string { return "catalog:title:" + isbn }

// Batch returns the titles it has, and the ISBNs that it does not.
func (c *Cache) Batch(ctx context.Context, isbns []string) (found []Title, missing []string) {
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	keys := make([]string, len(isbns))
	for i, isbn := range isbns {
		keys[i] = cacheKey(isbn)
	}
	values, err := c.client.MGet(ctx, keys...).Result()
	if err != nil {
		slog.WarnContext(ctx, "title cache not read", "error", err)
		return nil, isbns
	}
	for i, v := range values {
		var t Title
		if text, ok := v.(string); ok && json.Unmarshal([]byte(text), &t) == nil {
			found = append(found, t)
		} else {
			missing = append(missing, isbns[i])
		}
	}
	return found, missing
}

// Fill keeps the titles for a while, in one round trip.
func (c *Cache) Fill(ctx context.Context, titles []Title) {
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	_, err := c.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, t := range titles {
			text, err := json.Marshal(t)
			if err != nil {
				return err
			}
			p.Set(ctx, cacheKey(t.ISBN), text, cacheTTL)
		}
		return nil
	})
	if err != nil {
		slog.WarnContext(ctx, "title cache not filled", "error", err)
	}
}

// Drop forgets a title that has changed.
func (c *Cache) Drop(ctx context.Context, isbn string) {
	ctx, cancel := context.WithTimeout(ctx, cacheTimeout)
	defer cancel()
	if err := c.client.Del(ctx, cacheKey(isbn)).Err(); err != nil {
		slog.WarnContext(ctx, "title stays in the cache until it expires", "isbn", isbn, "error", err)
	}
}
