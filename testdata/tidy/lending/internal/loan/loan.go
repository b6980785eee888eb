// Package loan is lending's model: who has which copy until when, and the database it is kept in.
package loan

import (
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"library.example/contracts/eventsv1"
)

var (
	ErrUnknown    = errors.New("no such loan")
	ErrOnLoan     = errors.New("copy is on loan")
	ErrNoCopy     = errors.New("no such copy to lend")
	ErrKeyReused  = errors.New("idempotency key was used for another request")
	ErrNotRenewed = errors.New("loan cannot be renewed")
)

// MostRenewals is how often a loan can be renewed.
const MostRenewals = 3

// Loan is one copy in the hands of one reader.
type Loan struct {
	ID         string     `json:"id"`
	Card       string     `json:"card"`
	Barcode    string     `json:"barcode"`
	ISBN       string     `json:"isbn"`
	DueAt      time.Time  `json:"due_at"`
	Renewals   int        `json:"renewals"`
	ReturnedAt *time.Time `json:"returned_at,omitempty"`
}

// event is what the other services are told of the loan.
func (l Loan) event() *eventsv1.LoanChanged {
	e := &eventsv1.LoanChanged{
		LoanId: l.ID, Card: l.Card, Barcode: l.Barcode, Isbn: l.ISBN,
		State: eventsv1.LoanChanged_STATE_OPENED, DueAt: timestamppb.New(l.DueAt),
	}
	if l.ReturnedAt != nil {
		e.State = eventsv1.LoanChanged_STATE_RETURNED
		e.ReturnedAt = timestamppb.New(*l.ReturnedAt)
	}
	return e
}
