package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"library.example/contracts/topics"
	"library.example/lending/internal/loan"
	"library.example/platform/config"
	"library.example/platform/inbox"
	"library.example/platform/outbox"
	"library.example/platform/postgres"
	"library.example/platform/stream"
)

// runWorker is the role that talks to Kafka: it publishes what the API stored, and follows the catalog.
func runWorker(ctx context.Context) error {
	var env config.Env
	dsn, brokers := env.String("DATABASE_URL"), env.List("KAFKA_BROKERS")
	if err := env.Err(); err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()

	db := loan.NewDatabase(pool)
	projection := loan.NewProjection(db)
	relay := outbox.NewRelay(pool, stream.NewPublisher(brokers, topics.Loans))
	copies := stream.NewConsumer(brokers, "lending", topics.Copies)

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return relay.Run(ctx) })
	g.Go(func() error { return copies.Run(ctx, projection.CopyChanged) })
	g.Go(func() error { return inbox.Sweep(ctx, pool) })
	g.Go(func() error { return db.SweepRequests(ctx) })
	return g.Wait()
}
