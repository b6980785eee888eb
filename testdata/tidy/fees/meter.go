package main

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

const (
	centsPerDay = 25
	mostCents   = 10_00
)

// entry is one transaction on the books.
type entry interface {
	received(ctx context.Context, messageID string) (before bool, err error)
	charge(ctx context.Context, loanID, card string, cents int64) error
}

// meter charges for loans that come back late.
type meter struct {
	book func(ctx context.Context, do func(entry) error) error
}

// loanChanged charges a late return, once per message.
func (m *meter) loanChanged(ctx context.Context, msg stream.Message) error {
	var e eventsv1.LoanChanged
	if proto.Unmarshal(msg.Value, &e) != nil {
		return stream.ErrMalformed
	}
	cents := lateFee(&e)
	if cents == 0 {
		return nil
	}
	return m.book(ctx, func(en entry) error {
		before, err := en.received(ctx, msg.ID)
		if err != nil || before {
			return err
		}
		return en.charge(ctx, e.GetLoanId(), e.GetCard(), cents)
	})
}

// lateFee is what a returned loan costs: nothing in time, so much per day begun after it, never more than a limit.
func lateFee(e *eventsv1.LoanChanged) int64 {
	if e.GetState() != eventsv1.LoanChanged_STATE_RETURNED {
		return 0
	}
	late := e.GetReturnedAt().AsTime().Sub(e.GetDueAt().AsTime())
	if late <= 0 {
		return 0
	}
	days := int64(late/(24*time.Hour)) + 1
	return min(days*centsPerDay, mostCents)
}
