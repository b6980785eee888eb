package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"library.example/lending/internal/loan"
	"library.example/lending/internal/standing"
	"library.example/platform/config"
	"library.example/platform/postgres"
	"library.example/platform/serve"
)

// runAPI is the role that readers and librarians talk to.
func runAPI(ctx context.Context) error {
	var env config.Env
	addr, dsn, patronsAddr := env.String("HTTP_ADDR"), env.String("DATABASE_URL"), env.String("PATRONS_ADDR")
	if err := env.Err(); err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := grpc.NewClient(patronsAddr,
		grpc.WithTransportCredentials(insecure.NewCredentials()), // the mesh encrypts
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()))
	if err != nil {
		return err
	}
	defer conn.Close()

	a := &api{loans: loan.NewStore(pool), standing: standing.NewClient(conn)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /cards/{card}/loans", a.listLoans)
	mux.HandleFunc("POST /loans", a.openLoan)
	mux.HandleFunc("PUT /loans/{id}/return", a.returnLoan)
	mux.HandleFunc("PUT /loans/{id}/renewals/{n}", a.renewLoan)
	return serve.HTTP(ctx, addr, otelhttp.NewHandler(mux, "lending-api"))
}

type api struct {
	loans    *loan.Store
	standing *standing.Client
}

func (a *api) listLoans(w http.ResponseWriter, r *http.Request) {
	loans, err := a.loans.OfCard(r.Context(), r.PathValue("card"))
	answer(w, r, loans, err)
}

// openLoan asks for the patron's standing before the transaction starts, and not at all when the loan is open already.
func (a *api) openLoan(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	var req struct{ Card, Barcode string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<12)).Decode(&req); err != nil || key == "" {
		http.Error(w, "a JSON body and an Idempotency-Key header are required", http.StatusBadRequest)
		return
	}
	l, ok, err := a.loans.Replay(r.Context(), key, req.Card, req.Barcode)
	if ok || err != nil {
		answer(w, r, l, err)
		return
	}
	refusal, err := a.standing.Check(r.Context(), req.Card)
	if err != nil {
		slog.WarnContext(r.Context(), "standing not known", "error", err)
		http.Error(w, "standing not known, try again", http.StatusServiceUnavailable)
		return
	}
	if refusal != "" {
		http.Error(w, refusal, http.StatusForbidden)
		return
	}
	l, err = a.loans.Open(r.Context(), key, req.Card, req.Barcode)
	answer(w, r, l, err)
}

func (a *api) returnLoan(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if uuid.Validate(id) != nil {
		answer(w, r, nil, loan.ErrUnknown)
		return
	}
	l, err := a.loans.Return(r.Context(), id)
	answer(w, r, l, err)
}

func (a *api) renewLoan(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if uuid.Validate(id) != nil {
		answer(w, r, nil, loan.ErrUnknown)
		return
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > loan.MostRenewals {
		http.Error(w, "a loan has renewals 1 to "+strconv.Itoa(loan.MostRenewals), http.StatusUnprocessableEntity)
		return
	}
	l, err := a.loans.Renew(r.Context(), id, n)
	answer(w, r, l, err)
}

func answer(w http.ResponseWriter, r *http.Request, v any, err error) {
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v)
	case errors.Is(err, loan.ErrUnknown), errors.Is(err, loan.ErrNoCopy):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, loan.ErrOnLoan), errors.Is(err, loan.ErrNotRenewed):
		http.Error(w, err.Error(), http.StatusConflict)
	case errors.Is(err, loan.ErrKeyReused):
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
	default:
		slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}
