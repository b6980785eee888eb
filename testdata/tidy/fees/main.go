// Command fees charges readers for late returns and takes their payments.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"golang.org/x/sync/errgroup"

	"library.example/contracts/topics"
	"library.example/platform/config"
	"library.example/platform/logging"
	"library.example/platform/outbox"
	"library.example/platform/periodic"
	"library.example/platform/postgres"
	"library.example/platform/serve"
	"library.example/platform/stream"
	"library.example/platform/telemetry"
)

func main() {
	if err := run(); err != nil {
		slog.Error("fees stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	stop, err := telemetry.Start(ctx, "fees")
	if err != nil {
		return err
	}
	defer stop()
	logging.Start("fees")

	var env config.Env
	addr, dsn, brokers := env.String("HTTP_ADDR"), env.String("DATABASE_URL"), env.List("KAFKA_BROKERS")
	if err := env.Err(); err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()

	books := &books{pool: pool}
	cashier := &cashier{books: books}
	meter := &meter{book: books.book}
	relay := outbox.NewRelay(pool, stream.NewPublisher(brokers, topics.Accounts))
	loans := stream.NewConsumer(brokers, "fees", topics.Loans)

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serve.HTTP(ctx, addr, otelhttp.NewHandler(cashier.routes(), "fees")) })
	g.Go(func() error { return relay.Run(ctx) })
	g.Go(func() error { return loans.Run(ctx, meter.loanChanged) })
	g.Go(func() error { return periodic.Run(ctx, "inbox sweep", time.Hour, books.sweepInbox) })
	return g.Wait()
}
