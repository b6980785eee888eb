// Package periodic runs housekeeping: small jobs that a process does by itself, again and again.
package periodic

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
)

// turnTimeout bounds one turn of a job. It is shorter than the lease of the outbox relay.
const turnTimeout = 20 * time.Second

// Run calls job every interval until ctx ends. A job that fails is tried again at the next turn.
func Run(ctx context.Context, name string, interval time.Duration, job func(context.Context) error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			turn(ctx, name, job)
		}
	}
}

func turn(ctx context.Context, name string, job func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, turnTimeout)
	defer cancel()
	ctx, span := otel.Tracer("library.example/platform/periodic").Start(ctx, name)
	defer span.End()
	if err := job(ctx); err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
		slog.ErrorContext(ctx, "housekeeping failed", "job", name, "error", err)
	}
}
