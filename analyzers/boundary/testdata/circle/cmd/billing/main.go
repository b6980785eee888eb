// Command billing asks orders what an order costs.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	orders := os.Getenv("ORDERS_URL")
	http.HandleFunc("GET /invoices/{id}", func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Get(orders + "/orders/" + r.PathValue("id") + "/total") // want `billing and orders call each other in a circle: billing → orders → billing`
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
