package title

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"library.example/contracts/eventsv1"
	"library.example/platform/outbox"
)

// Store is catalog's database.
type Store struct {
	pool *pgxpool.Pool
}

// NewStore makes the store behind pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// Put creates or replaces a title; putting it again changes nothing.
func (s *Store) Put(ctx context.Context, t Title) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO titles (isbn, name, author, year) VALUES ($1, $2, $3, $4)
		ON CONFLICT (isbn) DO UPDATE SET name = EXCLUDED.name, author = EXCLUDED.author, year = EXCLUDED.year`,
		t.ISBN, t.Name, t.Author, t.Year)
	if err != nil {
		return fmt.Errorf("put title %s: %w", t.ISBN, err)
	}
	return nil
}

// Batch returns the titles of the ISBNs that it knows.
func (s *Store) Batch(ctx context.Context, isbns []string) ([]Title, error) {
	rows, err := s.pool.Query(ctx, `SELECT isbn, name, author, year FROM titles WHERE isbn = ANY($1)`, isbns)
	if err != nil {
		return nil, fmt.Errorf("batch of titles: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Title])
}

// Search returns the titles whose name or author has all the words of the query.
func (s *Store) Search(ctx context.Context, query string, limit int32) ([]Title, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT isbn, name, author, year FROM titles
		WHERE words @@ plainto_tsquery('simple', $1) ORDER BY name LIMIT $2`, query, limit)
	if err != nil {
		return nil, fmt.Errorf("search titles: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Title])
}

// AddCopy puts a copy on the shelf. The event goes out only when the copy is new or comes back: adding it a
// second time finds it as it should be.
func (s *Store) AddCopy(ctx context.Context, barcode, isbn string) (Copy, error) {
	return s.changeCopy(ctx, barcode, isbn, `
		INSERT INTO copies (barcode, isbn) SELECT $1, isbn FROM titles WHERE isbn = $2
		ON CONFLICT (barcode) DO UPDATE SET withdrawn = false, version = copies.version + 1
		WHERE copies.withdrawn AND copies.isbn = EXCLUDED.isbn
		RETURNING barcode, isbn, withdrawn, version`)
}

// WithdrawCopy takes a copy off the shelf for good.
func (s *Store) WithdrawCopy(ctx context.Context, barcode, isbn string) (Copy, error) {
	return s.changeCopy(ctx, barcode, isbn, `
		UPDATE copies SET withdrawn = true, version = version + 1
		WHERE barcode = $1 AND isbn = $2 AND NOT withdrawn
		RETURNING barcode, isbn, withdrawn, version`)
}

// changeCopy runs a conditional change of one copy, and tells of it in the same transaction. A change that finds
// nothing to do returns the copy as it is.
func (s *Store) changeCopy(ctx context.Context, barcode, isbn, change string) (c Copy, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, change, barcode, isbn).Scan(&c.Barcode, &c.ISBN, &c.Withdrawn, &c.Version)
		if errors.Is(err, pgx.ErrNoRows) {
			c, err = copyOf(ctx, tx, barcode, isbn)
			return err
		}
		if err != nil {
			return fmt.Errorf("change copy %s: %w", barcode, err)
		}
		return outbox.Add(ctx, tx, c.Barcode, &eventsv1.CopyChanged{
			Barcode: c.Barcode, Isbn: c.ISBN, Withdrawn: c.Withdrawn, Version: c.Version,
		})
	})
	return c, err
}

func copyOf(ctx context.Context, tx pgx.Tx, barcode, isbn string) (Copy, error) {
	rows, err := tx.Query(ctx, `SELECT barcode, isbn, withdrawn, version FROM copies WHERE barcode = $1`, barcode)
	if err != nil {
		return Copy{}, fmt.Errorf("copy %s: %w", barcode, err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Copy])
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Copy{}, ErrUnknown
	case err != nil:
		return Copy{}, fmt.Errorf("copy %s: %w", barcode, err)
	case c.ISBN != isbn:
		return Copy{}, ErrOtherTitle
	}
	return c, nil
}
