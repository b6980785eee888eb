package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// contact is where a reader gets mail.
type contact struct {
	name, email string
}

// contactStore keeps contacts. Put writes a contact only over an older version of it.
type contactStore interface {
	put(ctx context.Context, card string, c contact, version int64) error
}

// readers follows the patrons, so that sending a mail needs to ask nobody.
type readers struct {
	contacts contactStore
}

// patronChanged takes over a contact. Its version makes it safe to see a message twice, late or out of order.
func (r *readers) patronChanged(ctx context.Context, m stream.Message) error {
	var e eventsv1.PatronChanged
	if proto.Unmarshal(m.Value, &e) != nil {
		return stream.ErrMalformed
	}
	return r.contacts.put(ctx, e.GetCard(), contact{name: e.GetName(), email: e.GetEmail()}, e.GetVersion())
}

// addressBook is notices' database.
type addressBook struct {
	db *sql.DB
}

func (a *addressBook) put(ctx context.Context, card string, c contact, version int64) error {
	_, err := a.db.ExecContext(ctx, `
		INSERT INTO contacts (card, name, email, version) VALUES ($1, $2, $3, $4)
		ON CONFLICT (card) DO UPDATE SET name = EXCLUDED.name, email = EXCLUDED.email, version = EXCLUDED.version
		WHERE contacts.version < EXCLUDED.version`, card, c.name, c.email, version)
	if err != nil {
		return fmt.Errorf("contact of %s: %w", card, err)
	}
	return nil
}

// contactOf returns the contact of a card; ok is false when there is none.
func (a *addressBook) contactOf(ctx context.Context, card string) (c contact, ok bool, err error) {
	err = a.db.QueryRowContext(ctx, `SELECT name, email FROM contacts WHERE card = $1`, card).Scan(&c.name, &c.email)
	if errors.Is(err, sql.ErrNoRows) {
		return contact{}, false, nil
	}
	if err != nil {
		return contact{}, false, fmt.Errorf("contact of %s: %w", card, err)
	}
	return c, true, nil
}
