package shipments

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"example.com/shop/contracts/events"
)

// Consume prepares a shipment for every placed order until ctx ends.
func Consume(ctx context.Context, r *kafka.Reader, store *Store) error {
	for {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			return err
		}
		if err := process(ctx, m, store); err != nil {
			return fmt.Errorf("%s at %d: %w", m.Topic, m.Offset, err)
		}
		if err := r.CommitMessages(ctx, m); err != nil {
			return err
		}
	}
}

func process(ctx context.Context, m kafka.Message, store *Store) error {
	carrier := propagation.MapCarrier{}
	for _, h := range m.Headers {
		carrier[h.Key] = string(h.Value)
	}
	ctx, span := otel.Tracer("shipping").Start(
		otel.GetTextMapPropagator().Extract(ctx, carrier),
		m.Topic+" process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()

	var placed events.OrderPlaced
	if err := json.Unmarshal(m.Value, &placed); err != nil {
		return err
	}
	return store.Prepare(ctx, placed)
}
