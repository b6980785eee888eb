// Package store keeps orders.
package store

import (
	"errors"
	"sync"

	"example.com/internals/services/orders/ordersapi"
)

// Store is a store of orders.
type Store struct {
	mu     sync.Mutex
	orders map[string]ordersapi.Order
}

// Send marks an order as sent, if it may be.
func (s *Store) Send(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.orders[id]
	if !ok || o.Status != ordersapi.Placed {
		return errors.New("no such order to send")
	}
	o.Status = ordersapi.Sent
	if s.orders == nil {
		s.orders = make(map[string]ordersapi.Order)
	}
	s.orders[id] = o
	return nil
}
