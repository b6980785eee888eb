package tracespan

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding/findingtest"
)

var at = findingtest.At

func TestRules(t *testing.T)    { findingtest.Rules(t, "tracespan", Rules()) }
func TestAnalyzer(t *testing.T) { findingtest.Modules(t, Analyzer) }

// shop has a web service that calls orders, and a tool that takes part in no request.
func shop(tracing ...arch.Tracing) *arch.Model {
	return &arch.Model{
		Services: []arch.Service{
			{Name: "orders", Entry: "cmd/orders", Main: at("cmd/orders/main.go:9")},
			{Name: "sweeper", Entry: "cmd/sweeper", Main: at("cmd/sweeper/main.go:9")},
			{Name: "web", Entry: "cmd/web", Main: at("cmd/web/main.go:9")},
		},
		Endpoints: []arch.Endpoint{
			{Service: "orders", Protocol: "grpc", ID: "o.Orders/Get", Registered: at("cmd/orders/main.go:20")},
			{Service: "web", Protocol: "http", ID: "GET /", Registered: at("cmd/web/main.go:30")},
		},
		Calls: []arch.Call{{From: "web", To: "orders", Protocol: "grpc", ID: "o.Orders/Get", Sites: []effects.Pos{at("cmd/web/main.go:40")}}},
		Flows: []arch.Flow{{Service: "web", Endpoint: "GET /", Protocol: "http", Effects: []arch.Effect{
			{Kind: arch.KindCall, To: "orders", ID: "o.Orders/Get", Site: at("cmd/web/main.go:40"), Func: "home", Context: "request",
				Path: []arch.Step{{Func: "home", Pos: at("cmd/web/main.go:35"), What: "handles GET /"}, {Func: "home", Pos: at("cmd/web/main.go:40"), What: "calls o.Orders/Get"}}},
		}}},
		Tracing: tracing,
	}
}

// traced is a service with nothing to remark.
func traced(service string) arch.Tracing {
	return arch.Tracing{Service: service, Library: "otel", Setup: "yes", Servers: "all", Clients: "all", Sites: []effects.Pos{at("cmd/" + service + "/main.go:11")}}
}

func untraced(service string) arch.Tracing {
	return arch.Tracing{Service: service, Library: "none", Setup: "no", Servers: "none", Clients: "none"}
}

