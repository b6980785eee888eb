// Package server holds the two faces of orders: gRPC for the shop, HTTP for
// returns.
package server

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	ordersv1 "example.com/shop/contracts/gen/orders/v1"
	"example.com/shop/orders/internal/checkout"
	"example.com/shop/orders/internal/store"
)

type GRPC struct {
	ordersv1.UnimplementedOrderServiceServer
	Checkout *checkout.Service
	Orders   *store.Store
}

func (s *GRPC) PlaceOrder(ctx context.Context, req *ordersv1.PlaceOrderRequest) (*ordersv1.Order, error) {
	if req.GetIdempotencyKey() == "" || len(req.GetLines()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "an order needs an idempotency key and lines")
	}
	o := store.Order{
		IdempotencyKey: req.GetIdempotencyKey(), CustomerID: req.GetCustomerId(),
		Email: req.GetEmail(), Address: req.GetAddress(),
	}
	for _, l := range req.GetLines() {
		o.Lines = append(o.Lines, store.Line{SKU: l.GetSku(), Quantity: l.GetQuantity()})
	}
	o, err := s.Checkout.Place(ctx, o)
	switch {
	case errors.Is(err, checkout.ErrDeclined):
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	case errors.Is(err, checkout.ErrUnknownProduct):
		return nil, status.Error(codes.InvalidArgument, err.Error())
	case err != nil:
		return nil, err
	}
	return toProto(o), nil
}

func (s *GRPC) GetOrder(ctx context.Context, req *ordersv1.GetOrderRequest) (*ordersv1.Order, error) {
	o, err := s.Orders.Get(ctx, req.GetId())
	if errors.Is(err, store.ErrNotFound) {
		return nil, status.Errorf(codes.NotFound, "no order %q", req.GetId())
	}
	if err != nil {
		return nil, err
	}
	return toProto(o), nil
}

func toProto(o store.Order) *ordersv1.Order {
	out := &ordersv1.Order{Id: o.ID, CustomerId: o.CustomerID, Status: o.Status, TotalCents: o.TotalCents}
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, &ordersv1.Line{Sku: l.SKU, Quantity: l.Quantity, UnitPriceCents: l.UnitPriceCents})
	}
	return out
}
