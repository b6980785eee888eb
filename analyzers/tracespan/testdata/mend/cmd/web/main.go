// Command web has gaps that can be mended with certainty. See main.go.golden.
package main

import (
	"context"
	"net/http"
	"os"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"example.com/mend/tracing"
)

var client = &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}

func main() {
	tracing.Start()
	http.HandleFunc("GET /order", order)
	http.ListenAndServe(":8080", nil) // want `the server of mend makes no spans`
}

func order(w http.ResponseWriter, r *http.Request) {
	get(r.Context(), "/orders/1")
	get(context.TODO(), "/orders/2") // want `runs with context.TODO\(\)`
}

func get(ctx context.Context, path string) {
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv("ORDERS_URL")+path, nil)
	client.Do(req)
}
