// Command desk shows what payments knows, in one question or in three.
package main

import (
	"log"
	"net/http"
	"os"

	"example.com/requests/cmd/desk/accounts"
	"example.com/requests/remote"
)

func main() {
	payments := remote.Service{Address: os.Getenv("PAYMENTS_URL")}
	http.HandleFunc("GET /accounts/{id}", func(w http.ResponseWriter, r *http.Request) { accounts.Show(payments) })
	http.HandleFunc("GET /accounts/{id}/summary", func(w http.ResponseWriter, r *http.Request) { payments.Get("/summary") })
	// One of three is one.
	http.HandleFunc("GET /accounts/{id}/{part}", func(w http.ResponseWriter, r *http.Request) {
		switch r.PathValue("part") {
		case "limits":
			payments.Get("/limits")
		case "charges":
			payments.Get("/charges")
		default:
			payments.Get("/summary")
		}
	})

	http.HandleFunc("GET /parts/{part}", func(w http.ResponseWriter, r *http.Request) { accounts.ShowParts(payments, r.PathValue("part")) })

	parcels := remote.Service{Address: "http://parcels:8080"} // want `desk reaches parcels at parcels:8080: the address stands in the code`
	http.HandleFunc("GET /parcels", func(w http.ResponseWriter, r *http.Request) { parcels.Get("/parcels") })

	log.Fatal(http.ListenAndServe(":8080", nil))
}
