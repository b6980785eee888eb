package outbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"library.example/platform/periodic"
	"library.example/platform/stream"
)

const (
	relayInterval = 500 * time.Millisecond
	relayBatch    = 100
)

// Relay carries a service's events to its topic. Several may run: a lease keeps them off each other's rows.
type Relay struct {
	pool      *pgxpool.Pool
	publisher *stream.Publisher
}

// NewRelay makes the relay of the database behind pool.
func NewRelay(pool *pgxpool.Pool, publisher *stream.Publisher) *Relay {
	return &Relay{pool: pool, publisher: publisher}
}

// Run carries events until ctx ends.
func (r *Relay) Run(ctx context.Context) error {
	defer r.publisher.Close()
	return periodic.Run(ctx, "outbox relay", relayInterval, r.carry)
}

// carry leases a batch, publishes it, and only then forgets it. No transaction is open while Kafka is written to.
func (r *Relay) carry(ctx context.Context) error {
	messages, err := r.lease(ctx)
	if err != nil || len(messages) == 0 {
		return err
	}
	if err := r.publisher.Publish(ctx, messages); err != nil {
		return err
	}
	ids := make([]string, len(messages))
	for i, m := range messages {
		ids[i] = m.ID
	}
	if _, err := r.pool.Exec(ctx, `DELETE FROM outbox WHERE id = ANY($1::uuid[])`, ids); err != nil {
		return fmt.Errorf("outbox: forget %d published events: %w", len(ids), err)
	}
	return nil
}

// lease takes the oldest events that nobody else is carrying. A relay that dies leaves them to the next after 30 seconds.
func (r *Relay) lease(ctx context.Context) ([]stream.Message, error) {
	rows, err := r.pool.Query(ctx, `
		UPDATE outbox SET leased_until = now() + interval '30 seconds'
		WHERE id IN (
			SELECT id FROM outbox WHERE leased_until < now() ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED
		)
		RETURNING id, seq, key, payload, trace`, relayBatch)
	if err != nil {
		return nil, fmt.Errorf("outbox: lease: %w", err)
	}
	type event struct {
		seq int64
		msg stream.Message
	}
	events, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e event, err error) {
		err = row.Scan(&e.msg.ID, &e.seq, &e.msg.Key, &e.msg.Value, &e.msg.Trace)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("outbox: lease: %w", err)
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.seq, b.seq) })
	messages := make([]stream.Message, len(events))
	for i, e := range events {
		messages[i] = e.msg
	}
	return messages, nil
}
