package fix

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/finding"
)

// Each case is the part of a file behind its imports; « stands where the finding is. Without want there is no fix: the
// case is not certain.
var cases = []struct {
	name, rule string
	imports    string // one per line
	code, want string
	wantImport string // what the imports become, when they change
}{
	{
		name: "pass ctx", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(ctx context.Context) error { return g(context.Background«()) }",
		want: "func f(ctx context.Context) error { return g(ctx) }",
	},
	{
		name: "the finding is at the call", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(ctx context.Context) error { return g«(context.TODO(), 1) }",
		want: "func f(ctx context.Context) error { return g(ctx, 1) }",
	},
	{
		name: "of the request, and context is not needed any more", rule: "tracespan/broken-context", imports: "\"context\"\n\t\"net/http\"",
		code:       "func f(w http.ResponseWriter, r *http.Request) { g(context.Background«()) }",
		want:       "func f(w http.ResponseWriter, r *http.Request) { g(r.Context()) }",
		wantImport: `"net/http"`,
	},
	{
		name: "of a framework's request", rule: "tracespan/broken-context", imports: "\"context\"\n\n\t\"github.com/gin-gonic/gin\"",
		code: "var _ context.Context\n\nfunc f(c *gin.Context) { g(context.Background«()) }",
		want: "var _ context.Context\n\nfunc f(c *gin.Context) { g(c.Request.Context()) }",
	},
	{
		name: "a request without a context", rule: "tracespan/broken-context", imports: "\"context\"\n\t\"net/http\"",
		code: "func f(ctx context.Context) { do(http.NewRequest«(\"GET\", url, nil)) }",
		want: "func f(ctx context.Context) { do(http.NewRequestWithContext(ctx, \"GET\", url, nil)) }",
	},
	{
		name: "a goroutine outlives the request", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(ctx context.Context) { go g(context.Background«()) }",
		want: "func f(ctx context.Context) { go g(context.WithoutCancel(ctx)) }",
	},
	{
		name: "a deadline of its own is kept", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(ctx context.Context) {\n\tctx, stop := context.WithTimeout(context.Background«(), s)\n\tdefer stop()\n\tg(ctx)\n}",
		want: "func f(ctx context.Context) {\n\tctx, stop := context.WithTimeout(context.WithoutCancel(ctx), s)\n\tdefer stop()\n\tg(ctx)\n}",
	},
	{
		name: "the name means a context made of it", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(ctx context.Context) {\n\tctx, span := tracer.Start(ctx, \"f\")\n\tdefer span.End()\n\tg(context.Background«())\n}",
		want: "func f(ctx context.Context) {\n\tctx, span := tracer.Start(ctx, \"f\")\n\tdefer span.End()\n\tg(ctx)\n}",
	},
	{
		name: "the name means something else", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(ctx context.Context) {\n\tif ctx := newThing(); ctx != nil {\n\t\tg(context.Background«())\n\t}\n}",
	},
	{
		name: "a closure's parameter hides the name", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(ctx context.Context) { each(func(ctx *thing) { g(context.Background«()) }) }",
	},
	{
		name: "assigned to itself", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(ctx context.Context) {\n\tctx = context.Background«()\n\tg(ctx)\n}",
	},
	{
		name: "no context in scope", rule: "tracespan/broken-context", imports: `"context"`,
		code: "func f(_ context.Context) { g(context.Background«()) }",
	},

	{
		name: "handler", rule: "tracespan/server-uninstrumented", imports: "\"log\"\n\t\"net/http\"",
		code:       "func main() { log.Fatal(http.ListenAndServe«(\":80\", mux())) }",
		want:       "func main() { log.Fatal(http.ListenAndServe(\":80\", otelhttp.NewHandler(mux(), \"orders\"))) }",
		wantImport: "\"log\"\n\t\"net/http\"\n\n\t\"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp\"",
	},
	{
		name: "default handler, imported already", rule: "tracespan/server-uninstrumented",
		imports: "\"net/http\"\n\n\toh \"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp\"",
		code:    "func main() { http.ListenAndServe«(\":80\", nil) }",
		want:    "func main() { http.ListenAndServe(\":80\", oh.NewHandler(http.DefaultServeMux, \"orders\")) }",
	},
	{
		name: "handler of a server", rule: "tracespan/server-uninstrumented", imports: "\"net/http\"\n\n\t\"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp\"",
		code: "func main() {\n\tsrv := &http.Server{Addr: \":80\", Handler: mux}\n\tsrv.ListenAndServe«()\n}",
		want: "func main() {\n\tsrv := &http.Server{Addr: \":80\", Handler: otelhttp.NewHandler(mux, \"orders\")}\n\tsrv.ListenAndServe()\n}",
	},
	{
		name: "handler set later", rule: "tracespan/server-uninstrumented", imports: "\"net/http\"\n\n\t\"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp\"",
		code: "func main() {\n\tsrv := &http.Server{Handler: mux}\n\tsrv.Handler = other\n\tsrv.ListenAndServe«()\n}",
	},
	{
		name: "gRPC server", rule: "tracespan/server-uninstrumented", imports: "\"google.golang.org/grpc\"\n\t\"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc\"",
		code: "func main() { serve(grpc.NewServer«()) }",
		want: "func main() { serve(grpc.NewServer(grpc.StatsHandler(otelgrpc.NewServerHandler()))) }",
	},
	{
		name: "gRPC server with options", rule: "tracespan/server-uninstrumented", imports: "\"google.golang.org/grpc\"\n\t\"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc\"",
		code: "func main() { serve(grpc.«NewServer(opts...)) }",
		want: "func main() { serve(grpc.NewServer(append(opts, grpc.StatsHandler(otelgrpc.NewServerHandler()))...)) }",
	},
	{
		name: "the module is not required", rule: "tracespan/server-uninstrumented", imports: `"google.golang.org/grpc"`,
		code: "func main() { serve(grpc.NewServer«()) }",
		want: "advice: give the server the OpenTelemetry stats handler: needs go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc, ",
	},
	{
		name: "the name is taken", rule: "tracespan/server-uninstrumented", imports: `"net/http"`,
		code: "func main() {\n\totelhttp := true\n\thttp.ListenAndServe«(\":80\", mux(otelhttp))\n}",
	},

	{
		name: "gRPC client, an option per line", rule: "tracespan/client-uninstrumented", imports: "\"google.golang.org/grpc\"\n\t\"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc\"",
		code: "func dial() {\n\tuse(grpc.NewClient«(\n\t\taddr,\n\t\tinsecure,\n\t))\n}",
		want: "func dial() {\n\tuse(grpc.NewClient(\n\t\taddr,\n\t\tinsecure,\n\t\tgrpc.WithStatsHandler(otelgrpc.NewClientHandler()),\n\t))\n}",
	},
	{
		name: "HTTP client", rule: "tracespan/client-uninstrumented", imports: "\"net/http\"\n\n\t\"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp\"",
		code: "var client = «&http.Client{}",
		want: "var client = &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}",
	},
	{
		name: "HTTP client with a transport", rule: "tracespan/client-uninstrumented", imports: "\"net/http\"\n\n\t\"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp\"",
		code: "var client = http.Client«{Timeout: 5, Transport: pool}",
		want: "var client = http.Client{Timeout: 5, Transport: otelhttp.NewTransport(pool)}",
	},
	{
		name: "the default client is everybody's", rule: "tracespan/client-uninstrumented", imports: `"net/http"`,
		code: "func f() { http.DefaultClient.Do«(req) }",
	},

	{
		name: "span", rule: "tracespan/span-not-ended", imports: `"context"`,
		code: "func f(ctx context.Context) {\n\tctx, span := tracer.Start«(ctx, \"f\") // of the request\n\tg(ctx, span)\n}",
		want: "func f(ctx context.Context) {\n\tctx, span := tracer.Start(ctx, \"f\") // of the request\n\tdefer span.End()\n\tg(ctx, span)\n}",
	},
	{
		name: "span of a turn", rule: "tracespan/span-not-ended", imports: `"context"`,
		code: "func f(ctx context.Context) {\n\tfor {\n\t\t_, span := tracer.Start«(ctx, \"f\")\n\t\tuse(span)\n\t}\n}",
	},
	{
		name: "span of a closure in a loop", rule: "tracespan/span-not-ended", imports: `"context"`,
		code: "func f(ctx context.Context) {\n\tfor {\n\t\tdo(func() {\n\t\t\t_, span := tracer.Start«(ctx, \"f\")\n\t\t\tuse(span)\n\t\t})\n\t}\n}",
		want: "func f(ctx context.Context) {\n\tfor {\n\t\tdo(func() {\n\t\t\t_, span := tracer.Start(ctx, \"f\")\n\t\t\tdefer span.End()\n\t\t\tuse(span)\n\t\t})\n\t}\n}",
	},
	{
		name: "span that nobody has", rule: "tracespan/span-not-ended", imports: `"context"`,
		code: "func f(ctx context.Context) {\n\tctx, _ = tracer.Start«(ctx, \"f\")\n\tg(ctx)\n}",
	},
}

func TestFor(t *testing.T) {
	dir := t.TempDir()
	gomod := "module example.com/orders\n\ngo 1.21\n\nrequire go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.60.0\n"
	gosum := "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.60.0 h1:sum=\n"
	gomod += "\nreplace google.golang.org/grpc => ../grpc\n"
	for name, text := range map[string]string{"go.mod": gomod, "go.sum": gosum} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			source := func(imports, code string) string {
				if !strings.Contains(imports, "\n") && tt.wantImport == "" {
					return "package main\n\nimport " + imports + "\n\n" + code + "\n"
				}
				return "package main\n\nimport (\n\t" + imports + "\n)\n\n" + code + "\n"
			}
			text := source(tt.imports, tt.code)
			before, _, _ := strings.Cut(text, "«")
			f := &finding.Finding{
				Rule: &finding.Rule{ID: tt.rule}, Services: []string{"orders"},
				Pos: effects.Pos{File: "main.go", Line: 1 + strings.Count(before, "\n"), Col: len(before) - strings.LastIndexByte(before, '\n')},
			}
			file, err := Parse(filepath.Join(dir, "main.go"), []byte(strings.Replace(text, "«", "", 1)))
			if err != nil {
				t.Fatal(err)
			}
			fix, err := For(f, file)
			var advice *Advice
			switch {
			case errors.As(err, &advice):
				if want, ok := strings.CutPrefix(tt.want, "advice: "); !ok || !strings.HasPrefix(advice.Error(), want) {
					t.Errorf("advice: %v", advice)
				}
				return
			case fix == nil:
				if tt.want != "" {
					t.Error("no fix")
				}
				return
			}
			got, _, err := file.Apply([]*Fix{fix})
			if err != nil {
				t.Fatal(err)
			}
			imports := tt.imports
			if tt.wantImport != "" {
				imports = tt.wantImport
			}
			if diff := cmp.Diff(source(imports, tt.want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Fixes that touch one another wait for another round; a file that gofmt would change is not reformatted.
func TestApply(t *testing.T) {
	text := "package p\n\nimport \"context\"\n\nfunc f(ctx   context.Context) { g(context.Background(), context.TODO()) }\n"
	file, err := Parse(filepath.Join(t.TempDir(), "p.go"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(text, "context.Background()")
	one := &Fix{Edits: []Edit{{at, at + len("context.Background()"), "ctx"}}}
	got, skipped, err := file.Apply([]*Fix{one, one})
	want := strings.Replace(text, "context.Background()", "ctx", 1)
	if err != nil || len(skipped) != 1 || skipped[0] != 1 || string(got) != want {
		t.Errorf("%v, skipped %v\n%s", err, skipped, got)
	}
}