func TestCheck(t *testing.T) {
	half := traced("web")
	half.Clients, half.ClientSites = "none", []effects.Pos{at("cmd/web/main.go:15")}
	half.Servers, half.ServerSites = "some", []effects.Pos{at("cmd/web/main.go:16")}

	broken := traced("web")
	broken.Breaks = []arch.TraceBreak{
		{Kind: "context", Endpoint: "GET /", Site: at("cmd/web/main.go:40"), Why: "context.Background() in a request path"},
		{Kind: "context", Endpoint: "", Site: at("cmd/web/main.go:12"), Why: "context.Background() at start-up"},
		{Kind: "context", Endpoint: "GET /cart", Site: at("cmd/web/main.go:60"), Why: "the SDK's call takes no context"},
		{Kind: "span", Endpoint: "GET /", Site: at("cmd/web/main.go:50"), Why: "span is never ended"},
	}

	lost := traced("web")
	lost.Breaks = []arch.TraceBreak{
		{Kind: "provider", Site: at("cmd/web/main.go:11"), Why: "the provider is shut down when setUp returns"},
		{Kind: "messaging", Endpoint: "GET /", Site: at("cmd/web/main.go:70"), Why: "the message carries no trace"},
		{Kind: "goroutine", Endpoint: "GET /", Site: at("cmd/web/main.go:80"), Why: "a goroutine without a context"},
	}
	lost.Spans = []arch.Span{
		{Site: at("cmd/web/main.go:90"), Func: "a", Fault: "error-unrecorded"},
		{Site: at("cmd/web/main.go:95"), Func: "b", Fault: "error-unrecorded"},
	}
	queried := shop(traced("orders"), lost)
	queried.Flows[0].Effects = append(queried.Flows[0].Effects,
		arch.Effect{Kind: arch.KindData, Store: "postgres", Op: "read", Site: at("cmd/web/main.go:60"), Context: "request"},
		arch.Effect{Kind: arch.KindData, Store: "redis", Op: "read", Site: at("cmd/web/main.go:61"), Context: "request", Instrumented: true})

	silent := traced("web")
	silent.Setup = "no"

	dropped := shop(traced("orders"), broken)
	dropped.Flows[0].Effects[0].Context = "background"

	shared := shop(traced("orders"), traced("web"))
	made := at("cmd/web/call.go:7")
	call := arch.Effect{Kind: arch.KindCall, To: "orders", ID: "o.Orders/Get", Site: at("cmd/web/call.go:9"), Context: "todo", ContextSite: &made,
		Path: []arch.Step{{Pos: at("cmd/web/call.go:9"), What: "calls o.Orders/Get"}}}
	shared.Flows = []arch.Flow{
		{Service: "web", Endpoint: "", Effects: []arch.Effect{call}},
		{Service: "web", Endpoint: "GET /", Effects: []arch.Effect{call}},
		{Service: "web", Endpoint: "GET /cart", Effects: []arch.Effect{call}},
	}

	tests := []struct {
		name  string
		model *arch.Model
		want  string
	}{
		{"all is well", shop(traced("orders"), traced("web"), untraced("sweeper")), ``},
		{
			"no tracing anywhere: said once per service, and nothing else",
			shop(untraced("orders"), untraced("sweeper"), untraced("web")),
			`cmd/orders/main.go:9: warning tracespan/no-provider: orders answers requests but sets up no tracer: it is a hole in every trace
			cmd/web/main.go:9: warning tracespan/no-provider: web answers requests but sets up no tracer: it is a hole in every trace`,
		},
		{
			"one service without: its server cuts the others' traces",
			shop(untraced("orders"), traced("web")),
			`cmd/orders/main.go:9: warning tracespan/no-provider: orders answers requests but sets up no tracer: it is a hole in every trace
			- web: cmd/web/main.go:11: set up here, for comparison
			cmd/orders/main.go:20: warning tracespan/server-uninstrumented: the server of orders makes no spans: traces of web end here
			- web: cmd/web/main.go:40: calls o.Orders/Get of orders`,
		},
		{
			"instrumented, but nothing exports",
			shop(silent),
			`cmd/web/main.go:9: warning tracespan/no-provider: web makes otel spans but installs no tracer provider with an exporter: they go nowhere
			- web: cmd/web/main.go:11: spans or instrumentation of otel`,
		},
		{
			"a provider, a message, a goroutine, queries and errors: one finding for each habit",
			queried,
			`cmd/web/main.go:80: warning tracespan/broken-context: GET / of web loses its trace here: a goroutine without a context
			cmd/web/main.go:70: warning tracespan/messaging-not-propagated: web: the message carries no trace
			cmd/web/main.go:11: warning tracespan/no-provider: web: the provider is shut down when setUp returns
			cmd/web/main.go:60: info tracespan/db-uninstrumented: an access of web to postgres makes no span
			- web: cmd/web/main.go:60: makes no span
			cmd/web/main.go:90: info tracespan/span-error-unrecorded: 2 spans of web do not tell of the errors that their functions return
			- web: cmd/web/main.go:90: starts a span, and returns errors that it does not record
			- web: cmd/web/main.go:95: starts a span, and returns errors that it does not record`,
		},
		{
			"a server and a client without instrumentation",
			shop(traced("orders"), half),
			`cmd/web/main.go:15: warning tracespan/client-uninstrumented: requests of web to orders carry no trace context: each starts a new trace there
			- web: cmd/web/main.go:40: calls o.Orders/Get of orders
			cmd/web/main.go:16: warning tracespan/server-uninstrumented: the server of web makes no spans`,
		},
		{
			"two requests lose theirs in one place, where the context is made",
			shared,
			`cmd/web/call.go:7: warning tracespan/broken-context: GET / of web loses its trace here: the call to orders (Orders/Get) runs with context.TODO()
			- web: cmd/web/call.go:9: calls o.Orders/Get
			- web: cmd/web/call.go:7: its context is made here
			- web: cmd/web/call.go:7: also on the way of GET /cart of web`,
		},
		{
			"a request's context is dropped: once per place, not at start-up",
			dropped,
			`cmd/web/main.go:40: warning tracespan/broken-context: GET / of web loses its trace here: the call to orders (Orders/Get) runs with context.Background()
			- web: cmd/web/main.go:35: handles GET /
			- web: cmd/web/main.go:40: calls o.Orders/Get
			cmd/web/main.go:60: warning tracespan/broken-context: GET /cart of web loses its trace here: the SDK's call takes no context
			cmd/web/main.go:50: warning tracespan/span-not-ended: web: span is never ended`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { findingtest.Equal(t, Check(tt.model), tt.want) })
	}
}

// Two places that are alike have two fingerprints, so that a baseline can hold one of them.
func TestFingerprintsDiffer(t *testing.T) {
	web := traced("web")
	web.Clients, web.ClientSites = "none", []effects.Pos{at("a.go:1"), at("b.go:1")}
	fs := Check(shop(traced("orders"), web))
	if len(fs) != 2 || fs[0].Fingerprint() == fs[1].Fingerprint() {
		t.Errorf("want two findings with two fingerprints:\n%s", findingtest.Print(fs))
	}
}

// What is certain is offered as a fix too: testdata/mend holds the result.
func TestSuggestedFixes(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("testdata", "mend"))
	if err != nil {
		t.Fatal(err)
	}
	analysistest.RunWithSuggestedFixes(t, dir, Analyzer, "./...")
}
