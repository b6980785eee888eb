package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"library.example/contracts/eventsv1"
	"library.example/contracts/patronsv1"
	"library.example/platform/inbox"
	"library.example/platform/outbox"
)

var errUnknown = errors.New("unknown card")

// database is patrons' Postgres database.
type database struct {
	pool *pgxpool.Pool
}

func (d *database) patron(ctx context.Context, card string) (*patronsv1.Patron, error) {
	return scanPatron(d.pool.QueryRow(ctx, `SELECT card, name, email, version FROM patrons WHERE card = $1`, card))
}

// putPatron creates or replaces a patron. When the patron is the same already nothing changes and nothing is told.
func (d *database) putPatron(ctx context.Context, card, name, email string) (p *patronsv1.Patron, err error) {
	err = pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		p, err = scanPatron(tx.QueryRow(ctx, `
			INSERT INTO patrons (card, name, email) VALUES ($1, $2, $3)
			ON CONFLICT (card) DO UPDATE
				SET name = EXCLUDED.name, email = EXCLUDED.email, version = patrons.version + 1
				WHERE (patrons.name, patrons.email) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.email)
			RETURNING card, name, email, version`, card, name, email))
		if errors.Is(err, errUnknown) {
			p, err = scanPatron(tx.QueryRow(ctx, `SELECT card, name, email, version FROM patrons WHERE card = $1`, card))
			return err
		}
		if err != nil {
			return err
		}
		return outbox.Add(ctx, tx, card, &eventsv1.PatronChanged{
			Card: p.GetCard(), Name: p.GetName(), Email: p.GetEmail(), Version: p.GetVersion(),
		})
	})
	return p, err
}

func scanPatron(row pgx.Row) (*patronsv1.Patron, error) {
	p := new(patronsv1.Patron)
	err := row.Scan(&p.Card, &p.Name, &p.Email, &p.Version)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("patron: %w", err)
	}
	return p, nil
}

// debt is what a known patron owes, in cents.
func (d *database) debt(ctx context.Context, card string) (cents int64, err error) {
	err = d.pool.QueryRow(ctx, `
		SELECT coalesce(debts.balance_cents, 0) FROM patrons LEFT JOIN debts USING (card)
		WHERE patrons.card = $1`, card).Scan(&cents)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errUnknown
	}
	if err != nil {
		return 0, fmt.Errorf("debt of %s: %w", card, err)
	}
	return cents, nil
}

// inTx runs do in one transaction.
func (d *database) inTx(ctx context.Context, do func(ledgerTx) error) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error { return do(databaseTx{tx}) })
}

type databaseTx struct {
	pgx.Tx
}

func (t databaseTx) claim(ctx context.Context, messageID string) (bool, error) {
	return inbox.Claim(ctx, t.Tx, messageID)
}

// setDebt keeps the newest balance: accounts may arrive out of order.
func (t databaseTx) setDebt(ctx context.Context, card string, cents, version int64) error {
	_, err := t.Exec(ctx, `
		INSERT INTO debts (card, balance_cents, balance_version) VALUES ($1, $2, $3)
		ON CONFLICT (card) DO UPDATE
			SET balance_cents = EXCLUDED.balance_cents, balance_version = EXCLUDED.balance_version
			WHERE debts.balance_version < EXCLUDED.balance_version`, card, cents, version)
	if err != nil {
		return fmt.Errorf("debt of %s: %w", card, err)
	}
	return nil
}
