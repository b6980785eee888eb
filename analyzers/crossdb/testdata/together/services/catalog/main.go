// Command catalog owns the prices, in its table and in the cache.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"
	"time"

	_ "github.com/lib/pq"
	"github.com/redis/go-redis/v9"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	cache := redis.NewClient(&redis.Options{Addr: os.Getenv("REDIS")})
	http.HandleFunc("GET /prices/{sku}", func(w http.ResponseWriter, r *http.Request) {
		key := "catalog:price:" + r.PathValue("sku")
		price, err := cache.Get(r.Context(), key).Result()
		if err != nil {
			row := db.QueryRowContext(r.Context(), "SELECT price FROM prices WHERE sku = $1", r.PathValue("sku")) // want `catalog and quotes share database market; no table is used across bounded contexts yet`
			if err := row.Scan(&price); err != nil {
				http.Error(w, err.Error(), http.StatusNotFound)
				return
			}
			cache.Set(r.Context(), key, price, time.Hour)
		}
		w.Write([]byte(price))
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
