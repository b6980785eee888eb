package arch

import (
	"strings"
	"testing"
)

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

func TestOperationalRoute(t *testing.T) {
	for route, want := range map[string]bool{
		"GET /health": true, "* /healthz": true, "HEAD /_healthz": true, "GET /api/v1/health": true, "* /READYZ": true, "* /metrics": true,
		"POST /debug/pprof/symbol": true, "GET /swagger/index.html": true, "* /debug/vars": true, "GET /favicon.ico": true,
		"GET /actuator/health": true, "GET /healthz/live": true, "GET /health/ready": true, "GET /api/v1beta1/status": true,
		"GET /orders/healthz": true, "GET /api/v1/orders/ping": true, "GET /{}/status": true, "GET /-/ready": true,
		"* /": false, "GET /orders": false, "GET /orders/{id}": false, "GET /health-records": false, "GET /health/records": false,
		"GET /pingpong":           false,
		"GET /orders/{id}/status": false, "PUT /v1/uniform/registration/{id}/ping": false, "GET /{tenant}/health": false,
		"POST /ping": false, "PUT /status": false, "GET /orders/status": false, "GET /v1/streams/live": false,
		"GET /v1/patients/records/health": false,
	} {
		verb, path, _ := strings.Cut(route, " ")
		if got := operationalRoute(verb, path); got != want {
			t.Errorf("operationalRoute(%q, %q) = %v, want %v", verb, path, got, want)
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
