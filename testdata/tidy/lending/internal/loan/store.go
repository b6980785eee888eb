package loan

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"library.example/platform/outbox"
)

const columns = `id, card, barcode, isbn, due_at, renewals, returned_at`

// Store is lending's database, for the API.
type Store struct {
	pool *pgxpool.Pool
}

// NewStore makes the store behind pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// Replay returns the loan that an earlier request with this key opened; ok is false when there was none.
func (s *Store) Replay(ctx context.Context, key, card, barcode string) (l Loan, ok bool, err error) {
	l, err = replay(ctx, s.pool, key, card, barcode)
	if errors.Is(err, ErrUnknown) {
		return Loan{}, false, nil
	}
	return l, err == nil, err
}

// Open lends the copy to the card, once per key: the key is claimed, the loan written and the event stored in one
// transaction. A second request with the key, even at the same moment, gets the loan of the first.
func (s *Store) Open(ctx context.Context, key, card, barcode string) (l Loan, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		claim, err := tx.Exec(ctx, `
			INSERT INTO loan_requests (idempotency_key, card, barcode) VALUES ($1, $2, $3)
			ON CONFLICT (idempotency_key) DO NOTHING`, key, card, barcode)
		if err != nil {
			return fmt.Errorf("claim key: %w", err)
		}
		if claim.RowsAffected() == 0 {
			l, err = replay(ctx, tx, key, card, barcode)
			return err
		}
		if l, err = insert(ctx, tx, card, barcode); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE loan_requests SET loan_id = $2 WHERE idempotency_key = $1`, key, l.ID); err != nil {
			return fmt.Errorf("keep answer: %w", err)
		}
		return outbox.Add(ctx, tx, l.ID, l.event())
	})
	return l, err
}

func insert(ctx context.Context, tx pgx.Tx, card, barcode string) (Loan, error) {
	var isbn string
	err := tx.QueryRow(ctx, `SELECT isbn FROM lendable_copies WHERE barcode = $1 AND NOT withdrawn`, barcode).Scan(&isbn)
	if errors.Is(err, pgx.ErrNoRows) {
		return Loan{}, ErrNoCopy
	}
	if err != nil {
		return Loan{}, fmt.Errorf("copy %s: %w", barcode, err)
	}
	l, err := one(tx.Query(ctx, `
		INSERT INTO loans (card, barcode, isbn) VALUES ($1, $2, $3)
		ON CONFLICT (barcode) WHERE returned_at IS NULL DO NOTHING
		RETURNING `+columns, card, barcode, isbn))
	if errors.Is(err, ErrUnknown) {
		return Loan{}, ErrOnLoan
	}
	return l, err
}

// Return ends a loan. Only the request that ends it tells of it; any later one finds it ended.
func (s *Store) Return(ctx context.Context, id string) (l Loan, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		l, err = one(tx.Query(ctx, `
			UPDATE loans SET returned_at = now() WHERE id = $1 AND returned_at IS NULL
			RETURNING `+columns, id))
		if errors.Is(err, ErrUnknown) {
			l, err = one(tx.Query(ctx, `SELECT `+columns+` FROM loans WHERE id = $1`, id))
			return err
		}
		if err != nil {
			return err
		}
		return outbox.Add(ctx, tx, l.ID, l.event())
	})
	return l, err
}

// Renew makes the nth renewal of a loan. The renewal number is the version: a second request for it changes nothing.
func (s *Store) Renew(ctx context.Context, id string, n int) (Loan, error) {
	l, err := one(s.pool.Query(ctx, `
		UPDATE loans SET renewals = $2, due_at = due_at + interval '21 days'
		WHERE id = $1 AND renewals = $2 - 1 AND returned_at IS NULL
		RETURNING `+columns, id, n))
	if !errors.Is(err, ErrUnknown) {
		return l, err
	}
	l, err = one(s.pool.Query(ctx, `SELECT `+columns+` FROM loans WHERE id = $1`, id))
	if err == nil && l.Renewals != n {
		return Loan{}, ErrNotRenewed
	}
	return l, err
}

// OfCard returns the open loans of a card.
func (s *Store) OfCard(ctx context.Context, card string) ([]Loan, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+columns+` FROM loans WHERE card = $1 AND returned_at IS NULL ORDER BY due_at`, card)
	if err != nil {
		return nil, fmt.Errorf("loans of %s: %w", card, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Loan])
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func replay(ctx context.Context, q querier, key, card, barcode string) (Loan, error) {
	l, err := one(q.Query(ctx, `
		SELECT `+columns+` FROM loans
		WHERE id = (SELECT loan_id FROM loan_requests WHERE idempotency_key = $1)`, key))
	if err == nil && (l.Card != card || l.Barcode != barcode) {
		return Loan{}, ErrKeyReused
	}
	return l, err
}

func one(rows pgx.Rows, err error) (Loan, error) {
	if err != nil {
		return Loan{}, fmt.Errorf("loan: %w", err)
	}
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Loan])
	if errors.Is(err, pgx.ErrNoRows) {
		return Loan{}, ErrUnknown
	}
	return l, err
}
