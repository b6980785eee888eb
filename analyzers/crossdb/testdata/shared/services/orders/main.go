// Command orders owns the table orders and does with it what it likes.
package main

import (
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

type order struct {
	ID     string `json:"id"`
	Total  int64  `json:"total"`
	Status string `json:"status"`
}

type server struct{ db *sql.DB }

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	s := &server{db}
	http.HandleFunc("GET /orders/{id}", s.get)
	http.HandleFunc("PUT /orders/{id}", s.put)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func (s *server) get(w http.ResponseWriter, r *http.Request) {
	o := order{ID: r.PathValue("id")}
	row := s.db.QueryRowContext(r.Context(), "SELECT total, status FROM orders WHERE id = $1", o.ID)
	if err := row.Scan(&o.Total, &o.Status); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(o)
}

func (s *server) put(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, err := s.db.ExecContext(r.Context(), `INSERT INTO orders (id, customer_id, sku, total) VALUES ($1, '', '', $2)
		ON CONFLICT (id) DO UPDATE SET total = excluded.total`, r.PathValue("id"), o.Total)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
