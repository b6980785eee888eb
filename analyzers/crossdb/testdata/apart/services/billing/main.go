// Command billing has tables called orders and outbox, in a database of its own.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("PUT /invoices/{id}", func(w http.ResponseWriter, r *http.Request) {
		var total int64
		if err := db.QueryRowContext(r.Context(), "SELECT total FROM orders WHERE id = $1", r.PathValue("id")).Scan(&total); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		db.ExecContext(r.Context(), "INSERT INTO outbox (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING", r.PathValue("id"), total)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
