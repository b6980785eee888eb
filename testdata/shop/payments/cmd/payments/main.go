// Command payments charges and refunds orders.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	paymentsv1 "example.com/shop/contracts/gen/payments/v1"
	"example.com/shop/payments/internal/ledger"
	"example.com/shop/payments/internal/orders"
	"example.com/shop/payments/internal/server"
)

type config struct {
	grpcAddr    string
	databaseURL string
	ordersAddr  string
}

func main() {
	var cfg config
	mustMapEnv(&cfg.grpcAddr, "GRPC_ADDR")
	mustMapEnv(&cfg.databaseURL, "DATABASE_URL")
	mustMapEnv(&cfg.ordersAddr, "ORDERS_ADDR")

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, cfg); err != nil {
		slog.Error("payments stopped", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, cfg config) (err error) {
	shutdown, err := startTracing(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shutdown(context.Background())) }()

	db, err := sql.Open("pgx", cfg.databaseURL)
	if err != nil {
		return err
	}
	defer db.Close()

	conn, err := grpc.NewClient(cfg.ordersAddr,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()),
	)
	if err != nil {
		return fmt.Errorf("orders client: %w", err)
	}
	defer conn.Close()

	srv := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
	paymentsv1.RegisterPaymentServiceServer(srv, server.New(ledger.New(db), orders.NewClient(conn)))

	lis, err := net.Listen("tcp", cfg.grpcAddr)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		srv.GracefulStop()
	}()
	return srv.Serve(lis)
}

func mustMapEnv(target *string, key string) {
	*target = os.Getenv(key)
	if *target == "" {
		slog.Error("environment variable is not set", "key", key)
		os.Exit(1)
	}
}
