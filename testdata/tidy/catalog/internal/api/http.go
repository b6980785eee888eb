package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"

	"library.example/catalog/internal/title"
)

// Desk is the librarians' side of the catalog. Every change is a PUT or DELETE of something that the librarian
// names, by ISBN or barcode: sending it again changes nothing.
type Desk struct {
	store *title.Store
	cache *title.Cache
}

// NewDesk makes the HTTP side of the catalog.
func NewDesk(store *title.Store, cache *title.Cache) *Desk {
	return &Desk{store: store, cache: cache}
}

// Routes is the handler of all its endpoints.
func (d *Desk) Routes() http.Handler {
	r := chi.NewRouter()
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	r.Route("/titles/{isbn}", func(r chi.Router) {
		r.Get("/", d.getTitle)
		r.Put("/", d.putTitle)
		r.Put("/copies/{barcode}", d.putCopy)
		r.Delete("/copies/{barcode}", d.deleteCopy)
	})
	return r
}

func (d *Desk) getTitle(w http.ResponseWriter, r *http.Request) {
	titles, err := d.store.Batch(r.Context(), []string{chi.URLParam(r, "isbn")})
	if err == nil && len(titles) == 0 {
		err = title.ErrUnknown
	}
	if err != nil {
		fail(w, r, err)
		return
	}
	reply(w, titles[0])
}

func (d *Desk) putTitle(w http.ResponseWriter, r *http.Request) {
	var t title.Title
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t.ISBN = chi.URLParam(r, "isbn")
	if err := d.store.Put(r.Context(), t); err != nil {
		fail(w, r, err)
		return
	}
	d.cache.Drop(r.Context(), t.ISBN)
	reply(w, t)
}

func (d *Desk) putCopy(w http.ResponseWriter, r *http.Request) {
	c, err := d.store.AddCopy(r.Context(), chi.URLParam(r, "barcode"), chi.URLParam(r, "isbn"))
	if err != nil {
		fail(w, r, err)
		return
	}
	reply(w, c)
}

func (d *Desk) deleteCopy(w http.ResponseWriter, r *http.Request) {
	c, err := d.store.WithdrawCopy(r.Context(), chi.URLParam(r, "barcode"), chi.URLParam(r, "isbn"))
	if err != nil {
		fail(w, r, err)
		return
	}
	reply(w, c)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, title.ErrUnknown):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, title.ErrOtherTitle):
		http.Error(w, err.Error(), http.StatusConflict)
	default:
		slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}
