// Package tracespan defines the pass that finds the places where a distributed trace has holes.
//
// # Analyzer tracespan
//
// tracespan: report services, servers, clients and calls that a distributed trace cannot see
//
// When a request crosses five services, only a trace tells which one was slow. A trace is as good as its weakest
// service: one that exports nothing is a gap, a server without instrumentation starts every request as a new trace, a
// client without it sends no trace context to the next service, and a context that is replaced on the way tears the
// trace in two (and drops the caller's deadline and cancellation with it).
//
// In a repository where no service traces at all, the pass says so once per service and is quiet about the rest, which
// would be the same advice in many places. Start-up code has no request to belong to, and work that is detached on
// purpose (context.WithoutCancel keeps the span) is not broken.
//
// Wrong: the call leaves the request's trace.
//
//	func (s *Server) Checkout(ctx context.Context, req *pb.CheckoutRequest) (*pb.Order, error) {
//		quote, err := s.shipping.Quote(context.Background(), req.Items)
//
// Right: it stays in it.
//
//	func (s *Server) Checkout(ctx context.Context, req *pb.CheckoutRequest) (*pb.Order, error) {
//		quote, err := s.shipping.Quote(ctx, req.Items)
//
// The rules:
//   - tracespan/no-provider: a service installs no tracer provider, or one that is shut down too early, replaced, installed
//     too late or without an exporter, so its spans go nowhere.
//   - tracespan/server-uninstrumented: a server makes no span for what it answers.
//   - tracespan/client-uninstrumented: a client makes no span for its requests and sends no trace context.
//   - tracespan/broken-context: on the way from a request to a call, a query or a publish, the request's context is
//     replaced by context.Background or context.TODO, or cannot be passed at all; or a goroutine goes on without it.
//   - tracespan/messaging-not-propagated: a message is published without the trace in its headers, or consumed without
//     taking it from there.
//   - tracespan/span-not-ended: a span that is started by hand is not ended, on one way or on any. A span that is returned,
//     stored or passed on to be ended elsewhere is not meant.
//   - tracespan/db-uninstrumented: accesses to a store make no spans (info).
//   - tracespan/span-error-unrecorded: a function returns an error and its span does not tell (info).
package tracespan
