// Package otel stands in for the OpenTelemetry API.
package otel

import (
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

type TracerProvider interface{ provides() }

// Provider lets the SDK's provider be one of ours.
type Provider struct{}

func (Provider) provides() {}

func SetTracerProvider(tp TracerProvider) {}

func SetTextMapPropagator(p propagation.TextMapPropagator) {}

func GetTextMapPropagator() propagation.TextMapPropagator { return propagation.TraceContext{} }

func Tracer(name string) trace.Tracer { return nil }
