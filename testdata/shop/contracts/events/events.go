// Package events holds the messages that services publish on Kafka, as JSON.
// The key of every message is the order id.
package events

import "time"

const (
	OrderPlacedTopic   = "orders.placed"
	OrderReturnedTopic = "orders.returned"
)

type Line struct {
	SKU      string `json:"sku"`
	Quantity int32  `json:"quantity"`
}

// OrderPlaced says that an order has been paid and can be sent.
type OrderPlaced struct {
	ID         string    `json:"id"` // of the event
	OrderID    string    `json:"order_id"`
	CustomerID string    `json:"customer_id"`
	Email      string    `json:"email"`
	Address    string    `json:"address"`
	Lines      []Line    `json:"lines"`
	TotalCents int64     `json:"total_cents"`
	PlacedAt   time.Time `json:"placed_at"`
}

// OrderReturned says that goods of an order have come back to the warehouse.
type OrderReturned struct {
	ID       string `json:"id"` // of the event
	ReturnID string `json:"return_id"`
	OrderID  string `json:"order_id"`
	Lines    []Line `json:"lines"`
}
