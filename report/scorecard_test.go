package report

import (
	"fmt"
	"testing"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

func services(names ...string) []arch.Service {
	var out []arch.Service
	for _, n := range names {
		out = append(out, arch.Service{Name: n})
	}
	return out
}

// Each case is one sentence of the package documentation.
func TestFitness(t *testing.T) {
	const na = -1
	data := func(service, name string) arch.Data {
		return arch.Data{Service: service, Store: "postgres", Name: name, Ops: []string{"read"}}
	}
	endpoint := func(id string) arch.Endpoint {
		return arch.Endpoint{Service: "a", Protocol: "grpc", ID: id, Instrumented: true}
	}
	call := func(context string, instrumented bool) arch.Effect {
		return arch.Effect{Kind: arch.KindCall, To: "b", ID: "s/M", Context: context, Instrumented: instrumented}
	}
	flow := func(effects ...arch.Effect) []arch.Flow {
		return []arch.Flow{{Service: "a", Endpoint: "s/A", Effects: effects}}
	}
	traced := []arch.Tracing{{Service: "a", Setup: "yes"}}
	tests := []struct {
		name   string
		lesson string
		model  arch.Model
		want   float64
		value  string
	}{
		{"no tables, no score", "data ownership", arch.Model{}, na, ""},
		{"keys are not tables", "data ownership", arch.Model{Data: []arch.Data{{Service: "a", Store: "redis", Name: "cart:*"}}}, na, ""},
		{"tables of one name in two services are two tables", "data ownership",
			arch.Model{Data: []arch.Data{data("a", "users"), data("b", "users")}}, 10, "2 of 2"},
		{"unless they are shared data, which may be right: two processes of one bounded context", "data ownership",
			arch.Model{Data: []arch.Data{data("a", "users"), data("b", "users"), data("b", "carts")},
				SharedData: []arch.SharedData{{Store: "postgres", Name: "users", Services: []string{"a", "b"}}}}, 10, "2 of 2"},
		{"an access whose database is not known is to the table that is known", "data ownership",
			arch.Model{Data: []arch.Data{data("a", "users"), {Service: "a", Store: "postgres", Database: "db/shop", Name: "users"}}}, 10, "1 of 1"},
		{"a finding of crossdb makes a table foreign", "data ownership",
			arch.Model{Data: []arch.Data{data("trespasser", "orders"), data("b", "orders"), data("b", "carts")},
				SharedData: []arch.SharedData{{Store: "postgres", Name: "orders", Services: []string{"trespasser", "b"}}}}, 5, "1 of 2"},
		{"one miss in many never rounds up to full marks", "data ownership",
			func() arch.Model {
				m := arch.Model{}
				for i := range 998 {
					m.Data = append(m.Data, data("a", fmt.Sprint("t", i)))
				}
				m.Data = append(m.Data, data("trespasser", "orders"))
				return m
			}(), 9.9, "998 of 999"},

		{"no calls, no score", "synchronous depth", arch.Model{}, na, ""},
		{"calls without a chain are one hop", "synchronous depth", arch.Model{Calls: []arch.Call{{From: "a", To: "b"}}}, 10, "1"},
		{"two hops are within budget", "synchronous depth",
			arch.Model{Calls: []arch.Call{{}}, Chains: [][]string{{"a:x", "b:y", "c:z"}}}, 10, "2"},
		{"a hop over budget costs 2.5", "synchronous depth",
			arch.Model{Calls: []arch.Call{{}}, Chains: [][]string{{"a:x", "b:y", "c:z", "d:w"}}}, 7.5, "3"},
		{"never below 0", "synchronous depth",
			arch.Model{Calls: []arch.Call{{}}, Chains: [][]string{make([]string, 20)}}, 0, "19"},

		{"no endpoints, no score", "tracing", arch.Model{Tracing: traced}, na, ""},
		{"an endpoint that calls nobody is a path", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced}, 10, "1 of 1"},
		{"instrumentation without a tracer makes no spans", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: []arch.Tracing{{Service: "a", Setup: "no"}}}, 0, "0 of 1"},
		{"the request's own context carries the trace", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced, Flows: flow(call("request", true))}, 10, "1 of 1"},
		{"a detached context keeps the trace", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced, Flows: flow(call("detached", true))}, 10, "1 of 1"},
		{"context.Background breaks it", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced, Flows: flow(call("background", true))}, 0, "0 of 1"},
		{"a client without instrumentation breaks it", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced, Flows: flow(call("request", false))}, 0, "0 of 1"},
		{"one broken call among several to the same endpoint breaks the path", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced, Flows: flow(call("request", true), call("todo", true))}, 0, "0 of 1"},
		{"a store asked with context.Background ends the trace beside the call", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced,
				Flows: flow(arch.Effect{Kind: arch.KindData, Context: "background"}, call("request", true))}, 5, "1 of 2"},
		{"a store need not make spans", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced, Flows: flow(arch.Effect{Kind: arch.KindData, Context: "request"})}, 10, "1 of 1"},
		{"a path whose context is unknown is left out", "tracing",
			arch.Model{Endpoints: []arch.Endpoint{endpoint("s/A")}, Tracing: traced, Flows: flow(call("unknown", true))}, na, ""},

		{"no consumers, no score", "idempotency", arch.Model{}, na, ""},
		{"unclear ones are left out", "idempotency",
			arch.Model{Idempotency: []arch.Idempotency{{Idempotent: "yes"}, {Idempotent: "no"}, {Idempotent: "unclear"}}}, 5, "1 of 2"},
		{"only unclear ones, no score", "idempotency", arch.Model{Idempotency: []arch.Idempotency{{Idempotent: "unclear"}}}, na, ""},

		{"one service has no boundaries to score", "boundaries", arch.Model{Services: services("a")}, na, ""},
		{"a service counts once, however many cycles it is in", "boundaries",
			arch.Model{Services: services("a", "b", "c", "d"), Cycles: [][]string{{"a", "b"}, {"b", "a"}}}, 5, "2 of 4"},
		{"importing another's insides counts for the importer, contracts do not count", "boundaries",
			arch.Model{Services: services("a", "b"), Imports: []arch.Import{{Service: "a", Of: "b"}, {Service: "b", Of: "a", Contract: true}}}, 5, "1 of 2"},
	}
	trespass := []finding.Finding{{Rule: foreignWrite, Services: []string{"trespasser", "b"}, Subject: "postgres:orders"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, s := range Score(&tt.model, trespass).Scores {
				if s.Lesson != tt.lesson {
					continue
				}
				got := float64(na)
				if s.Points != nil {
					got = *s.Points
				} else if s.Note == "" {
					t.Error("n/a without saying why")
				}
				if got != tt.want || s.Value != tt.value {
					t.Errorf("%s: score %v for %q, want %v for %q", tt.lesson, got, s.Value, tt.want, tt.value)
				}
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	shared := func(m *arch.Model) { m.Data = []arch.Data{{Service: "a", Store: "postgres", Name: "orders"}} }
	cycle := func(m *arch.Model) { m.Cycles = [][]string{{"a", "b"}} }
	deep := func(m *arch.Model) {
		m.Calls = []arch.Call{{}}
		m.Chains = [][]string{make([]string, 4)}
	}
	imports := func(m *arch.Model) { m.Imports = []arch.Import{{Service: "a", Of: "b"}} }
	repeatable := func(m *arch.Model) { m.Idempotency = []arch.Idempotency{{Idempotent: "yes"}} }
	answering := func(m *arch.Model) {
		for _, s := range m.Services {
			m.Endpoints = append(m.Endpoints, arch.Endpoint{Service: s.Name, ID: "GET /", Instrumented: true})
			m.Tracing = append(m.Tracing, arch.Tracing{Service: s.Name, Setup: "yes"})
		}
	}
	unrepeatable := func(m *arch.Model) { m.Idempotency = []arch.Idempotency{{Idempotent: "no"}} }
	chatty := []finding.Finding{{Rule: &finding.Rule{ID: "boundary/dual-write"}, Severity: finding.Error}}
	tests := []struct {
		name     string
		services int
		with     []func(*arch.Model)
		findings []finding.Finding
		want     Verdict
	}{
		{"all coupling lessons fail", 2, []func(*arch.Model){shared, deep, imports}, nil, DistributedMonolith},
		{"two fail, one of them badly", 2, []func(*arch.Model){deep, cycle}, nil, DistributedMonolith},
		{"two fail, neither badly", 2, []func(*arch.Model){deep, imports}, nil, Coupled},
		{"one coupling lesson fails", 2, []func(*arch.Model){shared}, nil, Coupled},
		{"an error is a failure, whatever the score", 2, []func(*arch.Model){repeatable}, chatty, Coupled},
		{"only operation fails", 2, []func(*arch.Model){unrepeatable}, nil, Fragile},
		{"nothing fails", 2, []func(*arch.Model){repeatable, answering}, nil, Healthy},
		{"one service", 1, []func(*arch.Model){repeatable, answering}, nil, SingleService},
		{"nothing fails, of services that answer nothing", 2, []func(*arch.Model){repeatable}, nil, TooLittleRead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := arch.Model{Services: services("a", "b")[:tt.services]}
			for _, with := range tt.with {
				with(&m)
			}
			fs := append([]finding.Finding{{Rule: foreignWrite, Services: []string{"a", "b"}, Subject: "postgres:orders"}}, tt.findings...)
			if len(m.Data) == 0 {
				fs = tt.findings
			}
			if got := Score(&m, fs).Verdict; got != tt.want {
				t.Errorf("verdict %q, want %q", got, tt.want)
			}
		})
	}
}

// The service that is called or whose data is taken has nothing to mend; a cycle is everybody's.
func TestCulprits(t *testing.T) {
	m := &arch.Model{Services: services("a", "b")}
	cycle := &finding.Rule{ID: "boundary/cycle"}
	card := Score(m, []finding.Finding{
		{Rule: foreignWrite, Severity: finding.Error, Services: []string{"b", "a"}},
		{Rule: cycle, Severity: finding.Error, Services: []string{"a", "b"}},
	})
	for i, want := range []int{1, 2} {
		if got := card.Services[i]; got.Findings != want || got.Errors != want {
			t.Errorf("%s: %d findings, %d errors, want %d", got.Name, got.Findings, got.Errors, want)
		}
	}
}
