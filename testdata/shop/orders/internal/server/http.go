package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"example.com/shop/contracts/events"
	"example.com/shop/orders/internal/store"
)

// Returns is implemented by *store.Store.
type Returns interface {
	AddReturn(ctx context.Context, orderID, reason string, lines []events.Line) (store.Return, error)
	ReturnsSince(ctx context.Context, since time.Time) ([]store.Return, error)
}

type returnsHandler struct {
	returns Returns
}

func NewHTTP(returns Returns) http.Handler {
	h := &returnsHandler{returns: returns}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/orders/{id}/returns", h.create)
	mux.HandleFunc("GET /v1/returns", h.list)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

func (h *returnsHandler) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Reason string        `json:"reason"`
		Lines  []events.Line `json:"lines"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Lines) == 0 {
		http.Error(w, "a return needs a reason and lines", http.StatusBadRequest)
		return
	}
	ret, err := h.returns.AddReturn(r.Context(), r.PathValue("id"), in.Reason, in.Lines)
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(ret)
}

func (h *returnsHandler) list(w http.ResponseWriter, r *http.Request) {
	since, err := time.Parse(time.DateOnly, r.URL.Query().Get("since"))
	if err != nil {
		http.Error(w, "since: want a date like 2006-01-02", http.StatusBadRequest)
		return
	}
	found, err := h.returns.ReturnsSince(r.Context(), since)
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(found)
}

func fail(w http.ResponseWriter, r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "err", err)
	http.Error(w, "internal error", http.StatusInternalServerError)
}
