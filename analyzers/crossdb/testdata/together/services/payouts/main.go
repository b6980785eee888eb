// Command payouts makes the table accounts, too, in another package.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"

	"example.com/together/services/payouts/internal/schema"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	if err := schema.Make(db.Exec); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /payouts/{id}", func(w http.ResponseWriter, r *http.Request) {
		var cents int64
		if err := db.QueryRowContext(r.Context(), "SELECT cents FROM accounts WHERE id = $1", r.PathValue("id")).Scan(&cents); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
