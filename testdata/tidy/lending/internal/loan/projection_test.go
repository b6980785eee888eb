package loan

import (
	"context"
	"maps"
	"testing"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// fakeShelf is a shelf in memory that counts how often a copy is put on it.
type fakeShelf struct {
	inbox map[string]bool
	puts  map[string]int
}

func (f *fakeShelf) InTx(_ context.Context, do func(ShelfTx) error) error {
	inbox := maps.Clone(f.inbox)
	err := do(f)
	if err != nil {
		f.inbox = inbox
	}
	return err
}

func (f *fakeShelf) Claim(_ context.Context, id string) (bool, error) {
	first := !f.inbox[id]
	f.inbox[id] = true
	return first, nil
}

func (f *fakeShelf) PutCopy(_ context.Context, e *eventsv1.CopyChanged) error {
	f.puts[e.GetBarcode()]++
	return nil
}

func TestCopyDeliveredTwiceIsPutOnce(t *testing.T) {
	f := &fakeShelf{inbox: map[string]bool{}, puts: map[string]int{}}
	p := NewProjection(f)
	value, err := proto.Marshal(&eventsv1.CopyChanged{Barcode: "b-1", Isbn: "978-3-16-148410-0", Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.CopyChanged(t.Context(), stream.Message{ID: "m-1", Key: "b-1", Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	if f.puts["b-1"] != 1 {
		t.Errorf("copy was put %d times, want 1", f.puts["b-1"])
	}
}
