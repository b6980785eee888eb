// Command orders is deployed twice, as API and as relay of its outbox: two processes of one context share its tables.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"
	"time"

	_ "github.com/lib/pq"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	switch os.Args[1] {
	case "api":
		log.Fatal(api(db))
	case "relay":
		relay(db)
	}
}

func api(db *sql.DB) error {
	http.HandleFunc("PUT /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		tx, err := db.BeginTx(r.Context(), nil)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer tx.Rollback()
		id := r.PathValue("id")
		tx.ExecContext(r.Context(), "INSERT INTO orders (id, total) VALUES ($1, 0) ON CONFLICT DO NOTHING", id)
		tx.ExecContext(r.Context(), "INSERT INTO outbox (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, "placed")
		tx.Commit()
	})
	return http.ListenAndServe(":8080", nil)
}

func relay(db *sql.DB) {
	for range time.Tick(time.Second) {
		if _, err := db.Exec("UPDATE outbox SET sent = TRUE WHERE NOT sent"); err != nil {
			log.Print(err)
		}
	}
}
