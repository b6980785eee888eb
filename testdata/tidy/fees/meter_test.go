package main

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// fakeBooks is one account in memory.
type fakeBooks struct {
	inbox map[string]bool
	owed  int64
}

func (f *fakeBooks) received(_ context.Context, id string) (bool, error) {
	before := f.inbox[id]
	f.inbox[id] = true
	return before, nil
}

func (f *fakeBooks) charge(_ context.Context, _, _ string, cents int64) error {
	f.owed += cents
	return nil
}

func TestLateReturnDeliveredTwiceIsChargedOnce(t *testing.T) {
	due := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	value, err := proto.Marshal(&eventsv1.LoanChanged{
		LoanId: "l-1", Card: "c-1", State: eventsv1.LoanChanged_STATE_RETURNED,
		DueAt: timestamppb.New(due), ReturnedAt: timestamppb.New(due.Add(49 * time.Hour)),
	})
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeBooks{inbox: map[string]bool{}}
	m := &meter{book: func(_ context.Context, do func(entry) error) error { return do(f) }}
	for range 2 {
		if err := m.loanChanged(t.Context(), stream.Message{ID: "m-1", Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	if want := int64(3 * centsPerDay); f.owed != want {
		t.Errorf("owed = %d cents, want %d: the third day began once", f.owed, want)
	}
}
