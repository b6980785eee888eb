// Command payments takes money.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DSN"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /charges", func(w http.ResponseWriter, r *http.Request) {
		db.Exec("INSERT INTO charges (order_id) VALUES ($1)", r.FormValue("order"))
	})
	http.HandleFunc("POST /refunds", func(w http.ResponseWriter, r *http.Request) {
		db.Exec("INSERT INTO refunds (order_id) VALUES ($1)", r.FormValue("order"))
	})
	for _, route := range []string{"GET /charges", "GET /limits", "GET /summary"} {
		http.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, route) })
	}
	log.Fatal(http.ListenAndServe(":8080", nil))
}
