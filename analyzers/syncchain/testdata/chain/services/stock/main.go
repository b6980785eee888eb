// Command stock asks prices.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	prices := os.Getenv("PRICES_URL")
	http.HandleFunc("GET /stock/available", func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Get(prices + "/prices") // want `stock waits for prices without a time limit, in GET /stock/available`
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
