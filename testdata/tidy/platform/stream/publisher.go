package stream

import (
	"context"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// publishTimeout bounds one batch. It is shorter than the outbox relay's lease.
const publishTimeout = 10 * time.Second

// Publisher writes to one topic.
type Publisher struct {
	writer *kafka.Writer
}

// NewPublisher makes the publisher of a topic. The writer tries once: the outbox relay that calls it tries again.
func NewPublisher(brokers []string, topic string) *Publisher {
	return &Publisher{writer: &kafka.Writer{
		Addr:         kafka.TCP(brokers...),
		Topic:        topic,
		Balancer:     &kafka.Hash{},
		RequiredAcks: kafka.RequireAll,
		MaxAttempts:  1,
		BatchTimeout: 10 * time.Millisecond,
	}}
}

// Publish writes the messages as one batch, and returns when the brokers have them. Every message goes on in
// the trace of the request that made it; the span of the batch is linked to all of these.
func (p *Publisher) Publish(ctx context.Context, messages []Message) error {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()

	propagator := otel.GetTextMapPropagator()
	batch := make([]kafka.Message, len(messages))
	links := make([]trace.Link, len(messages))
	for i, m := range messages {
		origin := propagator.Extract(ctx, propagation.MapCarrier(m.Trace))
		links[i] = trace.LinkFromContext(origin)
		batch[i] = kafka.Message{
			Key:     []byte(m.Key),
			Value:   m.Value,
			Headers: []kafka.Header{{Key: idHeader, Value: []byte(m.ID)}},
		}
		propagator.Inject(origin, header{&batch[i]})
	}

	ctx, span := otel.Tracer(tracerName).Start(ctx, "publish "+p.writer.Topic,
		trace.WithSpanKind(trace.SpanKindProducer), trace.WithLinks(links...))
	defer span.End()
	if err := p.writer.WriteMessages(ctx, batch...); err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
		return fmt.Errorf("publish %d messages to %s: %w", len(batch), p.writer.Topic, err)
	}
	return nil
}

// Close flushes and disconnects.
func (p *Publisher) Close() error { return p.writer.Close() }
