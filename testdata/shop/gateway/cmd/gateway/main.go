// Command gateway is the front door of the shop.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	catalogv1 "example.com/shop/contracts/gen/catalog/v1"
	inventoryv1 "example.com/shop/contracts/gen/inventory/v1"
	ordersv1 "example.com/shop/contracts/gen/orders/v1"
	paymentsv1 "example.com/shop/contracts/gen/payments/v1"
	shippingv1 "example.com/shop/contracts/gen/shipping/v1"
	"example.com/shop/gateway/internal/api"
	"example.com/shop/gateway/internal/returns"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error("gateway stopped", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	shutdown, err := startTracing(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shutdown(context.Background())) }()

	srv := &http.Server{
		Addr:              mustEnv("HTTP_ADDR"),
		Handler:           otelhttp.NewHandler(newAPI().Routes(), "gateway"),
		ReadHeaderTimeout: 5 * time.Second,
	}
	go func() {
		<-ctx.Done()
		_ = srv.Shutdown(context.Background())
	}()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

func newAPI() *api.API {
	return &api.API{
		Catalog:       catalogv1.NewCatalogServiceClient(mustDial("CATALOG_ADDR")),
		Inventory:     inventoryv1.NewInventoryServiceClient(mustDial("INVENTORY_ADDR")),
		Orders:        ordersv1.NewOrderServiceClient(mustDial("ORDERS_ADDR")),
		Payments:      paymentsv1.NewPaymentServiceClient(mustDial("PAYMENTS_ADDR")),
		Shipping:      shippingv1.NewShippingServiceClient(mustDial("SHIPPING_ADDR")),
		Returns:       returns.NewClient(mustEnv("ORDERS_HTTP_URL")),
		AdminPassword: mustEnv("ADMIN_PASSWORD"),
	}
}

func mustDial(key string) *grpc.ClientConn {
	conn, err := grpc.NewClient(mustEnv(key),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()),
	)
	if err != nil {
		fatal("dial", "key", key, "err", err)
	}
	return conn
}

func mustEnv(key string) string {
	v := os.Getenv(key)
	if v == "" {
		fatal("environment variable is not set", "key", key)
	}
	return v
}

func fatal(msg string, args ...any) {
	slog.Error(msg, args...)
	os.Exit(1)
}
