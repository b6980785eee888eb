// Package ordersapi is what orders gives to others: plain types.
package ordersapi

// Order is an order as others see it.
type Order struct {
	ID     string
	Status Status
}

// Status of an order.
type Status string

// The states of an order.
const (
	Placed Status = "placed"
	Sent   Status = "sent"
)
