package arch

import (
	"reflect"
	"testing"
)

func TestHostOf(t *testing.T) {
	tests := []struct {
		address text
		want    string
	}{
		{lit("orders:8080"), "orders"},
		{lit("orders"), "orders"},
		{lit("Orders:8080"), "orders"},
		{lit("http://orders:8080/v1?x=1"), "orders"},
		{lit("https://orders/v1"), "orders"},
		{lit("dns:///orders:50051"), "orders"},
		{lit("dns://8.8.8.8/orders:50051"), "orders"},
		{lit("consul://agent:8500/orders?tag=x"), "orders"},
		// Names in a registry keep their dots.
		{lit("discovery:///shop.orders.v1"), "shop.orders.v1"},
		{lit("etcd:///shop/orders.rpc"), "orders.rpc"},
		// Kubernetes: name.namespace, with or without the cluster's domain.
		{lit("orders.shop.svc.cluster.local:80"), "orders"},
		{lit("orders.shop.svc"), "orders"},
		{lit("orders.shop:80"), "orders"},
		// Names of the internet stay whole.
		{lit("api.example.com"), "api.example.com"},
		{lit("example.com"), "example.com"},
		// These name no other service.
		{lit("localhost:8080"), ""},
		{lit("127.0.0.1:80"), ""},
		{lit("[::1]:80"), ""},
		{lit(":8080"), ""},
		{lit(""), ""},
		{env("ADDR", ""), ""},
		{cat(env("HOST", ""), lit(":80")), ""},
		{cat(lit("orders:"), env("PORT", "")), "orders"},
	}
	for _, tt := range tests {
		if got := hostOf(tt.address); got != tt.want {
			t.Errorf("hostOf(%q) = %q, want %q", tt.address, got, tt.want)
		}
	}
}

func TestSplitURL(t *testing.T) {
	tests := []struct {
		url         text
		host, route string
	}{
		{lit("http://orders:80/orders/1?x=2"), "orders", "/orders/1"},
		{lit("http://orders:80"), "orders", "/"},
		{cat(lit("http://orders/orders/"), value), "orders", "/orders/{}"},
		{cat(lit("http://"), env("ADDR", ""), lit("/orders")), "", "/orders"},
		{cat(env("ORDERS_URL", ""), lit("/orders/"), value), "", "/orders/{}"},
		{cat(env("ORDERS_URL", ""), lit("orders/"), value), "", "/{}"},
		{env("ORDERS_URL", ""), "", ""},
		{value, "", ""},
		{lit("http://localhost:80/x"), "", "/x"},
		{cat(lit("http://orders:"), env("PORT", ""), lit("/x")), "orders", "/x"},
	}
	for _, tt := range tests {
		if host, route := splitURL(tt.url); host != tt.host || route != tt.route {
			t.Errorf("splitURL(%q) = %q, %q, want %q, %q", tt.url, host, route, tt.host, tt.route)
		}
	}
}

func TestFits(t *testing.T) {
	tests := []struct {
		pattern, route string
		n              int
		ok             bool
	}{
		{"/orders", "/orders", 1, true},
		{"/orders/", "/orders", 1, true},
		{"/orders/{id}", "/orders/7", 1, true},
		{"/orders/{id}", "/orders/{}", 1, true},
		{"/orders/new", "/orders/{}", 1, true},
		{"/orders/{id}/lines", "/orders/{}/lines", 2, true},
		{"/orders", "/orders/7", 0, false},
		{"/orders/{id}", "/items/7", 0, false},
		{"/", "/", 1, true},
		{"/{any}", "/orders", 0, true},
	}
	for _, tt := range tests {
		if n, ok := fits(tt.pattern, tt.route); n != tt.n || ok != tt.ok {
			t.Errorf("fits(%q, %q) = %d, %v, want %d, %v", tt.pattern, tt.route, n, ok, tt.n, tt.ok)
		}
	}
}

// Of several routes that a request fits, the one with the most equal segments answers, as in every router.
func TestRouteFor(t *testing.T) {
	p := &process{}
	for _, id := range []string{"GET /orders/{id}", "GET /orders/latest", "POST /orders/{id}", "* /any"} {
		p.endpoints = append(p.endpoints, &endpoint{Endpoint: Endpoint{Protocol: "http", ID: id}})
	}
	p.endpoints = append(p.endpoints, &endpoint{Endpoint: Endpoint{Protocol: "consumer", ID: "GET /orders/queue"}})
	tests := []struct{ method, route, want string }{
		{"GET", "/orders/7", "GET /orders/{id}"},
		{"GET", "/orders/latest", "GET /orders/latest"},
		{"GET", "/orders/queue", "GET /orders/{id}"},
		{"POST", "/orders/7", "POST /orders/{id}"},
		{"DELETE", "/orders/7", ""},
		{"DELETE", "/any", "* /any"},
		{"*", "/orders/latest", "GET /orders/latest"},
	}
	for _, tt := range tests {
		if got := p.routeFor(tt.method, tt.route); got != tt.want {
			t.Errorf("routeFor(%s %s) = %q, want %q", tt.method, tt.route, got, tt.want)
		}
	}
}

func TestHoleHost(t *testing.T) {
	tests := []struct {
		url  text
		want string
	}{
		{cat(env("PAYMENT_SERVICE_ADDR", ""), lit("/pay")), "payment-service"},
		{cat(lit("http://"), env("PAYMENT_HOST", ""), lit("/pay")), "payment"},
		{hole(holeKey, "payment.url"), "payment"},
		{hole(holeFlag, "payment-addr"), "payment"},
		{cat(lit("https://"), env("TAX_BASE_URL", "")), "tax"},
		{cat(value, lit("/pay")), ""},
		{cat(lit("http://x/"), env("PATH_PART", "")), ""},
		{hole(holeArg, "1"), ""},
		{lit("http://"), ""},
	}
	for _, tt := range tests {
		if got := holeHost(tt.url); got != tt.want {
			t.Errorf("holeHost(%q) = %q, want %q", tt.url, got, tt.want)
		}
	}
}

func TestComponents(t *testing.T) {
	graph := func(edges ...string) map[string]map[string]bool {
		g := map[string]map[string]bool{}
		for _, e := range edges {
			if g[e[:1]] == nil {
				g[e[:1]] = map[string]bool{}
			}
			g[e[:1]][e[1:]] = true
		}
		return g
	}
	tests := []struct {
		name  string
		edges []string
		want  [][]string
	}{
		{"none", nil, nil},
		{"a chain is no cycle", []string{"ab", "bc"}, nil},
		{"a diamond is no cycle", []string{"ab", "ac", "bd", "cd"}, nil},
		{"a service that asks itself is no cycle of services", []string{"aa"}, nil},
		{"two", []string{"ba", "ab"}, [][]string{{"a", "b"}}},
		{"three in a circle, one that only calls in", []string{"ab", "bc", "ca", "da"}, [][]string{{"a", "b", "c"}}},
		{"two circles with an edge between", []string{"ab", "ba", "bc", "cd", "dc"}, [][]string{{"c", "d"}, {"a", "b"}}},
		{"two circles that share a service are one", []string{"ab", "ba", "bc", "cb"}, [][]string{{"a", "b", "c"}}},
	}
	for _, tt := range tests {
		if got := components(graph(tt.edges...)); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
