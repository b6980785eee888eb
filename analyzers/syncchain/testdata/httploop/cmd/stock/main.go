// Command stock says how many there are.
package main

import (
	"encoding/json"
	"log"
	"net/http"
)

var units = map[string]int{}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stock/{sku}", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(units[r.PathValue("sku")])
	})
	mux.HandleFunc("GET /stock", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(units)
	})
	log.Fatal(http.ListenAndServe(":8080", mux))
}
