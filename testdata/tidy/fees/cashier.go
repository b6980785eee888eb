package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// cashier is what the payment machines in the branches talk to.
type cashier struct {
	books *books
}

func (c *cashier) routes() http.Handler {
	r := chi.NewRouter()
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	r.Get("/accounts/{card}", c.getAccount)
	r.Post("/accounts/{card}/payments", c.postPayment)
	return r
}

func (c *cashier) getAccount(w http.ResponseWriter, r *http.Request) {
	a, err := c.books.account(r.Context(), chi.URLParam(r, "card"))
	answer(w, r, a, err)
}

// postPayment takes a payment. The machine gives each one an Idempotency-Key, and sends it again until it has an answer.
func (c *cashier) postPayment(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	var payment struct{ Cents int64 }
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<12)).Decode(&payment)
	if err != nil || key == "" || payment.Cents <= 0 {
		http.Error(w, "an Idempotency-Key header and positive cents are required", http.StatusBadRequest)
		return
	}
	a, err := c.books.pay(r.Context(), key, chi.URLParam(r, "card"), payment.Cents)
	answer(w, r, a, err)
}

func answer(w http.ResponseWriter, r *http.Request, a account, err error) {
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(a)
	case errors.Is(err, errUnknown):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, errKeyReused):
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
	default:
		slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}
