package hold

import (
	"context"
	"maps"
	"testing"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// fakeQueue is one title's queue in memory.
type fakeQueue struct {
	inbox   map[string]bool
	waiting []string
	ready   []string
}

func (f *fakeQueue) InTx(_ context.Context, do func(QueueTx) error) error {
	inbox := maps.Clone(f.inbox)
	err := do(f)
	if err != nil {
		f.inbox = inbox
	}
	return err
}

func (f *fakeQueue) Claim(_ context.Context, id string) (bool, error) {
	first := !f.inbox[id]
	f.inbox[id] = true
	return first, nil
}

func (f *fakeQueue) PassOn(context.Context, string) error {
	if len(f.waiting) > 0 {
		f.ready, f.waiting = append(f.ready, f.waiting[0]), f.waiting[1:]
	}
	return nil
}

func (f *fakeQueue) Collect(context.Context, string, string) error { return nil }

// Without the claim, the second delivery of one return would call a second reader to the desk for the same copy.
func TestReturnDeliveredTwiceCallsOneReader(t *testing.T) {
	f := &fakeQueue{inbox: map[string]bool{}, waiting: []string{"ann", "bob"}}
	value, err := proto.Marshal(&eventsv1.LoanChanged{Isbn: "978-3-16-148410-0", State: eventsv1.LoanChanged_STATE_RETURNED})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := NewLoans(f).LoanChanged(t.Context(), stream.Message{ID: "m-1", Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.ready) != 1 || f.ready[0] != "ann" {
		t.Errorf("ready = %v, want [ann]", f.ready)
	}
}
