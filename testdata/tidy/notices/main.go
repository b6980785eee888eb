// Command notices writes to readers: that a book is ready, that a hold has expired, that something is owed. It serves
// nobody; it only listens to what the other services tell.
package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/XSAM/otelsql"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/extra/redisotel/v9"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"golang.org/x/sync/errgroup"

	"library.example/contracts/topics"
	"library.example/platform/config"
	"library.example/platform/logging"
	"library.example/platform/stream"
	"library.example/platform/telemetry"
)

func main() {
	if err := run(); err != nil {
		slog.Error("notices stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	stop, err := telemetry.Start(ctx, "notices")
	if err != nil {
		return err
	}
	defer stop()
	logging.Start("notices")

	var env config.Env
	dsn, redisAddr, brokers := env.String("DATABASE_URL"), env.String("REDIS_ADDR"), env.List("KAFKA_BROKERS")
	mailURL := env.String("MAIL_URL")
	if err := env.Err(); err != nil {
		return err
	}

	db, err := openDatabase(dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	// The consumer delivers again what fails, so the client does not retry as well.
	client := redis.NewClient(&redis.Options{Addr: redisAddr, ContextTimeoutEnabled: true, MaxRetries: -1})
	defer client.Close()
	if err := redisotel.InstrumentTracing(client); err != nil {
		return err
	}

	book := &addressBook{db: db}
	readers := &readers{contacts: book}
	post := &post{
		addresses: book,
		guard:     &redisGuard{client: client},
		mailer: &mailGateway{
			url:    mailURL,
			client: &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport), Timeout: 5 * time.Second},
		},
	}

	g, ctx := errgroup.WithContext(ctx)
	for topic, handle := range map[string]stream.Handler{
		topics.Patrons:  readers.patronChanged,
		topics.Holds:    post.holdChanged,
		topics.Accounts: post.accountChanged,
	} {
		consumer := stream.NewConsumer(brokers, "notices", topic)
		g.Go(func() error { return consumer.Run(ctx, handle) })
	}
	return g.Wait()
}

func openDatabase(dsn string) (*sql.DB, error) {
	db, err := otelsql.Open("pgx", dsn, otelsql.WithAttributes(attribute.String("db.system.name", "postgresql")))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(10)
	return db, nil
}
