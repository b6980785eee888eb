// Command desk is the one address that readers' apps know. It keeps nothing itself.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"library.example/desk/internal/api"
	"library.example/desk/internal/branch"
	"library.example/platform/config"
	"library.example/platform/logging"
	"library.example/platform/serve"
	"library.example/platform/telemetry"
)

func main() {
	if err := run(); err != nil {
		slog.Error("desk stopped", "error", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	stop, err := telemetry.Start(ctx, "desk")
	if err != nil {
		return err
	}
	defer stop()
	logging.Start("desk")

	var env config.Env
	addr, lendingURL := env.String("HTTP_ADDR"), env.String("LENDING_URL")
	catalogAddr, holdsAddr, patronsAddr := env.String("CATALOG_ADDR"), env.String("HOLDS_ADDR"), env.String("PATRONS_ADDR")
	if err := env.Err(); err != nil {
		return err
	}
	catalog, err := dial(catalogAddr)
	if err != nil {
		return err
	}
	defer catalog.Close()
	holds, err := dial(holdsAddr)
	if err != nil {
		return err
	}
	defer holds.Close()
	patrons, err := dial(patronsAddr)
	if err != nil {
		return err
	}
	defer patrons.Close()

	desk := &api.Desk{
		Catalog: branch.NewCatalog(catalog),
		Holds:   branch.NewHolds(holds),
		Lending: branch.NewLending(lendingURL),
		Patrons: branch.NewPatrons(patrons),
	}
	return serve.HTTP(ctx, addr, otelhttp.NewHandler(desk.Routes(), "desk"))
}

func dial(addr string) (*grpc.ClientConn, error) {
	return grpc.NewClient(addr,
		grpc.WithTransportCredentials(insecure.NewCredentials()), // the mesh encrypts
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()))
}
