// Package checkout takes an order from the basket to "paid".
package checkout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"example.com/shop/orders/internal/store"
)

var (
	ErrDeclined       = errors.New("payment declined")
	ErrUnknownProduct = errors.New("unknown product")
)

// Pricer knows what products cost, in cents by SKU.
type Pricer interface {
	Prices(ctx context.Context, skus []string) (map[string]int64, error)
}

type Stock interface {
	Reserve(ctx context.Context, o store.Order) error
	Release(ctx context.Context, orderID string) error
}

type Payments interface {
	Charge(ctx context.Context, o store.Order) (captured bool, err error)
}

// Deps is what a Service works with.
type Deps struct {
	Orders   *store.Store
	Prices   Pricer
	Stock    Stock
	Payments Payments
}

type Service struct {
	Deps
}

// Place stores, reserves and charges the order. Every step can be repeated, so
// a caller that got no answer sends the same request again.
func (s *Service) Place(ctx context.Context, o store.Order) (store.Order, error) {
	if err := s.price(ctx, &o); err != nil {
		return store.Order{}, err
	}
	o.ID = uuid.NewString()
	o, err := s.Orders.Create(ctx, o)
	if err != nil {
		return store.Order{}, fmt.Errorf("create order: %w", err)
	}
	switch o.Status {
	case store.Pending:
	case store.Declined:
		return store.Order{}, ErrDeclined
	default:
		return o, nil
	}

	if err := s.Stock.Reserve(ctx, o); err != nil {
		return store.Order{}, fmt.Errorf("reserve stock: %w", err)
	}
	captured, err := s.Payments.Charge(ctx, o)
	if err != nil {
		return store.Order{}, fmt.Errorf("charge: %w", err)
	}
	if !captured {
		s.release(o.ID)
		return store.Order{}, errors.Join(ErrDeclined, s.Orders.Decline(ctx, o.ID))
	}
	if err := s.Orders.Confirm(ctx, o); err != nil {
		return store.Order{}, fmt.Errorf("confirm order: %w", err)
	}
	o.Status = store.Paid
	return o, nil
}

func (s *Service) price(ctx context.Context, o *store.Order) error {
	skus := make([]string, 0, len(o.Lines))
	for _, l := range o.Lines {
		skus = append(skus, l.SKU)
	}
	prices, err := s.Prices.Prices(ctx, skus)
	if err != nil {
		return fmt.Errorf("price order: %w", err)
	}
	o.TotalCents = 0
	for i, l := range o.Lines {
		cents, ok := prices[l.SKU]
		if !ok {
			return fmt.Errorf("%w %q", ErrUnknownProduct, l.SKU)
		}
		o.Lines[i].UnitPriceCents = cents
		o.TotalCents += cents * int64(l.Quantity)
	}
	return nil
}

// release gives the stock back even if the customer has already hung up.
func (s *Service) release(orderID string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.Stock.Release(ctx, orderID); err != nil {
		slog.Error("release stock", "order", orderID, "err", err)
	}
}
