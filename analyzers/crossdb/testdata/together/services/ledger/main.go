// Command ledger makes the table accounts when it starts, through an interface. So does payouts.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

type migrator interface{ migrate(db *sql.DB) error }

type statement string

func (s statement) migrate(db *sql.DB) error {
	_, err := db.Exec(string(s)) // want `ledger and payouts both migrate table accounts in database money`
	return err
}

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	var schema migrator = statement("CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, cents BIGINT)")
	if err := schema.migrate(db); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /accounts/{id}", func(w http.ResponseWriter, r *http.Request) {
		var cents int64
		if err := db.QueryRowContext(r.Context(), "SELECT cents FROM accounts WHERE id = $1", r.PathValue("id")).Scan(&cents); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
