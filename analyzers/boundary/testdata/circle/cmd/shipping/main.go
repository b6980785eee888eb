// Command shipping asks orders, which does not ask back.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	orders := os.Getenv("ORDERS_URL")
	http.HandleFunc("GET /parcels/{id}", func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Get(orders + "/orders/" + r.PathValue("id") + "/total")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
