// Command checkout looks into the cache of catalog, through an interface, and drops from it what it sold, in a closure. The
// carts are its own, on the same server.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/redis/go-redis/v9"
)

type prices interface {
	price(ctx context.Context, sku string) (string, error)
}

type cached struct{ client *redis.Client }

func (c cached) price(ctx context.Context, sku string) (string, error) {
	return c.client.Get(ctx, "catalog:price:"+sku).Result() // want `checkout reads redis key catalog:price:\* of service catalog \(the only one that fills it\)`
}

type server struct {
	prices prices
	drop   func(ctx context.Context, sku string) error
	carts  *redis.Client
}

func main() {
	client := redis.NewClient(&redis.Options{Addr: os.Getenv("REDIS")})
	s := &server{prices: cached{client}, carts: client, drop: func(ctx context.Context, sku string) error {
		return client.Del(ctx, "catalog:price:"+sku).Err() // the same key: told once
	}}
	http.HandleFunc("PUT /carts/{cart}/{sku}", s.add)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func (s *server) add(w http.ResponseWriter, r *http.Request) {
	price, err := s.prices.price(r.Context(), r.PathValue("sku"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	s.carts.Set(r.Context(), "cart:"+r.PathValue("cart"), price, time.Hour)
	s.drop(r.Context(), r.PathValue("sku"))
}
