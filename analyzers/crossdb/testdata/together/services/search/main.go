// Command search throws entries out of the cache of catalog, in another package, and keeps its hits under keys of its own.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/together/services/search/internal/prices"
)

func main() {
	client := redis.NewClient(&redis.Options{Addr: os.Getenv("REDIS")})
	http.HandleFunc("PUT /reindex/{sku}", func(w http.ResponseWriter, r *http.Request) {
		client.Set(r.Context(), "search:hit:"+r.PathValue("sku"), "1", time.Hour)
		prices.Forget(r.Context(), client, r.PathValue("sku"))
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
