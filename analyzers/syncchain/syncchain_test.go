package syncchain

import (
	"testing"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding/findingtest"
)

var at = findingtest.At

func TestRules(t *testing.T)    { findingtest.Rules(t, "syncchain", Rules()) }
func TestAnalyzer(t *testing.T) { findingtest.Modules(t, Analyzer) }

// call is a request to another service, made at site.
func call(to, id, site string) arch.Effect {
	return arch.Effect{
		Kind: arch.KindCall, To: to, ID: id, Site: at(site), Deadline: true,
		Path: []arch.Step{{Pos: at(site), What: "calls " + id}},
	}
}

func looped(e arch.Effect) arch.Effect { e.InLoop = true; return e }
func async(e arch.Effect) arch.Effect  { e.Async = true; return e }

func flow(service, endpoint string, effects ...arch.Effect) arch.Flow {
	protocol := "http"
	switch endpoint {
	case "cron:nightly":
		protocol = "cron"
	case "kafka:carts":
		protocol = "consumer"
	}
	return arch.Flow{Service: service, Endpoint: endpoint, Protocol: protocol, Effects: effects}
}

func TestDeepChain(t *testing.T) {
	far := []arch.Flow{
		flow("orders", "o.Orders/Get", call("stock", "s.Stock/Check", "o.go:5")),
		flow("stock", "s.Stock/Check", call("prices", "p.Prices/Get", "s.go:7"), call("taxes", "t.Taxes/Get", "s.go:8")),
		flow("prices", "p.Prices/Get"),
		flow("taxes", "t.Taxes/Get"),
	}
	web := flow("web", "GET /", call("orders", "o.Orders/Get", "w.go:3"))
	tests := []struct {
		name   string
		flows  []arch.Flow
		chains [][]string
		want   string
	}{
		{
			"two hops are within the budget",
			append(far, web),
			[][]string{{"web:GET /", "orders:o.Orders/Get", "stock:s.Stock/Check"}},
			``,
		},
		{
			"three hops are not",
			append(far, web),
			[][]string{{"web:GET /", "orders:o.Orders/Get", "stock:s.Stock/Check", "prices:p.Prices/Get"}},
			`w.go:3: warning syncchain/deep-chain: GET / of web waits for 3 calls in a row, 1 more than the budget of 2: web → orders → stock → prices
			- web: w.go:3: calls o.Orders/Get
			- orders: o.go:5: calls s.Stock/Check
			- stock: s.go:7: calls p.Prices/Get
			- web: w.go:3: 4 services that each keep their promise answer 99.6% of such requests; 3 hops at 100ms each take 300ms
			- orders: o.go:5: the call from orders to stock (Stock/Check), replaced by a copy that the events of stock keep up to date, would help most: 2 services that each keep their promise answer 99.8% of such requests; 1 hop at 100ms each take 100ms`,
		},
		{
			"chains that differ in their ends are one finding",
			append(far, web, flow("web", "GET /cart", call("orders", "o.Orders/Get", "w.go:30"))),
			[][]string{
				{"web:GET /", "orders:o.Orders/Get", "stock:s.Stock/Check", "prices:p.Prices/Get"},
				{"web:GET /", "orders:o.Orders/Get", "stock:s.Stock/Check", "taxes:t.Taxes/Get"},
				{"web:GET /cart", "orders:o.Orders/Get", "stock:s.Stock/Check", "prices:p.Prices/Get"},
			},
			`w.go:3: warning syncchain/deep-chain: GET / (and 1 more endpoint) of web waits for 3 calls in a row, 1 more than the budget of 2: web → orders → stock → prices or taxes
			- web: w.go:3: calls o.Orders/Get
			- orders: o.go:5: calls s.Stock/Check
			- stock: s.go:7: calls p.Prices/Get
			- stock: s.go:8: the last hop also goes to taxes (t.Taxes/Get)
			- web: w.go:30: the same way begins at GET /cart
			- web: w.go:3: 4 services that each keep their promise answer 99.6% of such requests; 3 hops at 100ms each take 300ms
			- orders: o.go:5: the call from orders to stock (Stock/Check), replaced by a copy that the events of stock keep up to date, would help most: 2 services that each keep their promise answer 99.8% of such requests; 1 hop at 100ms each take 100ms`,
		},
		{
			"nobody waits for start-up, schedules and goroutines",
			append(far, flow("job", "cron:nightly", call("orders", "o.Orders/Get", "j.go:1")), flow("job", "", call("orders", "o.Orders/Get", "j.go:2")),
				flow("web", "GET /async", async(call("orders", "o.Orders/Get", "w.go:9")))),
			[][]string{
				{"job:cron:nightly", "orders:o.Orders/Get", "stock:s.Stock/Check", "prices:p.Prices/Get"},
				{"job:", "orders:o.Orders/Get", "stock:s.Stock/Check", "prices:p.Prices/Get"},
				{"web:GET /async", "orders:o.Orders/Get", "stock:s.Stock/Check", "prices:p.Prices/Get"},
			},
			``,
		},
		{
			"a consumer keeps its partition waiting",
			append(far, flow("job", "kafka:carts", call("orders", "o.Orders/Get", "j.go:1"))),
			[][]string{{"job:kafka:carts", "orders:o.Orders/Get", "stock:s.Stock/Check", "prices:p.Prices/Get"}},
			`j.go:1: warning syncchain/deep-chain: kafka:carts of job waits for 3 calls in a row, 1 more than the budget of 2: job → orders → stock → prices
			- job: j.go:1: calls o.Orders/Get
			- orders: o.go:5: calls s.Stock/Check
			- stock: s.go:7: calls p.Prices/Get
			- job: j.go:1: 4 services that each keep their promise answer 99.6% of such requests; 3 hops at 100ms each take 300ms
			- orders: o.go:5: the call from orders to stock (Stock/Check), replaced by a copy that the events of stock keep up to date, would help most: 2 services that each keep their promise answer 99.8% of such requests; 1 hop at 100ms each take 100ms`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			findingtest.Equal(t, Check(&arch.Model{Flows: tt.flows, Chains: tt.chains}), tt.want)
		})
	}
}

