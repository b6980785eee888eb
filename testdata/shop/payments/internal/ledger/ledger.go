// Package ledger moves money between the customers' wallets and the shop.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.com/shop/payments/fees"
)

type Ledger struct {
	db *sql.DB
}

func New(db *sql.DB) *Ledger {
	return &Ledger{db: db}
}

// Charge takes the amount from the wallet and reports whether there was enough
// in it. The first answer for an order is the answer for good.
func (l *Ledger) Charge(ctx context.Context, orderID, customerID string, cents int64) (captured bool, err error) {
	err = l.inTx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `
			INSERT INTO charges (order_id, customer_id, amount_cents, fee_cents) VALUES ($1, $2, $3, $4)
			ON CONFLICT (order_id) DO NOTHING`, orderID, customerID, cents, fees.Of(cents))
		if err != nil {
			return err
		}
		first, err := affected(res)
		if err != nil {
			return err
		}
		if !first {
			return tx.QueryRowContext(ctx, `SELECT status = 'captured' FROM charges WHERE order_id = $1`, orderID).Scan(&captured)
		}
		res, err = tx.ExecContext(ctx, `
			UPDATE wallets SET balance_cents = balance_cents - $2
			WHERE customer_id = $1 AND balance_cents >= $2`, customerID, cents)
		if err != nil {
			return err
		}
		if captured, err = affected(res); err != nil || !captured {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE charges SET status = 'captured' WHERE order_id = $1`, orderID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("charge order %s: %w", orderID, err)
	}
	return captured, nil
}

// Refund pays the amount back into the wallet, unless that was done before.
func (l *Ledger) Refund(ctx context.Context, orderID, customerID string, cents int64) error {
	err := l.inTx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `
			INSERT INTO refunds (order_id, amount_cents) VALUES ($1, $2)
			ON CONFLICT (order_id) DO NOTHING`, orderID, cents)
		if err != nil {
			return err
		}
		if first, err := affected(res); err != nil || !first {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE wallets SET balance_cents = balance_cents + $2 WHERE customer_id = $1`, customerID, cents)
		return err
	})
	if err != nil {
		return fmt.Errorf("refund order %s: %w", orderID, err)
	}
	return nil
}

func (l *Ledger) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func affected(res sql.Result) (bool, error) {
	n, err := res.RowsAffected()
	return n > 0, err
}
