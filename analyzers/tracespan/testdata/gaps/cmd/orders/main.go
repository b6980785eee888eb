// Command orders is traced as it should be.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"example.com/gaps/tracing"
)

func main() {
	stop, err := tracing.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer stop(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, r.PathValue("id")) })
	log.Print(http.ListenAndServe(":8080", otelhttp.NewHandler(mux, "orders")))
}
