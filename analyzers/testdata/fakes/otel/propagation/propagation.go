// Package propagation stands in for OpenTelemetry's.
package propagation

import "context"

type TextMapCarrier interface {
	Get(key string) string
	Set(key string, value string)
	Keys() []string
}

type TextMapPropagator interface {
	Inject(ctx context.Context, carrier TextMapCarrier)
	Extract(ctx context.Context, carrier TextMapCarrier) context.Context
	Fields() []string
}

type TraceContext struct{}

func (TraceContext) Inject(ctx context.Context, carrier TextMapCarrier)                  {}
func (TraceContext) Extract(ctx context.Context, carrier TextMapCarrier) context.Context { return ctx }
func (TraceContext) Fields() []string                                                    { return nil }

type MapCarrier map[string]string

func (MapCarrier) Get(key string) string { return "" }
func (MapCarrier) Set(key, value string) {}
func (MapCarrier) Keys() []string        { return nil }
