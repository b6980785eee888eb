package loan

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/inbox"
	"library.example/platform/periodic"
	"library.example/platform/stream"
)

// Shelf is where the lendable copies are kept.
type Shelf interface {
	InTx(ctx context.Context, do func(ShelfTx) error) error
}

// ShelfTx is a transaction on a shelf.
type ShelfTx interface {
	Claim(ctx context.Context, messageID string) (first bool, err error)
	PutCopy(ctx context.Context, e *eventsv1.CopyChanged) error
}

// Projection follows the catalog, so that lending a copy needs to ask nobody what it is.
type Projection struct {
	shelf Shelf
}

// NewProjection makes the projection that writes to shelf.
func NewProjection(shelf Shelf) *Projection { return &Projection{shelf: shelf} }

// CopyChanged takes over a copy from catalog, once per message.
func (p *Projection) CopyChanged(ctx context.Context, m stream.Message) error {
	var e eventsv1.CopyChanged
	if proto.Unmarshal(m.Value, &e) != nil {
		return stream.ErrMalformed
	}
	return p.shelf.InTx(ctx, func(tx ShelfTx) error {
		first, err := tx.Claim(ctx, m.ID)
		if err != nil || !first {
			return err
		}
		return tx.PutCopy(ctx, &e)
	})
}

// Database is lending's database, for the worker.
type Database struct {
	pool *pgxpool.Pool
}

// NewDatabase makes the worker's side of the database behind pool.
func NewDatabase(pool *pgxpool.Pool) *Database { return &Database{pool: pool} }

// InTx runs do in one transaction.
func (d *Database) InTx(ctx context.Context, do func(ShelfTx) error) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error { return do(databaseTx{tx}) })
}

// SweepRequests forgets, every hour, the keys of requests that no client sends again.
func (d *Database) SweepRequests(ctx context.Context) error {
	return periodic.Run(ctx, "loan request sweep", time.Hour, func(ctx context.Context) error {
		_, err := d.pool.Exec(ctx, `DELETE FROM loan_requests WHERE received_at < now() - interval '7 days'`)
		return err
	})
}

type databaseTx struct {
	pgx.Tx
}

func (t databaseTx) Claim(ctx context.Context, messageID string) (bool, error) {
	return inbox.Claim(ctx, t.Tx, messageID)
}

// PutCopy keeps the newest state of a copy: changes may arrive out of order.
func (t databaseTx) PutCopy(ctx context.Context, e *eventsv1.CopyChanged) error {
	_, err := t.Exec(ctx, `
		INSERT INTO lendable_copies (barcode, isbn, withdrawn, version) VALUES ($1, $2, $3, $4)
		ON CONFLICT (barcode) DO UPDATE
			SET isbn = EXCLUDED.isbn, withdrawn = EXCLUDED.withdrawn, version = EXCLUDED.version
			WHERE lendable_copies.version < EXCLUDED.version`,
		e.GetBarcode(), e.GetIsbn(), e.GetWithdrawn(), e.GetVersion())
	if err != nil {
		return fmt.Errorf("copy %s: %w", e.GetBarcode(), err)
	}
	return nil
}
