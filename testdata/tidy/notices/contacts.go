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

// addressBook is notices' own list of contacts, so that sending a mail needs to ask nobody.
type addressBook struct {
	db *sql.DB
}

// patronChanged takes over a contact. The version makes it safe to see a message twice, late or out of order: only
// a newer one is written.
func (a *addressBook) patronChanged(ctx context.Context, m stream.Message) error {
	var e eventsv1.PatronChanged
	if proto.Unmarshal(m.Value, &e) != nil {
		return stream.ErrMalformed
	}
	_, err := a.db.ExecContext(ctx, `
		INSERT INTO contacts (card, name, email, version) VALUES ($1, $2, $3, $4)
		ON CONFLICT (card) DO UPDATE SET name = EXCLUDED.name, email = EXCLUDED.email, version = EXCLUDED.version
		WHERE contacts.version < EXCLUDED.version`,
		e.GetCard(), e.GetName(), e.GetEmail(), e.GetVersion())
	if err != nil {
		return fmt.Errorf("contact of %s: %w", e.GetCard(), err)
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
