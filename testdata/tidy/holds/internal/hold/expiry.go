package hold

import (
	"context"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
)

const (
	expirySchedule = "*/15 * * * *"
	expiryTimeout  = 5 * time.Minute
)

// Expiry ends the holds that nobody collects.
type Expiry struct {
	store *Store
}

// NewExpiry makes the expiry of store's holds.
func NewExpiry(store *Store) *Expiry { return &Expiry{store: store} }

// Run expires holds every quarter of an hour until ctx ends.
func (e *Expiry) Run(ctx context.Context) error {
	c := cron.New(cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	if _, err := c.AddFunc(expirySchedule, func() { e.expireHolds(ctx) }); err != nil {
		return err
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// expireHolds works through the holds one transaction each: what is done stays done when it is interrupted, and a
// second run finds nothing left.
func (e *Expiry) expireHolds(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, expiryTimeout)
	defer cancel()
	ctx, span := otel.Tracer("library.example/holds").Start(ctx, "expire holds")
	defer span.End()
	for {
		more, err := e.store.ExpireOne(ctx)
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
			slog.ErrorContext(ctx, "holds not expired", "error", err)
		}
		if err != nil || !more {
			return
		}
	}
}
