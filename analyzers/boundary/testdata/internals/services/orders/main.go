// Command orders uses its own storage.
package main

import (
	"log"
	"net/http"

	"example.com/internals/platform/logging"
	"example.com/internals/services/orders/store"
)

func main() {
	var s store.Store
	http.HandleFunc("POST /orders/{id}/sent", func(w http.ResponseWriter, r *http.Request) {
		logging.Request(r.URL.Path)
		if err := s.Send(r.PathValue("id")); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
