// Command patrons keeps the people who hold a library card, and knows who of them may borrow.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"library.example/contracts/patronsv1"
	"library.example/contracts/topics"
	"library.example/platform/config"
	"library.example/platform/inbox"
	"library.example/platform/logging"
	"library.example/platform/outbox"
	"library.example/platform/postgres"
	"library.example/platform/serve"
	"library.example/platform/stream"
	"library.example/platform/telemetry"
)

func main() {
	if err := run(); err != nil {
		slog.Error("patrons stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	stop, err := telemetry.Start(ctx, "patrons")
	if err != nil {
		return err
	}
	defer stop()
	logging.Start("patrons")

	var env config.Env
	addr, dsn, brokers := env.String("GRPC_ADDR"), env.String("DATABASE_URL"), env.List("KAFKA_BROKERS")
	if err := env.Err(); err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()

	store := &database{pool: pool}
	server := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
	patronsv1.RegisterPatronServiceServer(server, &service{store: store})
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	relay := outbox.NewRelay(pool, stream.NewPublisher(brokers, topics.Patrons))
	accounts := stream.NewConsumer(brokers, "patrons", topics.Accounts)
	debts := &debts{ledger: store}

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serve.GRPC(ctx, addr, server) })
	g.Go(func() error { return relay.Run(ctx) })
	g.Go(func() error { return accounts.Run(ctx, debts.accountChanged) })
	g.Go(func() error { return inbox.Sweep(ctx, pool) })
	return g.Wait()
}
