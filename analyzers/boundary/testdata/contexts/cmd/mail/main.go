// Command mail keeps its own rows with the library.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	"example.com/contexts/shared/rows"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DSN"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /letters", func(w http.ResponseWriter, r *http.Request) { rows.Put(db, "letters", r.FormValue("id")) })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
