// Package returns puts returned goods back on the shelf.
package returns

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"example.com/shop/contracts/events"
	"example.com/shop/inventory/internal/stock"
)

type Shelf interface {
	Restock(ctx context.Context, lines []stock.Line) error
}

type Consumer struct {
	reader *kafka.Reader
	shelf  Shelf
}

func NewConsumer(brokers []string, shelf Shelf) *Consumer {
	return &Consumer{
		reader: kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, GroupID: "inventory", Topic: events.OrderReturnedTopic}),
		shelf:  shelf,
	}
}

func (c *Consumer) Run(ctx context.Context) error {
	defer c.reader.Close()
	for {
		m, err := c.reader.FetchMessage(ctx)
		if err != nil {
			return err
		}
		if err := c.handle(ctx, m); err != nil {
			return fmt.Errorf("%s at %d: %w", m.Topic, m.Offset, err)
		}
		if err := c.reader.CommitMessages(ctx, m); err != nil {
			return err
		}
	}
}

func (c *Consumer) handle(ctx context.Context, m kafka.Message) error {
	carrier := propagation.MapCarrier{}
	for _, h := range m.Headers {
		carrier.Set(h.Key, string(h.Value))
	}
	ctx = otel.GetTextMapPropagator().Extract(ctx, carrier)
	ctx, span := otel.Tracer("inventory").Start(ctx, m.Topic+" process", trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()

	var e events.OrderReturned
	if err := json.Unmarshal(m.Value, &e); err != nil {
		return err
	}
	lines := make([]stock.Line, 0, len(e.Lines))
	for _, l := range e.Lines {
		lines = append(lines, stock.Line{SKU: l.SKU, Quantity: l.Quantity})
	}
	return c.shelf.Restock(ctx, lines)
}
