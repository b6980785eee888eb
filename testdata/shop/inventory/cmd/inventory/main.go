// Command inventory keeps the stock of the warehouse.
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
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	inventoryv1 "example.com/shop/contracts/gen/inventory/v1"
	"example.com/shop/inventory/internal/catalogclient"
	"example.com/shop/inventory/internal/returns"
	"example.com/shop/inventory/internal/server"
	"example.com/shop/inventory/internal/stock"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("inventory stopped", "err", err)
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
	conn, err := grpc.NewClient(mustEnv("CATALOG_ADDR"),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()),
	)
	if err != nil {
		return err
	}
	defer conn.Close()

	warehouse := stock.NewWarehouse(pool, catalogclient.New(conn))
	srv := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
	inventoryv1.RegisterInventoryServiceServer(srv, server.New(warehouse))
	lis, err := net.Listen("tcp", mustEnv("GRPC_ADDR"))
	if err != nil {
		return err
	}
	consumer := returns.NewConsumer(strings.Split(mustEnv("KAFKA_BROKERS"), ","), warehouse)

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return srv.Serve(lis) })
	g.Go(func() error { return consumer.Run(ctx) })
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
