// Command reports reads a warehouse that somebody else fills. It happens to have a table called orders too.
package main

import (
	"database/sql"
	"fmt"
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
	http.HandleFunc("GET /sales", func(w http.ResponseWriter, r *http.Request) {
		var sum int64
		if err := db.QueryRowContext(r.Context(), "SELECT sum(total) FROM orders").Scan(&sum); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, sum)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
