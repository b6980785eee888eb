package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"example.com/shop/reports/internal/backlog"
	"example.com/shop/reports/internal/returned"
	"example.com/shop/reports/internal/revenue"
)

type handler struct {
	revenue *revenue.Book
	backlog *backlog.Backlog
	returns *returned.Client
}

func (h *handler) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /reports/revenue", h.getRevenue)
	mux.HandleFunc("GET /reports/backlog", h.getBacklog)
	mux.HandleFunc("GET /reports/returns", h.getReturns)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

func (h *handler) getRevenue(w http.ResponseWriter, r *http.Request) {
	from, err := day(r, "from")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	to, err := day(r, "to")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	days, err := h.revenue.Days(r.Context(), from, to)
	reply(w, r, days, err)
}

func (h *handler) getBacklog(w http.ResponseWriter, r *http.Request) {
	waiting, err := h.backlog.OlderThan(r.Context(), 24*time.Hour)
	reply(w, r, waiting, err)
}

func (h *handler) getReturns(w http.ResponseWriter, r *http.Request) {
	since, err := day(r, "since")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	found, err := h.returns.Since(r.Context(), since)
	reply(w, r, found, err)
}

func day(r *http.Request, name string) (time.Time, error) {
	return time.Parse(time.DateOnly, r.URL.Query().Get(name))
}

func reply(w http.ResponseWriter, r *http.Request, body any, err error) {
	if err != nil {
		slog.ErrorContext(r.Context(), "report failed", "path", r.URL.Path, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}
