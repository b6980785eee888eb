package main

import (
	"context"
	"fmt"
	"log/slog"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// addresses says where readers get their mail.
type addresses interface {
	contactOf(ctx context.Context, card string) (c contact, ok bool, err error)
}

// guard makes send happen once per message.
type guard interface {
	once(ctx context.Context, messageID string, send func(context.Context) error) error
}

// mailer sends a mail; the key is the same whenever the same mail is sent.
type mailer interface {
	send(ctx context.Context, key string, to contact, subject, text string) error
}

// post turns events into notices.
type post struct {
	addresses addresses
	guard     guard
	mailer    mailer
}

// holdChanged tells a reader that a book is ready, or that it waited in vain.
func (p *post) holdChanged(ctx context.Context, m stream.Message) error {
	var e eventsv1.HoldChanged
	if proto.Unmarshal(m.Value, &e) != nil {
		return stream.ErrMalformed
	}
	switch e.GetState() {
	case eventsv1.HoldChanged_STATE_READY:
		return p.notify(ctx, m.ID, e.GetCard(), "Your book is ready",
			fmt.Sprintf("The book with ISBN %s waits for you at the desk for seven days.", e.GetIsbn()))
	case eventsv1.HoldChanged_STATE_EXPIRED:
		return p.notify(ctx, m.ID, e.GetCard(), "Your hold has expired",
			fmt.Sprintf("The book with ISBN %s was not collected in time.", e.GetIsbn()))
	default:
		return nil
	}
}

// accountChanged tells a reader what is owed.
func (p *post) accountChanged(ctx context.Context, m stream.Message) error {
	var e eventsv1.AccountChanged
	if proto.Unmarshal(m.Value, &e) != nil {
		return stream.ErrMalformed
	}
	if e.GetBalanceCents() <= 0 {
		return nil
	}
	return p.notify(ctx, m.ID, e.GetCard(), "Your library account",
		fmt.Sprintf("You owe %d.%02d for late returns.", e.GetBalanceCents()/100, e.GetBalanceCents()%100))
}

// notify writes to the reader, once per message. A reader without an address gets no notice.
func (p *post) notify(ctx context.Context, messageID, card, subject, text string) error {
	to, ok, err := p.addresses.contactOf(ctx, card)
	if err != nil {
		return err
	}
	if !ok {
		slog.WarnContext(ctx, "no address, no notice", "card", card, "subject", subject)
		return nil
	}
	return p.guard.once(ctx, messageID, func(ctx context.Context) error {
		return p.mailer.send(ctx, messageID, to, subject, text)
	})
}
