package main

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// fakePost stands for all that post needs: one contact, a guard and a mailbox in memory.
type fakePost struct {
	claimed map[string]bool
	mails   []string
	down    bool
}

func (f *fakePost) contactOf(context.Context, string) (contact, bool, error) {
	return contact{name: "Ann", email: "ann@library.example"}, true, nil
}

func (f *fakePost) once(ctx context.Context, id string, send func(context.Context) error) error {
	if f.claimed[id] {
		return nil
	}
	f.claimed[id] = true
	err := send(ctx)
	if err != nil {
		delete(f.claimed, id)
	}
	return err
}

func (f *fakePost) send(_ context.Context, _ string, _ contact, subject, _ string) error {
	if f.down {
		return errors.New("gateway down")
	}
	f.mails = append(f.mails, subject)
	return nil
}

func message(t *testing.T, event proto.Message) stream.Message {
	t.Helper()
	value, err := proto.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return stream.Message{ID: "m-1", Value: value}
}

func TestEventDeliveredTwiceIsOneMail(t *testing.T) {
	for _, tc := range []struct {
		name    string
		message stream.Message
		handler func(*post) stream.Handler
	}{
		{"hold", message(t, &eventsv1.HoldChanged{State: eventsv1.HoldChanged_STATE_READY}),
			func(p *post) stream.Handler { return p.holdChanged }},
		{"account", message(t, &eventsv1.AccountChanged{BalanceCents: 250}),
			func(p *post) stream.Handler { return p.accountChanged }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := &fakePost{claimed: map[string]bool{}}
			handle := tc.handler(&post{addresses: f, guard: f, mailer: f})
			for range 2 {
				if err := handle(t.Context(), tc.message); err != nil {
					t.Fatal(err)
				}
			}
			if len(f.mails) != 1 {
				t.Errorf("mails = %q, want one", f.mails)
			}
		})
	}
}

func TestMailThatFailedIsSentByTheNextDelivery(t *testing.T) {
	f := &fakePost{claimed: map[string]bool{}, down: true}
	p := &post{addresses: f, guard: f, mailer: f}
	m := message(t, &eventsv1.HoldChanged{State: eventsv1.HoldChanged_STATE_EXPIRED})
	if err := p.holdChanged(t.Context(), m); err == nil {
		t.Fatal("the delivery succeeded without a mail")
	}
	f.down = false
	if err := p.holdChanged(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if len(f.mails) != 1 {
		t.Errorf("mails = %q, want one", f.mails)
	}
}
