package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// lease is how long one delivery may take; it is longer than a handler may run.
	lease = time.Minute
	// memory is how long a sent notice is remembered; it is longer than Kafka keeps a message.
	memory = 30 * 24 * time.Hour

	releaseTimeout = time.Second
)

// errInFlight is returned while another delivery of the message is being worked on.
var errInFlight = errors.New("another delivery of this message is in flight")

// redisGuard lets an effect that no transaction can hold, such as a mail, happen once per message.
type redisGuard struct {
	client *redis.Client
}

// once calls send unless the message was sent before. The message is claimed before the effect; a claim whose effect
// failed is released, so that the next delivery can try.
func (g *redisGuard) once(ctx context.Context, messageID string, send func(context.Context) error) error {
	key := "notices:sent:" + messageID
	claimed, err := g.client.SetNX(ctx, key, "sending", lease).Result()
	if err != nil {
		return fmt.Errorf("claim %s: %w", key, err)
	}
	if !claimed {
		return g.sentBefore(ctx, key)
	}
	if err := send(ctx); err != nil {
		g.release(ctx, key)
		return err
	}
	if err := g.client.Set(ctx, key, "sent", memory).Err(); err != nil {
		// The notice is out. Failing now would send it again.
		slog.WarnContext(ctx, "sent notice is remembered for the lease only", "key", key, "error", err)
	}
	return nil
}

func (g *redisGuard) sentBefore(ctx context.Context, key string) error {
	state, err := g.client.Get(ctx, key).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("claim %s: %w", key, err)
	}
	if state != "sent" {
		return errInFlight
	}
	return nil
}

// release works after ctx has ended, which may be why the effect failed.
func (g *redisGuard) release(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	if err := g.client.Del(ctx, key).Err(); err != nil {
		slog.WarnContext(ctx, "claim stays until its lease ends", "key", key, "error", err)
	}
}
