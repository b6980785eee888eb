// Package orders holds the storage of orders, and belongs to no service.
package orders

import "database/sql"

// Cancel knows the table and what a cancelled order is.
func Cancel(db *sql.DB, id string) error {
	_, err := db.Exec("UPDATE orders SET status = 'cancelled' WHERE id = $1", id) // want `example.com/contexts/shared/orders belongs to no service, holds the storage of a domain, and is built into ledger and shop`
	return err
}

// Reference is how people call an order.
func Reference(id string) string { return "#" + id }
