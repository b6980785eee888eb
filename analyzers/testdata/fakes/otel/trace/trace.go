// Package trace stands in for the tracing API.
package trace

import "context"

type (
	SpanStartOption interface{}
	SpanEndOption   interface{}
	EventOption     interface{}
	Tracer          interface {
		Start(ctx context.Context, spanName string, opts ...SpanStartOption) (context.Context, Span)
	}
	Span interface {
		End(options ...SpanEndOption)
		RecordError(err error, options ...EventOption)
	}
)
