package branch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

// lendingTimeout leaves lending time for its own question to patrons.
const lendingTimeout = 2 * time.Second

// Loan is a copy that a reader has at home.
type Loan struct {
	ID    string    `json:"id"`
	ISBN  string    `json:"isbn"`
	DueAt time.Time `json:"due_at"`
}

// Refusal is lending's answer when it does not do what it was asked.
type Refusal struct {
	Status int
	Reason string
}

func (r *Refusal) Error() string { return "lending: " + r.Reason }

// Lending asks the lending service over HTTP.
type Lending struct {
	base   string
	client *http.Client
}

// NewLending makes the client of the service at base, such as http://lending-api:8080.
func NewLending(base string) *Lending {
	return &Lending{
		base:   base,
		client: &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport), Timeout: lendingTimeout},
	}
}

// OfCard returns the open loans of a card.
func (l *Lending) OfCard(ctx context.Context, card string) (loans []Loan, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+"/cards/"+url.PathEscape(card)+"/loans", nil)
	if err != nil {
		return nil, err
	}
	err = l.do(req, &loans)
	return loans, err
}

// Open borrows the copy for the card. The key is the reader's own, so that every try is the same request.
func (l *Lending) Open(ctx context.Context, key, card, barcode string) (loan Loan, err error) {
	body, err := json.Marshal(map[string]string{"card": card, "barcode": barcode})
	if err != nil {
		return Loan{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.base+"/loans", bytes.NewReader(body))
	if err != nil {
		return Loan{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	err = l.do(req, &loan)
	return loan, err
}

// Return gives a copy back.
func (l *Lending) Return(ctx context.Context, id string) (loan Loan, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, fmt.Sprintf("%s/loans/%s/return", l.base, url.PathEscape(id)), nil)
	if err != nil {
		return Loan{}, err
	}
	err = l.do(req, &loan)
	return loan, err
}

func (l *Lending) do(req *http.Request, out any) error {
	resp, err := l.client.Do(req)
	if err != nil {
		return fmt.Errorf("lending: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		reason, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return &Refusal{Status: resp.StatusCode, Reason: strings.TrimSpace(string(reason))}
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("lending: %s: %w", req.URL.Path, err)
	}
	return nil
}
