// Command shipping prepares and tracks shipments.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"example.com/shop/contracts/events"
	shippingv1 "example.com/shop/contracts/gen/shipping/v1"
	"example.com/shop/shipping/internal/server"
	"example.com/shop/shipping/internal/shipments"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("shipping stopped", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	shutdown, err := startTracing(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shutdown(context.Background())) }()

	pool, err := pgxpool.New(ctx, mustEnv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer pool.Close()
	ordersPool, err := pgxpool.New(ctx, mustEnv("ORDERS_DATABASE_URL"))
	if err != nil {
		return err
	}
	defer ordersPool.Close()
	store := shipments.NewStore(pool)

	srv := grpc.NewServer()
	shippingv1.RegisterShippingServiceServer(srv, &server.Server{Shipments: store, Orders: shipments.NewOrders(ordersPool)})
	lis, err := net.Listen("tcp", mustEnv("GRPC_ADDR"))
	if err != nil {
		return err
	}

	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: strings.Split(mustEnv("KAFKA_BROKERS"), ","),
		GroupID: "shipping",
		Topic:   events.OrderPlacedTopic,
	})
	defer reader.Close()

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return srv.Serve(lis) })
	g.Go(func() error { return shipments.Consume(ctx, reader, store) })
	g.Go(func() error {
		<-ctx.Done()
		srv.GracefulStop()
		return nil
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
