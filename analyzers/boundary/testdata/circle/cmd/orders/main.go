// Command orders asks billing whether an order is paid.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	billing := os.Getenv("BILLING_URL")
	http.HandleFunc("GET /orders/{id}/state", func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Get(billing + "/invoices/" + r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	})
	http.HandleFunc("GET /orders/{id}/total", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, 42) })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
