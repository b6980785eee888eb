// Command ledger is built with the storage of orders for the sake of one name.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	"example.com/contexts/shared/orders"
	"example.com/contexts/shared/rows"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DSN"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /entries", func(w http.ResponseWriter, r *http.Request) {
		rows.Put(db, "entries", orders.Reference(r.FormValue("order")))
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
