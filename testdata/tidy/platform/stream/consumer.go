// Package stream carries messages over Kafka, and the trace they belong to with them. Delivery is at least
// once: a handler must expect to see a message again, and tells it by its ID.
package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

const (
	tracerName = "library.example/platform/stream"
	idHeader   = "message-id"

	handleTimeout = 30 * time.Second
	firstPause    = 100 * time.Millisecond
	longestPause  = 30 * time.Second
)

// ErrMalformed marks a message that no redelivery will make readable. It is logged with its offset and passed over.
var ErrMalformed = errors.New("malformed message")

// Message is one message; ID is the same in every delivery of it.
type Message struct {
	ID    string
	Key   string
	Value []byte
	Trace map[string]string // the propagated trace context, when the message waits in an outbox
}

// Handler does what a message asks for. Its error means: deliver it again.
type Handler func(ctx context.Context, m Message) error

// Consumer reads one topic for a consumer group.
type Consumer struct {
	reader *kafka.Reader
	topic  string
}

// NewConsumer joins the group. Offsets are committed only by Run, after the effect.
func NewConsumer(brokers []string, group, topic string) *Consumer {
	return &Consumer{
		reader: kafka.NewReader(kafka.ReaderConfig{Brokers: brokers, GroupID: group, Topic: topic, MaxBytes: 1 << 20}),
		topic:  topic,
	}
}

// Run hands every message to handle and commits its offset afterwards, until ctx ends. A message whose handler
// fails is handed over again after a pause; the partition waits for it, which keeps the order.
func (c *Consumer) Run(ctx context.Context, handle Handler) error {
	defer c.reader.Close()
	for {
		msg, err := c.reader.FetchMessage(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("fetch from %s: %w", c.topic, err)
		}
		if !c.deliver(ctx, msg, handle) {
			return nil
		}
		if err := c.reader.CommitMessages(ctx, msg); err != nil && ctx.Err() == nil {
			return fmt.Errorf("commit offset %d of %s: %w", msg.Offset, c.topic, err)
		}
	}
}

// deliver returns true once the message is done with, false when ctx ended before.
func (c *Consumer) deliver(ctx context.Context, msg kafka.Message, handle Handler) bool {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := c.process(ctx, msg, handle)
		if err == nil || errors.Is(err, ErrMalformed) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
}

// process is one attempt, in a span that continues the publisher's trace.
func (c *Consumer) process(ctx context.Context, msg kafka.Message, handle Handler) error {
	ctx = otel.GetTextMapPropagator().Extract(ctx, header{&msg})
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	ctx, span := otel.Tracer(tracerName).Start(ctx, "process "+c.topic,
		trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(
			attribute.String("messaging.system", "kafka"),
			attribute.String("messaging.destination.name", c.topic),
			attribute.Int64("messaging.kafka.offset", msg.Offset),
		))
	defer span.End()

	err := ErrMalformed
	if id := (header{&msg}).Get(idHeader); id != "" {
		err = handle(ctx, Message{ID: id, Key: string(msg.Key), Value: msg.Value})
	}
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
		slog.ErrorContext(ctx, "message not processed",
			"topic", c.topic, "partition", msg.Partition, "offset", msg.Offset, "error", err)
	}
	return err
}
