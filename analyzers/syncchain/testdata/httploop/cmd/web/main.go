// Command web shows which of some things are there.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

type stock struct {
	base   string
	client *http.Client
}

func (s *stock) units(ctx context.Context, sku string) (n int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/stock/%s", s.base, sku), nil)
	if err != nil {
		return 0, err
	}
	resp, err := s.client.Do(req) // want `web calls GET /stock/\{sku\} of stock once per element of a collection in POST /basket; perhaps GET /stock of stock gives all at once`
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return n, json.NewDecoder(resp.Body).Decode(&n)
}

func main() {
	s := &stock{os.Getenv("STOCK_URL"), &http.Client{Timeout: time.Second}}
	http.HandleFunc("POST /basket", func(w http.ResponseWriter, r *http.Request) {
		var skus []string
		if err := json.NewDecoder(r.Body).Decode(&skus); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		there := make(map[string]int)
		for _, sku := range skus {
			there[sku], _ = s.units(r.Context(), sku)
		}
		json.NewEncoder(w).Encode(there)
	})
	http.HandleFunc("GET /item/{sku}", func(w http.ResponseWriter, r *http.Request) {
		// A retry is a loop, but not over a collection.
		for attempt := 0; attempt < 3; attempt++ {
			if n, err := s.units(r.Context(), r.PathValue("sku")); err == nil {
				json.NewEncoder(w).Encode(n)
				return
			}
		}
		http.Error(w, "stock does not answer", http.StatusBadGateway)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
