// Package api is the desk that readers' apps talk to. It holds no data and no rules of the library: it puts answers
// together, and passes changes on to the one service they belong to.
package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"library.example/desk/internal/branch"
)

// Desk answers readers.
type Desk struct {
	Catalog *branch.Catalog
	Holds   *branch.Holds
	Lending *branch.Lending
	Patrons *branch.Patrons
}

// Routes is the handler of all its endpoints.
func (d *Desk) Routes() http.Handler {
	r := chi.NewRouter()
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	r.Route("/v1", func(r chi.Router) {
		r.Get("/titles", d.searchTitles)
		r.Post("/loans", d.openLoan)
		r.Put("/loans/{id}/return", d.returnLoan)
		r.Put("/holds/{id}", d.placeHold)
		r.Delete("/holds/{id}", d.cancelHold)
		r.Route("/patrons/{card}", func(r chi.Router) {
			r.Get("/", d.getPatron)
			r.Put("/", d.putPatron)
			r.Get("/shelf", d.shelf)
		})
	})
	return r
}

func (d *Desk) searchTitles(w http.ResponseWriter, r *http.Request) {
	titles, err := d.Catalog.Search(r.Context(), r.URL.Query().Get("q"))
	answer(w, r, titles, err)
}

// shelf shows what a reader has and waits for. The two lists are asked for side by side, and all their titles in one call.
func (d *Desk) shelf(w http.ResponseWriter, r *http.Request) {
	card := chi.URLParam(r, "card")
	var shelf struct {
		Loans  []branch.Loan           `json:"loans"`
		Holds  []branch.Hold           `json:"holds"`
		Titles map[string]branch.Title `json:"titles"`
	}
	g, ctx := errgroup.WithContext(r.Context())
	g.Go(func() (err error) {
		shelf.Loans, err = d.Lending.OfCard(ctx, card)
		return err
	})
	g.Go(func() (err error) {
		shelf.Holds, err = d.Holds.OfCard(ctx, card)
		return err
	})
	if err := g.Wait(); err != nil {
		answer(w, r, nil, err)
		return
	}
	var isbns []string
	for _, l := range shelf.Loans {
		isbns = append(isbns, l.ISBN)
	}
	for _, h := range shelf.Holds {
		isbns = append(isbns, h.ISBN)
	}
	slices.Sort(isbns)
	var err error
	if shelf.Titles, err = d.Catalog.Titles(r.Context(), slices.Compact(isbns)); err != nil {
		// Better a shelf without names than none.
		slog.WarnContext(r.Context(), "shelf without titles", "error", err)
	}
	answer(w, r, shelf, nil)
}

func (d *Desk) openLoan(w http.ResponseWriter, r *http.Request) {
	var req struct{ Card, Barcode string }
	key := r.Header.Get("Idempotency-Key")
	if !decode(w, r, &req) {
		return
	}
	loan, err := d.Lending.Open(r.Context(), key, req.Card, req.Barcode)
	answer(w, r, loan, err)
}

func (d *Desk) returnLoan(w http.ResponseWriter, r *http.Request) {
	loan, err := d.Lending.Return(r.Context(), chi.URLParam(r, "id"))
	answer(w, r, loan, err)
}

func (d *Desk) placeHold(w http.ResponseWriter, r *http.Request) {
	var req struct{ Card, ISBN string }
	if !decode(w, r, &req) {
		return
	}
	hold, err := d.Holds.Place(r.Context(), chi.URLParam(r, "id"), req.Card, req.ISBN)
	answer(w, r, hold, err)
}

func (d *Desk) cancelHold(w http.ResponseWriter, r *http.Request) {
	hold, err := d.Holds.Cancel(r.Context(), chi.URLParam(r, "id"))
	answer(w, r, hold, err)
}

func (d *Desk) getPatron(w http.ResponseWriter, r *http.Request) {
	patron, err := d.Patrons.Get(r.Context(), chi.URLParam(r, "card"))
	answer(w, r, patron, err)
}

func (d *Desk) putPatron(w http.ResponseWriter, r *http.Request) {
	var patron branch.Patron
	if !decode(w, r, &patron) {
		return
	}
	patron.Card = chi.URLParam(r, "card")
	answer(w, r, patron, d.Patrons.Put(r.Context(), patron))
}

func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<12)).Decode(v); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

// answer writes v, or what the service behind said instead.
func answer(w http.ResponseWriter, r *http.Request, v any, err error) {
	var refusal *branch.Refusal
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v)
	case errors.As(err, &refusal):
		http.Error(w, refusal.Reason, refusal.Status)
	case status.Code(err) == codes.NotFound:
		http.Error(w, "not found", http.StatusNotFound)
	case status.Code(err) == codes.AlreadyExists:
		http.Error(w, "exists already", http.StatusConflict)
	case status.Code(err) == codes.InvalidArgument:
		http.Error(w, "invalid request", http.StatusBadRequest)
	default:
		slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
	}
}
