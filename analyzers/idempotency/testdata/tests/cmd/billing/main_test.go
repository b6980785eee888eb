package main

import (
	"context"
	"testing"
)

// fake is a ledger in memory.
type fake map[string]int64

func (f fake) book(_ context.Context, _ string, o order) error {
	f[o.ID] = o.Amount
	return nil
}

func TestPlaced(t *testing.T) {
	f := fake{}
	b := &billing{f}
	for range 2 {
		if err := b.placed(t.Context(), []byte(`{"ID": "o-1", "Amount": 3}`)); err != nil {
			t.Fatal(err)
		}
	}
	if len(f) != 1 {
		t.Errorf("booked %d times", len(f))
	}
}

func TestCancelled(t *testing.T) {
	for _, tc := range []struct{ name, value string }{
		{"small", `{"ID": "o-1", "Amount": 3}`},
		{"large", `{"ID": "o-2", "Amount": 3000}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := &billing{fake{}}
			if err := b.cancelled(t.Context(), []byte(tc.value)); err != nil {
				t.Fatal(err)
			}
		})
	}
}
