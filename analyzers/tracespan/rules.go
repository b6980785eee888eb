package tracespan

import "github.com/svclint/svclint/internal/finding"

const lesson = "Distributed tracing from day one"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule {
	return []*finding.Rule{
		brokenContext, clientUninstrumented, dbUninstrumented, messagingNotPropagated, noProvider, serverUninstrumented,
		spanErrorUnrecorded, spanNotEnded,
	}
}

var noProvider = &finding.Rule{
	ID:     "tracespan/no-provider",
	Title:  "A service sets up no tracer, or one that exports nothing",
	Lesson: lesson,
	Why: "Without a provider and an exporter every span is a no-op: the service is a hole in each trace that passes through " +
		"it, and the question which hop was slow ends there. A provider that is shut down too early, replaced by one without " +
		"an exporter, or installed after what needs it was built is as good as none.",
	Wrong: `func main() {
	http.ListenAndServe(":8080", otelhttp.NewHandler(routes(), "orders")) // every span is a no-op
}`,
	Right: `func main() {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer tp.Shutdown(context.Background())
	otel.SetTracerProvider(tp)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	http.ListenAndServe(":8080", otelhttp.NewHandler(routes(), "orders"))
}`,
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
	Wrong: `server := grpc.NewServer()
http.ListenAndServe(":8080", mux)`,
	Right: `server := grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))
http.ListenAndServe(":8080", otelhttp.NewHandler(mux, "orders"))`,
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
	Wrong: `conn, err := grpc.NewClient(addr)
client := &http.Client{Timeout: time.Second}`,
	Right: `conn, err := grpc.NewClient(addr, grpc.WithStatsHandler(otelgrpc.NewClientHandler()))
client := &http.Client{Timeout: time.Second, Transport: otelhttp.NewTransport(http.DefaultTransport)}`,
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
	Wrong: `func (s *Server) Checkout(ctx context.Context, req *pb.CheckoutRequest) (*pb.Order, error) {
	quote, err := s.shipping.Quote(context.Background(), req.Items)
	return order(quote), err
}`,
	Right: `func (s *Server) Checkout(ctx context.Context, req *pb.CheckoutRequest) (*pb.Order, error) {
	quote, err := s.shipping.Quote(ctx, req.Items)
	return order(quote), err
}`,
	Instead: "Pass the caller's ctx down. Where the work shall outlive the request, use context.WithoutCancel(ctx), which " +
		"keeps the span, or start a span with a link to it.",
	Severity: finding.Warning,
}

var messagingNotPropagated = &finding.Rule{
	ID:     "tracespan/messaging-not-propagated",
	Title:  "A message travels without its trace",
	Lesson: lesson,
	Why: "A broker does not carry the trace by itself. Without it in the headers, what a consumer does belongs to no request, " +
		"and the asynchronous half of every business process is missing from its trace.",
	Wrong: `err := writer.WriteMessages(ctx, kafka.Message{Value: body})`,
	Right: `msg := kafka.Message{Value: body}
otel.GetTextMapPropagator().Inject(ctx, carrier{&msg})
err := writer.WriteMessages(ctx, msg)`,
	Instead: "Inject the context into the message's headers where it is published (otel.GetTextMapPropagator().Inject) and " +
		"extract it in the consumer, or use the broker's instrumentation, which does both. Where the API has no headers, put " +
		"the carrier into the payload.",
	Severity: finding.Warning,
}

var dbUninstrumented = &finding.Rule{
	ID:     "tracespan/db-uninstrumented",
	Title:  "Accesses to a store make no spans",
	Lesson: lesson,
	Why: "A slow query is what most slow requests are made of. Without a span it is a gap in the trace, which looks like " +
		"slow code.",
	Wrong: `db, err := sql.Open("postgres", dsn)`,
	Right: `db, err := otelsql.Open("postgres", dsn)`,
	Instead: "Open the store through its instrumentation: otelsql for database/sql, otelpgx as the Tracer of pgx, the plugins of " +
		"gorm and of go-redis, otelmongo as the driver's monitor. Where there is none, start a span around the access.",
	Severity: finding.Info,
}

var spanNotEnded = &finding.Rule{
	ID:     "tracespan/span-not-ended",
	Title:  "A span is started and not ended",
	Lesson: lesson,
	Why: "Only spans that have ended are exported. This one, and with it the time that it was to measure, is never seen, and " +
		"its children hang in the air.",
	Wrong: `func (s *Server) Price(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "price")
	if err := s.quote(ctx); err != nil {
		return err // the span is lost on this way
	}
	span.End()
	return nil
}`,
	Right: `func (s *Server) Price(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "price")
	defer span.End()
	return s.quote(ctx)
}`,
	Instead:  "Put defer span.End() right behind the start of the span.",
	Severity: finding.Warning,
}

var spanErrorUnrecorded = &finding.Rule{
	ID:     "tracespan/span-error-unrecorded",
	Title:  "A span does not tell of the error that its function returns",
	Lesson: lesson,
	Why: "In the trace the failed request looks like a good one: searches for errors and sampling of failed traces do not " +
		"find it.",
	Wrong: `func (s *Server) Price(ctx context.Context) error {
	ctx, span := tracer.Start(ctx, "price")
	defer span.End()
	return s.quote(ctx)
}`,
	Right: `func (s *Server) Price(ctx context.Context) (err error) {
	ctx, span := tracer.Start(ctx, "price")
	defer func() {
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, "price")
		}
		span.End()
	}()
	return s.quote(ctx)
}`,
	Instead: "Record the error and set the status before the span ends (span.RecordError, span.SetStatus); a deferred function " +
		"over the named result does it in one place.",
	Severity: finding.Info,
}
