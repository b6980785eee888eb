package boundary

import (
	"testing"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding/findingtest"
)

var at = findingtest.At

func TestRules(t *testing.T)    { findingtest.Rules(t, "boundary", Rules()) }
func TestAnalyzer(t *testing.T) { findingtest.Modules(t, Analyzer) }

func call(from, to, site string) arch.Call {
	return arch.Call{From: from, To: to, ID: to + ".API/Do", Sites: []effects.Pos{at(site)}}
}

func TestCycle(t *testing.T) {
	services := []arch.Service{
		{Name: "a", Entry: "cmd/a"}, {Name: "b", Entry: "cmd/b"}, {Name: "c", Entry: "cmd/c"},
		{Name: "x-http", Entry: "x"}, {Name: "x-grpc", Entry: "x"},
	}
	tests := []struct {
		name   string
		cycles [][]string
		calls  []arch.Call
		want   string
	}{
		{
			"two services",
			[][]string{{"a", "b"}},
			[]arch.Call{call("a", "b", "a.go:1"), call("b", "a", "b.go:1"), call("b", "c", "b.go:2")},
			`a.go:1: error boundary/cycle: a and b call each other in a circle: a → b → a
			- a: a.go:1: a calls b (b.API/Do)
			- b: b.go:1: b calls a (a.API/Do)`,
		},
		{
			"three, the other way round than they are sorted",
			[][]string{{"a", "b", "c"}},
			[]arch.Call{call("a", "c", "a.go:1"), call("b", "a", "b.go:1"), call("c", "b", "c.go:1")},
			`a.go:1: error boundary/cycle: a, b and c call each other in a circle: a → c → b → a
			- a: a.go:1: a calls c (c.API/Do)
			- c: c.go:1: c calls b (b.API/Do)
			- b: b.go:1: b calls a (a.API/Do)`,
		},
		{
			"two circles that meet in one service",
			[][]string{{"a", "b", "c"}},
			[]arch.Call{call("a", "b", "a.go:1"), call("b", "a", "b.go:1"), call("b", "c", "b.go:2"), call("c", "b", "c.go:1")},
			`a.go:1: error boundary/cycle: a, b and c call each other in circles
			- a: a.go:1: a calls b (b.API/Do)
			- b: b.go:1: b calls a (a.API/Do)
			- b: b.go:2: b calls c (c.API/Do)
			- c: c.go:1: c calls b (b.API/Do)`,
		},
		{
			"roles of one main package are one service",
			[][]string{{"x-grpc", "x-http"}},
			[]arch.Call{call("x-grpc", "x-http", "x.go:1"), call("x-http", "x-grpc", "x.go:2")},
			``,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			findingtest.Equal(t, Check(&arch.Model{Services: services, Cycles: tt.cycles, Calls: tt.calls}), tt.want)
		})
	}
}

func TestForeignInternals(t *testing.T) {
	m := &arch.Model{
		Services: []arch.Service{{Name: "orders", Entry: "services/orders"}, {Name: "shipping", Entry: "services/shipping"}, {Name: "orders-worker", Entry: "services/orders"}},
		Imports: []arch.Import{
			{Service: "shipping", Of: "orders", Package: "shop/services/orders/store", Importer: "shop/services/shipping/jobs", Site: at("services/shipping/jobs/jobs.go:8")},
			{Service: "shipping", Of: "orders", Package: "shop/services/orders/store", Importer: "shop/services/shipping", Site: at("services/shipping/api.go:7")},
			{Service: "shipping", Of: "orders", Package: "shop/services/orders/orderspb", Site: at("services/shipping/api.go:8"), Contract: true},
			{Service: "orders-worker", Of: "orders", Package: "shop/services/orders/store", Site: at("services/orders/main.go:8")},
		},
	}
	findingtest.Equal(t, Check(m),
		`services/shipping/api.go:7: error boundary/foreign-internals: shipping imports shop/services/orders/store, which is internal to orders and no contract
		- shipping: services/shipping/api.go:7: shop/services/shipping imports it
		- shipping: services/shipping/jobs/jobs.go:8: shop/services/shipping/jobs imports it`)
}
