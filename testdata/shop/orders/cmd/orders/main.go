// Command orders takes orders and returns.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"example.com/shop/contracts/events"
	ordersv1 "example.com/shop/contracts/gen/orders/v1"
	"example.com/shop/orders/internal/checkout"
	"example.com/shop/orders/internal/clients"
	"example.com/shop/orders/internal/outbox"
	"example.com/shop/orders/internal/server"
	"example.com/shop/orders/internal/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("orders stopped", "err", err)
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

	var catalog, inventory, payments *grpc.ClientConn
	if err := errors.Join(
		dial(&catalog, mustEnv("CATALOG_ADDR")),
		dial(&inventory, mustEnv("INVENTORY_ADDR")),
		dial(&payments, mustEnv("PAYMENTS_ADDR")),
	); err != nil {
		return err
	}

	orders := store.New(pool)
	service := &checkout.Service{Deps: checkout.Deps{
		Orders:   orders,
		Prices:   clients.NewCatalog(catalog),
		Stock:    clients.NewInventory(inventory),
		Payments: clients.NewPayments(payments),
	}}

	grpcServer := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
	ordersv1.RegisterOrderServiceServer(grpcServer, &server.GRPC{Checkout: service, Orders: orders})
	lis, err := net.Listen("tcp", mustEnv("GRPC_ADDR"))
	if err != nil {
		return err
	}
	httpServer := &http.Server{
		Addr:              mustEnv("HTTP_ADDR"),
		Handler:           otelhttp.NewHandler(server.NewHTTP(orders), "orders"),
		ReadHeaderTimeout: 5 * time.Second,
	}

	brokers := strings.Split(mustEnv("KAFKA_BROKERS"), ",")
	placed := outbox.NewRelay(pool, writer(brokers, events.OrderPlacedTopic))
	returned := outbox.NewRelay(pool, writer(brokers, events.OrderReturnedTopic))

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return placed.Run(ctx) })
	g.Go(func() error { return returned.Run(ctx) })
	g.Go(func() error { return grpcServer.Serve(lis) })
	g.Go(func() error {
		if err := httpServer.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		grpcServer.GracefulStop()
		return httpServer.Shutdown(context.WithoutCancel(ctx))
	})
	return g.Wait()
}

func dial(conn **grpc.ClientConn, addr string) (err error) {
	*conn, err = grpc.NewClient(addr,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()),
	)
	return err
}

func writer(brokers []string, topic string) *kafka.Writer {
	return &kafka.Writer{
		Addr:                   kafka.TCP(brokers...),
		Topic:                  topic,
		Balancer:               &kafka.Hash{},
		RequiredAcks:           kafka.RequireAll,
		AllowAutoTopicCreation: true,
	}
}

func mustEnv(key string) string {
	v := os.Getenv(key)
	if v == "" {
		slog.Error("environment variable is not set", "key", key)
		os.Exit(1)
	}
	return v
}