// The configuration gives the budget and what each service promises.
func TestDeepChainSettings(t *testing.T) {
	m := &arch.Model{
		Flows: []arch.Flow{
			flow("web", "GET /", call("orders", "o.Orders/Get", "w.go:3")),
			flow("orders", "o.Orders/Get", call("stock", "s.Stock/Check", "o.go:5")),
			flow("stock", "s.Stock/Check"),
		},
		Chains: [][]string{{"web:GET /", "orders:o.Orders/Get", "stock:s.Stock/Check"}},
	}
	check := func(text, want string) {
		t.Helper()
		settings, err := config.Read(".svclint.yml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		m.Settings = settings
		findingtest.Equal(t, Check(m), want)
	}
	check(``, ``)
	check("budgets: {hops: 1, latency: 2s}\nslo: {default: 99, web: 100, stock: 90}", `
		w.go:3: warning syncchain/deep-chain: GET / of web waits for 2 calls in a row, 1 more than the budget of 1: web → orders → stock
		- web: w.go:3: calls o.Orders/Get
		- orders: o.go:5: calls s.Stock/Check
		- web: w.go:3: 3 services that each keep their promise answer 89.1% of such requests; 2 hops at 2s each take 4s
		- orders: o.go:5: the call from orders to stock (Stock/Check), replaced by a copy that the events of stock keep up to date, would help most: 2 services that each keep their promise answer 99% of such requests; 1 hop at 2s each take 2s`)
}

func TestRemoteInLoop(t *testing.T) {
	one := call("catalog", "shop.Catalog/GetProduct", "cart.go:12")
	offers := func(ids ...string) []arch.Endpoint {
		var es []arch.Endpoint
		for _, id := range ids {
			es = append(es, arch.Endpoint{Service: "catalog", ID: id, Site: at("catalog.go:40")})
		}
		return es
	}
	tests := []struct {
		name   string
		offers []arch.Endpoint
		flows  []arch.Flow
		want   string
	}{
		{
			"once per element, and nothing better on offer",
			offers("shop.Catalog/GetProduct", "shop.Catalog/GetCategories"),
			[]arch.Flow{flow("web", "GET /cart", looped(one))},
			`cart.go:12: warning syncchain/remote-in-loop: web calls Catalog/GetProduct of catalog once per element of a collection in GET /cart
			- web: cart.go:12: calls shop.Catalog/GetProduct`,
		},
		{
			"the batch method is named",
			offers("shop.Catalog/GetProduct", "shop.Catalog/BatchGetProducts"),
			[]arch.Flow{flow("web", "GET /cart", looped(one))},
			`cart.go:12: warning syncchain/remote-in-loop: web calls Catalog/GetProduct of catalog once per element of a collection in GET /cart; catalog offers Catalog/BatchGetProducts for all at once
			- web: cart.go:12: calls shop.Catalog/GetProduct
			- catalog: catalog.go:40: the batch form: shop.Catalog/BatchGetProducts`,
		},
		{
			"a list perhaps; several places are one finding",
			offers("shop.Catalog/ListProducts"),
			[]arch.Flow{
				flow("web", "GET /cart", looped(one)),
				flow("web", "GET /wishlist", looped(call("catalog", "shop.Catalog/GetProduct", "wish.go:8"))),
			},
			`cart.go:12: warning syncchain/remote-in-loop: web calls Catalog/GetProduct of catalog once per element of a collection in GET /cart (and 1 more endpoint); perhaps Catalog/ListProducts of catalog gives all at once
			- web: cart.go:12: calls shop.Catalog/GetProduct
			- web: wish.go:8: also in a loop, in GET /wishlist
			- catalog: catalog.go:40: the batch form: shop.Catalog/ListProducts`,
		},
		{
			"routes",
			offers("POST /products/batch"),
			[]arch.Flow{flow("web", "GET /cart", looped(call("catalog", "GET /products/{id}", "cart.go:12")))},
			`cart.go:12: warning syncchain/remote-in-loop: web calls GET /products/{id} of catalog once per element of a collection in GET /cart; catalog offers POST /products/batch for all at once
			- web: cart.go:12: calls GET /products/{id}
			- catalog: catalog.go:40: the batch form: POST /products/batch`,
		},
		{
			"a message is a request too",
			nil,
			[]arch.Flow{flow("web", "kafka:carts", looped(one))},
			`cart.go:12: warning syncchain/remote-in-loop: web calls Catalog/GetProduct of catalog once per element of a collection in kafka:carts
			- web: cart.go:12: calls shop.Catalog/GetProduct`,
		},
		{
			"start-up, schedules, goroutines and single calls are quiet",
			nil,
			[]arch.Flow{
				flow("web", "", looped(one)), flow("web", "cron:nightly", looped(one)),
				flow("web", "GET /cart", async(looped(one))), flow("web", "GET /product/{id}", one),
			},
			``,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			findingtest.Equal(t, Check(&arch.Model{Flows: tt.flows, Endpoints: tt.offers}), tt.want)
		})
	}
}

