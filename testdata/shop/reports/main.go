// Command reports answers the questions of the back office.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"golang.org/x/sync/errgroup"

	"example.com/shop/contracts/events"
	"example.com/shop/reports/internal/backlog"
	"example.com/shop/reports/internal/returned"
	"example.com/shop/reports/internal/revenue"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("reports stopped", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	shutdown, err := startTracing(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shutdown(context.Background())) }()

	own, err := pgxpool.New(ctx, mustEnv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer own.Close()
	orders, err := pgxpool.New(ctx, mustEnv("ORDERS_DATABASE_URL"))
	if err != nil {
		return err
	}
	defer orders.Close()

	book := revenue.NewBook(own)
	h := &handler{
		revenue: book,
		backlog: backlog.New(orders),
		returns: returned.NewClient(mustEnv("ORDERS_HTTP_URL")),
	}
	srv := &http.Server{
		Addr:              mustEnv("HTTP_ADDR"),
		Handler:           otelhttp.NewHandler(h.routes(), "reports"),
		ReadHeaderTimeout: 5 * time.Second,
	}
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: strings.Split(mustEnv("KAFKA_BROKERS"), ","),
		GroupID: "reports",
		Topic:   events.OrderPlacedTopic,
	})
	defer reader.Close()

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return book.Follow(ctx, reader) })
	g.Go(func() error {
		if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		return srv.Shutdown(context.WithoutCancel(ctx))
	})
	return g.Wait()
}

func mustEnv(key string) string {
	v := os.Getenv(key)
	if v == "" {
		slog.Error("environment variable is not set", "key", key)
		os.Exit(1)
	}
	return v
}
