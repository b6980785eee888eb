// Package outbox publishes events that were written in the same transaction as
// the state they tell of.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
)

// Enqueue adds an event to the transaction, with the trace it belongs to.
func Enqueue(ctx context.Context, tx pgx.Tx, topic, key string, event any) error {
	headers := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, headers)
	payload, err := json.Marshal(event)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO outbox (topic, key, payload, headers) VALUES ($1, $2, $3, $4)`,
		topic, key, payload, headers)
	return err
}

// Relay moves the events of one topic from the outbox to Kafka, in order and
// at least once.
type Relay struct {
	pool   *pgxpool.Pool
	writer *kafka.Writer
}

func NewRelay(pool *pgxpool.Pool, writer *kafka.Writer) *Relay {
	return &Relay{pool: pool, writer: writer}
}

func (r *Relay) Run(ctx context.Context) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := r.flush(ctx); err != nil {
				slog.ErrorContext(ctx, "relay outbox", "topic", r.writer.Topic, "err", err)
			}
		}
	}
}

type entry struct {
	ID      int64
	Key     string
	Payload []byte
	Headers map[string]string
}

func (r *Relay) flush(ctx context.Context) error {
	return pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT id, key, payload, headers FROM outbox
			WHERE topic = $1 AND sent_at IS NULL
			ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED`, r.writer.Topic)
		if err != nil {
			return err
		}
		entries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[entry])
		if err != nil || len(entries) == 0 {
			return err
		}
		ids := make([]int64, 0, len(entries))
		messages := make([]kafka.Message, 0, len(entries))
		for _, e := range entries {
			m := kafka.Message{Key: []byte(e.Key), Value: e.Payload}
			for k, v := range e.Headers {
				m.Headers = append(m.Headers, kafka.Header{Key: k, Value: []byte(v)})
			}
			ids = append(ids, e.ID)
			messages = append(messages, m)
		}
		if err := r.writer.WriteMessages(ctx, messages...); err != nil {
			return fmt.Errorf("publish %s: %w", r.writer.Topic, err)
		}
		_, err = tx.Exec(ctx, `UPDATE outbox SET sent_at = now() WHERE id = ANY($1)`, ids)
		return err
	})
}
