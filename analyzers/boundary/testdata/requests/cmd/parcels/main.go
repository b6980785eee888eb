// Command parcels sends parcels, and asks what they cost.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	"example.com/requests/remote"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DSN"))
	if err != nil {
		log.Fatal(err)
	}
	tariffs := remote.Service{Address: os.Getenv("TARIFFS_URL")}
	http.HandleFunc("POST /parcels", func(w http.ResponseWriter, r *http.Request) {
		db.Exec("INSERT INTO parcels (id) VALUES ($1)", r.FormValue("id"))
	})
	http.HandleFunc("GET /parcels", func(w http.ResponseWriter, r *http.Request) { tariffs.Get("/tariff") })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
