// Command billing owns the table invoices and helps itself to orders.
package main

import (
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

type server struct {
	invoices *invoices
	stock    string
}

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	s := &server{invoices: &invoices{db}, stock: os.Getenv("STOCK_URL")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /invoices/{order}", s.show)
	mux.HandleFunc("GET /open", s.open)
	mux.HandleFunc("PUT /invoices/{order}/paid", s.pay)
	log.Fatal(http.ListenAndServe(":8080", mux))
}

func (s *server) show(w http.ResponseWriter, r *http.Request) {
	total, err := s.invoices.total(r.Context(), r.PathValue("order"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(total)
}

// open asks the owner of the stock, which is how it should be.
func (s *server) open(w http.ResponseWriter, r *http.Request) {
	ids, err := s.invoices.open(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	resp, err := http.Get(s.stock + "/stock")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	json.NewEncoder(w).Encode(ids)
}

func (s *server) pay(w http.ResponseWriter, r *http.Request) {
	if err := s.invoices.pay(r.Context(), r.PathValue("order")); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