func TestBatchOf(t *testing.T) {
	for _, tt := range []struct {
		called, offered string
		found, certain  bool
	}{
		{"s.S/GetProduct", "s.S/GetProducts", true, true},
		{"s.S/GetProductById", "s.S/GetProductsByIds", true, true},
		{"s.S/GetCategory", "s.S/GetCategories", true, true},
		{"s.S/Convert", "s.S/ConvertBatch", true, true},
		{"s.S/Convert", "s.S/BatchConvert", true, true},
		{"pb.user/getUserInfo", "pb.user/mGetUserInfo", true, true},
		{"s.S/GetProduct", "s.S/ListProducts", true, false},
		{"s.S/GetProduct", "s.S/GetProductReviews", false, false},
		{"s.S/GetProduct", "other.S/GetProducts", false, false},
		{"GET /products/{id}", "GET /products", true, false},
		{"GET /products/{id}", "GET /products:batchGet", true, true},
		{"GET /products", "GET /", false, false},
	} {
		e := call("x", tt.called, "a.go:1")
		got := batchOf(&e, []arch.Endpoint{{Service: "x", ID: tt.offered}})
		if (got.endpoint != nil) != tt.found || got.certain != tt.certain {
			t.Errorf("%s with %s on offer: found %t, certain %t; want %t, %t", tt.called, tt.offered, got.endpoint != nil, got.certain, tt.found, tt.certain)
		}
	}
}

// inRow says which effects of a flow are calls that follow each other.
func inRow(f arch.Flow, row ...int) arch.Flow { f.Sequence = row; return f }

