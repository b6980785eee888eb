package main

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"net/http"

	"example.com/lost/tracing"
	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("web")

type server struct {
	db     *sql.DB
	writer *kafka.Writer
}

func main() {
	stop, err := tracing.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer stop(context.Background())
	db, err := sql.Open("postgres", "postgres://db/web")
	if err != nil {
		log.Fatal(err)
	}
	s := &server{db: db, writer: &kafka.Writer{Addr: kafka.TCP("kafka:9092"), Topic: "orders"}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", s.place)
	mux.HandleFunc("POST /returns", s.giveBack)
	log.Fatal(http.ListenAndServe(":8080", otelhttp.NewHandler(mux, "web")))
}

func (s *server) place(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if err := s.price(ctx); err != nil {
		return
	}
	if err := s.check(ctx); err != nil {
		return
	}
	if err := s.reserve(ctx); err != nil {
		return
	}
	s.writer.WriteMessages(ctx, kafka.Message{Key: []byte("1")}) // want `web: the message carries no trace: the publish to orders has no headers injected`
}

// price loses its span on the way of the error.
func (s *server) price(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "price") // want `web: the span that \(\*server\)\.price starts is not ended on every way out of the function`
	if err := s.query(ctx, "SELECT amount FROM prices"); err != nil {
		return err
	}
	span.End()
	return nil
}

// check ends its span in any case, and does not tell of the error.
func (s *server) check(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "check") // want `a span of lost-web does not tell of the error that its function returns`
	defer span.End()
	return s.query(ctx, "SELECT n FROM stock")
}

// reserve does both; finish is known to end the span.
func (s *server) reserve(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "reserve")
	err := s.query(ctx, "SELECT n FROM reservations")
	finish(span, err)
	return err
}

func finish(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
	}
	span.End()
}

func (s *server) query(ctx context.Context, text string) error {
	var n int
	err := s.db.QueryRowContext(ctx, text).Scan(&n) // want `an access of lost-web to postgres makes no span`
	return errors.Join(err)
}

// giveBack sends the trace along.
func (s *server) giveBack(w http.ResponseWriter, r *http.Request) {
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(r.Context(), carrier)
	msg := kafka.Message{Key: []byte("1")}
	for k, v := range carrier {
		msg.Headers = append(msg.Headers, kafka.Header{Key: k, Value: []byte(v)})
	}
	s.writer.WriteMessages(r.Context(), msg)
}
