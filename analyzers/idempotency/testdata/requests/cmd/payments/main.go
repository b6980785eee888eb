// Command payments takes money, in ways that are more and less safe to repeat.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

type server struct{ db *sql.DB }

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	s := &server{db}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /payments", s.pay)
	mux.HandleFunc("POST /transfers", s.transfer)
	mux.HandleFunc("PUT /cards/{id}", s.card)
	mux.HandleFunc("DELETE /cards/{id}", s.remove)
	log.Fatal(http.ListenAndServe(":8080", mux))
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// pay makes a new row with every request.
func (s *server) pay(w http.ResponseWriter, r *http.Request) {
	_, err := s.db.ExecContext(r.Context(), "INSERT INTO payments (amount) VALUES ($1)", r.FormValue("amount")) // want `a retry of POST /payments of payments inserts into postgres payments again`
	answer(w, err)
}

// transfer keeps the client's key with the effect.
func (s *server) transfer(w http.ResponseWriter, r *http.Request) {
	_, err := s.db.ExecContext(r.Context(), "INSERT INTO transfers (request_key, amount) VALUES ($1, $2) ON CONFLICT (request_key) DO NOTHING",
		r.Header.Get("Idempotency-Key"), r.FormValue("amount"))
	answer(w, err)
}

// card stores under the key that the client gave.
func (s *server) card(w http.ResponseWriter, r *http.Request) {
	_, err := s.db.ExecContext(r.Context(), "INSERT INTO cards (id, holder) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET holder = excluded.holder",
		r.PathValue("id"), r.FormValue("holder"))
	answer(w, err)
}

// remove leaves nothing to remove a second time.
func (s *server) remove(w http.ResponseWriter, r *http.Request) {
	_, err := s.db.ExecContext(r.Context(), "DELETE FROM cards WHERE id = $1", r.PathValue("id"))
	answer(w, err)
}
