// Package trace stands in for the OpenTelemetry SDK.
package trace

import (
	"context"

	"go.opentelemetry.io/otel"
)

type SpanExporter interface {
	Shutdown(ctx context.Context) error
}

type TracerProvider struct{ otel.Provider }

type TracerProviderOption interface{ apply() }

type option struct{}

func (option) apply() {}

type BatchSpanProcessorOption func()

func NewTracerProvider(opts ...TracerProviderOption) *TracerProvider { return &TracerProvider{} }

func WithBatcher(e SpanExporter, opts ...BatchSpanProcessorOption) TracerProviderOption {
	return option{}
}

func (p *TracerProvider) Shutdown(ctx context.Context) error { return nil }
