// Command shipping uses the contract of orders, and its storage.
package main

import (
	"encoding/json"
	"log"
	"net/http"

	"example.com/internals/platform/logging"
	"example.com/internals/services/orders/ordersapi"
	"example.com/internals/services/orders/store" // want `shipping imports example.com/internals/services/orders/store, which is internal to orders and no contract`
)

func main() {
	var orders store.Store
	http.HandleFunc("POST /parcels/{order}", func(w http.ResponseWriter, r *http.Request) {
		logging.Request(r.URL.Path)
		if err := orders.Send(r.PathValue("order")); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		json.NewEncoder(w).Encode(ordersapi.Order{ID: r.PathValue("order"), Status: ordersapi.Sent})
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
