package tracespan

import "github.com/svclint/svclint/internal/finding"

const lesson = "Distributed tracing from day one"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule {
	return []*finding.Rule{brokenContext, clientUninstrumented, noProvider, serverUninstrumented}
}

var noProvider = &finding.Rule{
	ID:     "tracespan/no-provider",
	Title:  "A service sets up no tracer",
	Lesson: lesson,
	Why: "Without a provider and an exporter every span is a no-op: the service is a hole in each trace that passes through " +
		"it, and the question which hop was slow ends there.",
	Instead: "Install a TracerProvider with an exporter and a text map propagator at the start of main, before servers and " +
		"clients are built, and shut it down at the end.",
	Severity: finding.Warning,
}

var serverUninstrumented = &finding.Rule{
	ID:     "tracespan/server-uninstrumented",
	Title:  "A server makes no spans",
	Lesson: lesson,
	Why: "The trace context that callers send is ignored: each request starts a new trace here, or none, and nobody can " +
		"follow a request from its caller into this service.",
	Instead: "Wrap the handler (otelhttp.NewHandler, the middleware of the framework) or give the gRPC server " +
		"grpc.StatsHandler(otelgrpc.NewServerHandler()).",
	Severity: finding.Warning,
}

var clientUninstrumented = &finding.Rule{
	ID:     "tracespan/client-uninstrumented",
	Title:  "A client makes no spans and sends no trace context",
	Lesson: lesson,
	Why: "The trace ends at this call: the called service starts a new one, and the time spent on the wire belongs to " +
		"no span.",
	Instead: "Use a transport that injects the context (otelhttp.NewTransport) or dial with " +
		"grpc.WithStatsHandler(otelgrpc.NewClientHandler()), and build requests with the request's context.",
	Severity: finding.Warning,
}

var brokenContext = &finding.Rule{
	ID:     "tracespan/broken-context",
	Title:  "The request's context is dropped on the way",
	Lesson: lesson,
	Why: "What happens below starts a new trace instead of continuing the request's, and it no longer hears the request's " +
		"deadline and cancellation: it goes on after the caller has given up.",
	Instead: "Pass the caller's ctx down. Where the work shall outlive the request, use context.WithoutCancel(ctx), which " +
		"keeps the span, or start a span with a link to it.",
	Severity: finding.Warning,
}
