package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"library.example/contracts/eventsv1"
	"library.example/platform/outbox"
)

var (
	errUnknown   = errors.New("no such account")
	errKeyReused = errors.New("idempotency key was used for another payment")
)

// account is what a card owes.
type account struct {
	Card         string `json:"card"`
	BalanceCents int64  `json:"balance_cents"`
	Version      int64  `json:"version"`
}

// books is fees' database.
type books struct {
	pool *pgxpool.Pool
}

func (b *books) account(ctx context.Context, card string) (account, error) {
	return scanAccount(b.pool.QueryRow(ctx, `SELECT card, balance_cents, version FROM accounts WHERE card = $1`, card))
}

// pay takes a payment once per key: the payment is written under the key, and only the request that wrote it
// changes the balance, in the same transaction.
func (b *books) pay(ctx context.Context, key, card string, cents int64) (a account, err error) {
	err = pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			INSERT INTO payments (idempotency_key, card, cents) SELECT $1, card, $3 FROM accounts WHERE card = $2
			ON CONFLICT (idempotency_key) DO NOTHING`, key, card, cents)
		if err != nil {
			return fmt.Errorf("payment of %s: %w", card, err)
		}
		if tag.RowsAffected() == 0 {
			a, err = replay(ctx, tx, key, card, cents)
			return err
		}
		a, err = change(ctx, tx, card, -cents)
		return err
	})
	return a, err
}

// replay answers a payment that was taken before.
func replay(ctx context.Context, tx pgx.Tx, key, card string, cents int64) (account, error) {
	a, err := scanAccount(tx.QueryRow(ctx, `SELECT card, balance_cents, version FROM accounts WHERE card = $1`, card))
	if err != nil {
		return account{}, err
	}
	var same bool
	err = tx.QueryRow(ctx, `SELECT card = $2 AND cents = $3 FROM payments WHERE idempotency_key = $1`, key, card, cents).Scan(&same)
	if err != nil {
		return account{}, fmt.Errorf("payment of %s: %w", card, err)
	}
	if !same {
		return account{}, errKeyReused
	}
	return a, nil
}

// change adds cents to what the card owes, and tells of it. Its callers hold the guard that makes this happen once.
func change(ctx context.Context, tx pgx.Tx, card string, cents int64) (account, error) {
	a, err := scanAccount(tx.QueryRow(ctx, `
		UPDATE accounts SET balance_cents = balance_cents + $2, version = version + 1 WHERE card = $1
		RETURNING card, balance_cents, version`, card, cents))
	if err != nil {
		return account{}, err
	}
	return a, outbox.Add(ctx, tx, card, &eventsv1.AccountChanged{Card: card, BalanceCents: a.BalanceCents, Version: a.Version})
}

func scanAccount(row pgx.Row) (a account, err error) {
	err = row.Scan(&a.Card, &a.BalanceCents, &a.Version)
	if errors.Is(err, pgx.ErrNoRows) {
		return account{}, errUnknown
	}
	if err != nil {
		return account{}, fmt.Errorf("account: %w", err)
	}
	return a, nil
}

// book runs do in one transaction.
func (b *books) book(ctx context.Context, do func(entry) error) error {
	return pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error { return do(bookTx{tx}) })
}

type bookTx struct {
	tx pgx.Tx
}

func (t bookTx) received(ctx context.Context, messageID string) (before bool, err error) {
	tag, err := t.tx.Exec(ctx, `INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT DO NOTHING`, messageID)
	if err != nil {
		return false, fmt.Errorf("inbox: %w", err)
	}
	return tag.RowsAffected() == 0, nil
}

// charge books a late loan. The loan's id is the key of the charge: a loan cannot be charged for by two messages either.
func (t bookTx) charge(ctx context.Context, loanID, card string, cents int64) error {
	if _, err := t.tx.Exec(ctx, `INSERT INTO accounts (card) VALUES ($1) ON CONFLICT (card) DO NOTHING`, card); err != nil {
		return fmt.Errorf("account of %s: %w", card, err)
	}
	tag, err := t.tx.Exec(ctx, `
		INSERT INTO charges (loan_id, card, cents) VALUES ($1, $2, $3)
		ON CONFLICT (loan_id) DO NOTHING`, loanID, card, cents)
	if err != nil {
		return fmt.Errorf("charge for loan %s: %w", loanID, err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	_, err = change(ctx, t.tx, card, cents)
	return err
}

// sweepInbox forgets the messages that Kafka has forgotten too.
func (b *books) sweepInbox(ctx context.Context) error {
	_, err := b.pool.Exec(ctx, `DELETE FROM inbox WHERE received_at < now() - interval '30 days'`)
	return err
}
