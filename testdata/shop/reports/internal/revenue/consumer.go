package revenue

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

// Follow enters every placed order into the book until ctx ends.
func (b *Book) Follow(ctx context.Context, r *kafka.Reader) error {
	for {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			return err
		}
		if err := b.enter(ctx, m); err != nil {
			return fmt.Errorf("%s at %d: %w", m.Topic, m.Offset, err)
		}
		if err := r.CommitMessages(ctx, m); err != nil {
			return err
		}
	}
}

func (b *Book) enter(ctx context.Context, m kafka.Message) error {
	carrier := propagation.MapCarrier{}
	for _, h := range m.Headers {
		carrier.Set(h.Key, string(h.Value))
	}
	ctx = otel.GetTextMapPropagator().Extract(ctx, carrier)
	ctx, span := otel.Tracer("reports").Start(ctx, m.Topic+" process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()

	var e events.OrderPlaced
	if err := json.Unmarshal(m.Value, &e); err != nil {
		return err
	}
	return b.Add(ctx, e)
}
