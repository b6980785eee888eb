// Package hold is the queues of readers who wait for a title, first come first served.
package hold

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"library.example/contracts/eventsv1"
	"library.example/platform/inbox"
	"library.example/platform/outbox"
)

var (
	ErrUnknown = errors.New("no such hold")
	ErrWaiting = errors.New("reader waits for this title already")
)

// Hold is one reader's place in the queue of one title.
type Hold struct {
	ID     string
	Card   string
	ISBN   string
	Status string
}

// Store is holds' database.
type Store struct {
	pool *pgxpool.Pool
}

// NewStore makes the store behind pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// Place joins the queue under the id that the client chose. A second request with the id gets the hold as it stands.
func (s *Store) Place(ctx context.Context, h Hold) (Hold, error) {
	_, err := s.pool.Exec(ctx, `INSERT INTO holds (id, card, isbn) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, h.ID, h.Card, h.ISBN)
	if err != nil {
		return Hold{}, fmt.Errorf("place hold: %w", err)
	}
	placed, err := s.byID(ctx, h.ID)
	if errors.Is(err, ErrUnknown) || err == nil && (placed.Card != h.Card || placed.ISBN != h.ISBN) {
		return Hold{}, ErrWaiting
	}
	return placed, err
}

// Cancel leaves the queue; a hold that is over stays as it ended.
func (s *Store) Cancel(ctx context.Context, id string) (Hold, error) {
	_, err := s.pool.Exec(ctx, `UPDATE holds SET status = 'cancelled' WHERE id = $1 AND status IN ('waiting', 'ready')`, id)
	if err != nil {
		return Hold{}, fmt.Errorf("cancel hold %s: %w", id, err)
	}
	return s.byID(ctx, id)
}

func (s *Store) byID(ctx context.Context, id string) (Hold, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, card, isbn, status FROM holds WHERE id = $1`, id)
	if err != nil {
		return Hold{}, fmt.Errorf("hold %s: %w", id, err)
	}
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Hold])
	if errors.Is(err, pgx.ErrNoRows) {
		return Hold{}, ErrUnknown
	}
	return h, err
}

// OfCard returns the holds of a card that are waiting or ready.
func (s *Store) OfCard(ctx context.Context, card string) ([]Hold, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, card, isbn, status FROM holds
		WHERE card = $1 AND status IN ('waiting', 'ready') ORDER BY placed_at`, card)
	if err != nil {
		return nil, fmt.Errorf("holds of %s: %w", card, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Hold])
}

// ExpireOne ends the oldest hold that was not collected within a week, and passes its copy on. It is false when there is
// none. Several processes may do this at once: each locks the hold it ends.
func (s *Store) ExpireOne(ctx context.Context) (expired bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var h Hold
		err := tx.QueryRow(ctx, `
			UPDATE holds SET status = 'expired'
			WHERE status = 'ready' AND id = (
				SELECT id FROM holds WHERE status = 'ready' AND ready_at < now() - interval '7 days'
				ORDER BY ready_at LIMIT 1 FOR UPDATE SKIP LOCKED
			)
			RETURNING id, card, isbn`).Scan(&h.ID, &h.Card, &h.ISBN)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("expire hold: %w", err)
		}
		expired = true
		if err := outbox.Add(ctx, tx, h.ID, event(h, eventsv1.HoldChanged_STATE_EXPIRED)); err != nil {
			return err
		}
		return storeTx{tx}.PassOn(ctx, h.ISBN)
	})
	return expired, err
}

// InTx runs do in one transaction.
func (s *Store) InTx(ctx context.Context, do func(QueueTx) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return do(storeTx{tx}) })
}

type storeTx struct {
	tx pgx.Tx
}

func (t storeTx) Claim(ctx context.Context, messageID string) (bool, error) {
	return inbox.Claim(ctx, t.tx, messageID)
}

// PassOn makes the next reader's hold ready, and tells of it.
func (t storeTx) PassOn(ctx context.Context, isbn string) error {
	var h Hold
	err := t.tx.QueryRow(ctx, `
		UPDATE holds SET status = 'ready', ready_at = now()
		WHERE status = 'waiting' AND id = (
			SELECT id FROM holds WHERE isbn = $1 AND status = 'waiting'
			ORDER BY placed_at LIMIT 1 FOR UPDATE SKIP LOCKED
		)
		RETURNING id, card, isbn`, isbn).Scan(&h.ID, &h.Card, &h.ISBN)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("pass on %s: %w", isbn, err)
	}
	return outbox.Add(ctx, t.tx, h.ID, event(h, eventsv1.HoldChanged_STATE_READY))
}

// Collect ends the hold of a reader who has the title now.
func (t storeTx) Collect(ctx context.Context, card, isbn string) error {
	_, err := t.tx.Exec(ctx, `
		UPDATE holds SET status = 'collected' WHERE card = $1 AND isbn = $2 AND status IN ('waiting', 'ready')`, card, isbn)
	if err != nil {
		return fmt.Errorf("collect %s: %w", isbn, err)
	}
	return nil
}

func event(h Hold, state eventsv1.HoldChanged_State) *eventsv1.HoldChanged {
	return &eventsv1.HoldChanged{HoldId: h.ID, Card: h.Card, Isbn: h.ISBN, State: state}
}
