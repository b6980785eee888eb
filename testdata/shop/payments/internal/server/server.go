// Package server is the gRPC side of payments.
package server

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	paymentsv1 "example.com/shop/contracts/gen/payments/v1"
	"example.com/shop/payments/internal/orders"
)

type Ledger interface {
	Charge(ctx context.Context, orderID, customerID string, cents int64) (captured bool, err error)
	Refund(ctx context.Context, orderID, customerID string, cents int64) error
}

type Orders interface {
	Order(ctx context.Context, id string) (orders.Order, error)
}

type Server struct {
	paymentsv1.UnimplementedPaymentServiceServer
	ledger Ledger
	orders Orders
}

func New(ledger Ledger, orders Orders) *Server {
	return &Server{ledger: ledger, orders: orders}
}

func (s *Server) Charge(ctx context.Context, req *paymentsv1.ChargeRequest) (*paymentsv1.ChargeResponse, error) {
	if req.GetOrderId() == "" || req.GetAmountCents() < 0 {
		return nil, status.Error(codes.InvalidArgument, "a charge needs an order and an amount")
	}
	captured, err := s.ledger.Charge(ctx, req.GetOrderId(), req.GetCustomerId(), req.GetAmountCents())
	if err != nil {
		return nil, err
	}
	return &paymentsv1.ChargeResponse{Captured: captured}, nil
}

func (s *Server) Refund(ctx context.Context, req *paymentsv1.RefundRequest) (*paymentsv1.RefundResponse, error) {
	o, err := s.orders.Order(ctx, req.GetOrderId())
	if err != nil {
		return nil, err
	}
	if !o.Paid {
		return nil, status.Errorf(codes.FailedPrecondition, "order %q has not been paid", req.GetOrderId())
	}
	if err := s.ledger.Refund(ctx, req.GetOrderId(), o.CustomerID, o.TotalCents); err != nil {
		return nil, err
	}
	return &paymentsv1.RefundResponse{RefundedCents: o.TotalCents}, nil
}
