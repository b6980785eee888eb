// Command lending lends copies to readers. It is deployed in two roles: `lending api` answers requests, `lending worker`
// relays the outbox to Kafka and consumes events.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"library.example/platform/logging"
	"library.example/platform/telemetry"
)

func main() {
	root := &cobra.Command{Use: "lending", SilenceUsage: true}
	root.AddCommand(
		&cobra.Command{Use: "api", Short: "answer requests", Args: cobra.NoArgs, RunE: role("lending-api", runAPI)},
		&cobra.Command{Use: "worker", Short: "relay and consume events", Args: cobra.NoArgs, RunE: role("lending-worker", runWorker)},
	)
	if err := root.Execute(); err != nil {
		slog.Error("lending stopped", "error", err)
		os.Exit(1)
	}
}

// role makes a command of run: traced from its first line, stopped by a signal.
func role(name string, run func(context.Context) error) func(*cobra.Command, []string) error {
	return func(*cobra.Command, []string) error {
		ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer cancel()
		stop, err := telemetry.Start(ctx, name)
		if err != nil {
			return err
		}
		defer stop()
		logging.Start(name)
		return run(ctx)
	}
}
