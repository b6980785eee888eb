// Command web is traced, with gaps.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"example.com/gaps/tracing"
)

type server struct {
	client         *http.Client
	orders, legacy string
}

func main() {
	stop, err := tracing.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer stop(context.Background())
	s := &server{
		client: &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)},
		orders: os.Getenv("ORDERS_URL"),
		legacy: os.Getenv("LEGACY_URL"),
	}
	// Nobody's request: a context of its own is right.
	if resp, err := s.get(context.Background(), s.orders+"/orders/0"); err == nil {
		resp.Body.Close()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /order", s.order)
	mux.HandleFunc("GET /again", s.again)
	mux.HandleFunc("GET /points", s.points)
	mux.HandleFunc("GET /stock", s.stock)
	mux.HandleFunc("POST /seen", s.seen)
	log.Print(http.ListenAndServe(":8080", otelhttp.NewHandler(mux, "web")))
}

func (s *server) get(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return s.client.Do(req)
}

// order stays in the request's trace.
func (s *server) order(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	resp, err := s.get(ctx, s.orders+"/orders/1")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

// again leaves it.
func (s *server) again(w http.ResponseWriter, r *http.Request) {
	resp, err := s.get(context.Background(), s.orders+"/orders/1") // want `GET /again of web loses its trace here: the call to orders \(GET /orders/\{id\}\) runs with context.Background\(\)`
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

// points uses a client that knows nothing of traces.
func (s *server) points(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, s.legacy+"/points/1", nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	resp, err := http.DefaultClient.Do(req) // want `requests of web to legacy carry no trace context: each starts a new trace there`
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

// quick is a client that is a variable itself.
var quick = http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport), Timeout: time.Second}

// stock uses it.
func (s *server) stock(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, s.orders+"/orders/3", nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	resp, err := quick.Do(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
}

// seen detaches its work on purpose: it outlives the request and stays in its trace.
func (s *server) seen(w http.ResponseWriter, r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	go func() {
		if resp, err := s.get(ctx, s.orders+"/orders/2"); err == nil {
			resp.Body.Close()
		}
	}()
	w.WriteHeader(http.StatusAccepted)
}