func TestFanOut(t *testing.T) {
	var effects []arch.Effect
	for _, to := range []string{"a", "b", "c", "d", "e"} {
		effects = append(effects, call(to, "s.S/Get", "w.go:"+string('1'+to[0]-'a')))
	}
	findingtest.Equal(t, Check(&arch.Model{Flows: []arch.Flow{
		inRow(flow("web", "GET /", effects...), 0, 1, 2, 3, 4),
		inRow(flow("web", "HEAD /", effects...), 0, 1, 2, 3, 4),
		inRow(flow("web", "GET /side", effects...), 0, 4),             // side by side
		inRow(flow("job", "cron:nightly", effects...), 0, 1, 2, 3, 4), // nobody waits
	}}), `
		w.go:1: warning syncchain/fan-out: GET / (and 1 more endpoint) of web makes 5 calls one after the other, 1 more than the budget of 4: to a, b, c, d and e
		- web: w.go:1: call 1: S/Get of a
		- web: w.go:2: call 2: S/Get of b
		- web: w.go:3: call 3: S/Get of c
		- web: w.go:4: call 4: S/Get of d
		- web: w.go:5: call 5: S/Get of e
		- web: w.go:1: the same calls are made in GET /, HEAD /
		- web: w.go:1: 6 services that each keep their promise answer 99.4% of such requests; 5 calls at 100ms each take 500ms`)
}

func TestRemoteInTransaction(t *testing.T) {
	open := func(e arch.Effect, store string) arch.Effect { e.Transaction = store; return e }
	findingtest.Equal(t, Check(&arch.Model{Flows: []arch.Flow{
		flow("orders", "POST /pay", open(call("payments", "p.P/Charge", "o.go:4"), "postgres")),
		flow("orders", "POST /ship", open(call("shipping", "s.S/Ship", "o.go:8"), "redis"), open(async(call("mail", "m.M/Send", "o.go:9")), "postgres")),
	}}), `
		o.go:4: warning syncchain/remote-in-transaction: orders calls P/Charge of payments while a postgres transaction is open, in POST /pay
		- orders: o.go:4: calls p.P/Charge`)
}

func TestNoDeadline(t *testing.T) {
	grpc := func(f arch.Flow) arch.Flow { f.Protocol = "grpc"; return f }
	does := func(e arch.Effect, context, timeout string) arch.Effect {
		e.Protocol, e.Context, e.Timeout, e.Deadline = "grpc", context, timeout, timeout != ""
		return e
	}
	// The deadline that web sets reaches stock through gRPC, and ends at a context of one's own.
	flows := []arch.Flow{
		flow("web", "GET /", does(call("orders", "o.O/Get", "w.go:3"), "request", "1s")),
		grpc(flow("orders", "o.O/Get", does(call("stock", "s.S/Check", "o.go:5"), "request", ""), does(call("audit", "a.A/Log", "o.go:6"), "background", ""))),
	}
	findingtest.Equal(t, Check(&arch.Model{Flows: flows}), `
		o.go:6: warning syncchain/no-deadline: orders waits for audit without a time limit, in O/Get
		- orders: o.go:6: calls a.A/Log: its context never ends, and its client has no limit`)
}

func TestRetryStorm(t *testing.T) {
	again := func(e arch.Effect, n int) arch.Effect { e.Retry = &arch.Retry{Attempts: n, By: "client"}; return e }
	flows := []arch.Flow{
		flow("web", "GET /", again(call("orders", "o.O/Get", "w.go:3"), 3)),
		flow("orders", "o.O/Get", call("stock", "s.S/Check", "o.go:5")),
		flow("stock", "s.S/Check", again(call("prices", "p.P/Get", "s.go:7"), 4)),
		flow("prices", "p.P/Get"),
	}
	findingtest.Equal(t, Check(&arch.Model{Flows: flows}), `
		w.go:3: warning syncchain/retry-storm: web and stock each retry on the way web → orders → stock → prices: one request becomes up to 12 (3 × 4) of P/Get
		- web: w.go:3: calls o.O/Get, and makes up to 3 attempts
		- orders: o.go:5: calls s.S/Check
		- stock: s.go:7: calls p.P/Get, and makes up to 4 attempts`)
}
