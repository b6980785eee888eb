// Command catalog keeps the titles and copies of the library. Other services ask it over gRPC, librarians change
// it over HTTP, and every change of a copy is told to the rest over Kafka.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/extra/redisotel/v9"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"library.example/catalog/internal/api"
	"library.example/catalog/internal/title"
	"library.example/contracts/catalogv1"
	"library.example/contracts/topics"
	"library.example/platform/config"
	"library.example/platform/logging"
	"library.example/platform/outbox"
	"library.example/platform/postgres"
	"library.example/platform/serve"
	"library.example/platform/stream"
	"library.example/platform/telemetry"
)

func main() {
	if err := run(); err != nil {
		slog.Error("catalog stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	stop, err := telemetry.Start(ctx, "catalog")
	if err != nil {
		return err
	}
	defer stop()
	logging.Start("catalog")

	var env config.Env
	httpAddr, grpcAddr := env.String("HTTP_ADDR"), env.String("GRPC_ADDR")
	dsn, redisAddr, brokers := env.String("DATABASE_URL"), env.String("REDIS_ADDR"), env.List("KAFKA_BROKERS")
	if err := env.Err(); err != nil {
		return err
	}

	pool, err := postgres.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	client := redis.NewClient(&redis.Options{Addr: redisAddr, ContextTimeoutEnabled: true})
	defer client.Close()
	if err := redisotel.InstrumentTracing(client); err != nil {
		return err
	}

	store, cache := title.NewStore(pool), title.NewCache(client)
	server := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
	catalogv1.RegisterCatalogServiceServer(server, api.NewTitles(store, cache))
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	relay := outbox.NewRelay(pool, stream.NewPublisher(brokers, topics.Copies))

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serve.GRPC(ctx, grpcAddr, server) })
	g.Go(func() error {
		return serve.HTTP(ctx, httpAddr, otelhttp.NewHandler(api.NewDesk(store, cache).Routes(), "catalog"))
	})
	g.Go(func() error { return relay.Run(ctx) })
	return g.Wait()
}
