// Command stock lives in the same database and keeps to its own table. That it was handed the
// database of the others is said once, at the first of them.
package main

import (
	"database/sql"
	"encoding/json"
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
	http.HandleFunc("GET /stock", func(w http.ResponseWriter, r *http.Request) {
		var units int
		if err := db.QueryRowContext(r.Context(), "SELECT sum(units) FROM stock").Scan(&units); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		json.NewEncoder(w).Encode(units)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
