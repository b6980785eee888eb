// Package logging writes JSON log lines that carry the id of the trace they belong to.
package logging

import (
	"context"
	"log/slog"
	"os"

	"go.opentelemetry.io/otel/trace"
)

// Start makes the default logger the one of this service.
func Start(service string) {
	h := slog.NewJSONHandler(os.Stderr, nil)
	slog.SetDefault(slog.New(traced{h}).With("service", service))
}

// traced adds trace_id and span_id to every record that is logged with a context.
type traced struct {
	slog.Handler
}

func (t traced) Handle(ctx context.Context, r slog.Record) error {
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		r.AddAttrs(slog.String("trace_id", sc.TraceID().String()), slog.String("span_id", sc.SpanID().String()))
	}
	return t.Handler.Handle(ctx, r)
}

func (t traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{t.Handler.WithAttrs(attrs)} }

func (t traced) WithGroup(name string) slog.Handler { return traced{t.Handler.WithGroup(name)} }
