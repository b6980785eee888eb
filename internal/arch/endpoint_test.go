package arch

import "testing"

// Every router has its own form of a path parameter; the Model has one.
func TestNormalPath(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "/"},
		{"/", "/"},
		{"orders", "/orders"},
		{"/orders/", "/orders"},
		{"//api//orders", "/api/orders"},
		{"/api/./orders", "/api/orders"},
		{"/.well-known/keys", "/.well-known/keys"},
		{"/orders/:id", "/orders/{id}"}, // gin, echo, fiber
		{"/orders/:id/lines/:n", "/orders/{id}/lines/{n}"},
		{"/orders/{id}", "/orders/{id}"},        // net/http, chi, gorilla
		{"/orders/{id:[0-9]+}", "/orders/{id}"}, // chi, gorilla
		{"/o/{id:[a-z]{2,3}}/x", "/o/{id}/x"},   // braces in the expression
		{"/files/{path...}", "/files/{path}"},   // net/http
		{"/files/*path", "/files/{path}"},       // gin
		{"/{$}", "/"},                           // net/http
		{"/orders/{$}", "/orders"},
		{"/orders/{id?}", "/orders/{id}"},              // fasthttp/router
		{"/orders/:id<int>?", "/orders/{id}"},          // fiber
		{"/flights/:from-:to", "/flights/{from}-{to}"}, // fiber
		{"/orders/{id}:cancel", "/orders/{id}:cancel"}, // grpc-gateway: a verb
		{"/orders:batchGet", "/orders:batchGet"},
	}
	for _, tt := range tests {
		if got := normalPath(tt.in); got != tt.want {
			t.Errorf("normalPath(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestOperationalPath(t *testing.T) {
	for path, want := range map[string]bool{
		"/health": true, "/healthz": true, "/_healthz": true, "/api/v1/health": true, "/READYZ": true, "/metrics": true,
		"/debug/pprof/heap": true, "/swagger/index.html": true, "/debug/vars": true, "/favicon.ico": true,
		"/": false, "/orders": false, "/orders/{id}": false, "/health-records": false, "/health/records": false, "/pingpong": false,
	} {
		if got := operationalPath(path); got != want {
			t.Errorf("operationalPath(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestOperational(t *testing.T) {
	for service, want := range map[string]bool{
		"grpc.health.v1.Health": true, "grpc.reflection.v1alpha.ServerReflection": true, "shop.Health": false, "health.v1.Health": false,
	} {
		if got := operational(service); got != want {
			t.Errorf("operational(%q) = %v, want %v", service, got, want)
		}
	}
}

// The operations are those that protoc-gen-grpc-gateway writes for the templates.
func TestTemplatePath(t *testing.T) {
	for _, tt := range []struct {
		ops  []int
		pool []string
		want string
	}{
		{[]int{2, 0, 2, 1}, []string{"v1", "orders"}, "/v1/orders"},
		{[]int{2, 0, 2, 1, 1, 0, 4, 1, 5, 2}, []string{"v1", "orders", "id"}, "/v1/orders/{id}"},
		{[]int{2, 0, 2, 1, 1, 0, 4, 2, 5, 2}, []string{"v1", "shelves", "name"}, "/v1/{name}"}, // {name=shelves/*}
		{[]int{2, 0, 3, 0, 4, 1, 5, 1}, []string{"files", "path"}, "/files/{path}"},            // {path=**}
		{[]int{2, 7}, []string{"v1"}, ""},                                                      // an operand that is out of range
		{[]int{2, 0, 4, 9}, []string{"v1"}, ""},                                                // more segments than there are
	} {
		if got, _ := templatePath(tt.ops, tt.pool); got != tt.want {
			t.Errorf("templatePath(%v, %v) = %q, want %q", tt.ops, tt.pool, got, tt.want)
		}
	}
}
