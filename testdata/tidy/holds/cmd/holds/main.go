// Command holds keeps the queues of readers who wait for a title.
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

	"library.example/contracts/holdsv1"
	"library.example/contracts/topics"
	"library.example/holds/internal/hold"
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
		slog.Error("holds stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	stop, err := telemetry.Start(ctx, "holds")
	if err != nil {
		return err
	}
	defer stop()
	logging.Start("holds")

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

	store := hold.NewStore(pool)
	server := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
	holdsv1.RegisterHoldServiceServer(server, hold.NewService(store))
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	relay := outbox.NewRelay(pool, stream.NewPublisher(brokers, topics.Holds))
	loans := stream.NewConsumer(brokers, "holds", topics.Loans)

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serve.GRPC(ctx, addr, server) })
	g.Go(func() error { return relay.Run(ctx) })
	g.Go(func() error { return loans.Run(ctx, hold.NewLoans(store).LoanChanged) })
	g.Go(func() error { return hold.NewExpiry(store).Run(ctx) })
	g.Go(func() error { return inbox.Sweep(ctx, pool) })
	return g.Wait()
}
