package main

import (
	"context"
	"testing"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// fakeContacts keeps one contact, by the rule of the database.
type fakeContacts struct {
	email   string
	version int64
	writes  int
}

func (f *fakeContacts) put(_ context.Context, _ string, c contact, version int64) error {
	if f.version < version {
		f.email, f.version = c.email, version
		f.writes++
	}
	return nil
}

func TestPatronDeliveredTwiceOrLateIsWrittenOnce(t *testing.T) {
	f := &fakeContacts{}
	r := &readers{contacts: f}
	for _, e := range []*eventsv1.PatronChanged{
		{Card: "c-1", Email: "new@library.example", Version: 2},
		{Card: "c-1", Email: "new@library.example", Version: 2},
		{Card: "c-1", Email: "old@library.example", Version: 1},
	} {
		value, err := proto.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.patronChanged(t.Context(), stream.Message{ID: "m-1", Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	if f.writes != 1 || f.email != "new@library.example" {
		t.Errorf("writes = %d, email = %s; want 1, new@library.example", f.writes, f.email)
	}
}
