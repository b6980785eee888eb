package main

import (
	"context"
	"database/sql"

	"example.com/shared/platform/run"
)

const ordersTable = "orders"

type invoices struct{ db *sql.DB }

// total reads what an order costs: first from the orders service's table, then from its own.
func (i *invoices) total(ctx context.Context, order string) (int64, error) {
	var total int64
	err := i.db.QueryRowContext(ctx, "SELECT total FROM "+ordersTable+" WHERE id = $1", order).Scan(&total) // want `billing reads table orders of service orders \(its migrations create it\)` `billing, orders and stock share database shop \(crossdb`
	if err == sql.ErrNoRows {
		err = i.db.QueryRowContext(ctx, "SELECT amount FROM invoices WHERE order_id = $1", order).Scan(&total)
	}
	return total, err
}

// open joins its own table with that of the orders service.
func (i *invoices) open(ctx context.Context) ([]string, error) {
	const open = `SELECT i.order_id FROM invoices i JOIN orders o ON o.id = i.order_id WHERE NOT i.paid AND o.status = 'sent'`
	rows, err := i.db.QueryContext(ctx, open) // want `billing joins table invoices with orders of service orders \(its migrations create it\) in one statement`
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// pay changes its own invoice and somebody else's order in one transaction.
func (i *invoices) pay(ctx context.Context, order string) error {
	tx, err := i.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := run.Statement(ctx, tx, "UPDATE invoices SET paid = TRUE WHERE order_id = $1", order); err != nil {
		return err
	}
	if err := run.Statement(ctx, tx, "UPDATE orders SET status = 'paid' WHERE id = $1", order); err != nil { // want `billing updates table orders of service orders \(its migrations create it\)`
		return err
	}
	return tx.Commit()
}
