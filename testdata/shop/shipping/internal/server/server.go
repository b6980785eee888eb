// Package server is the gRPC side of shipping.
package server

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	shippingv1 "example.com/shop/contracts/gen/shipping/v1"
	"example.com/shop/shipping/internal/shipments"
)

type Orders interface {
	MarkShipped(ctx context.Context, orderID string) error
}

type Server struct {
	shippingv1.UnimplementedShippingServiceServer
	Shipments *shipments.Store
	Orders    Orders
}

func (s *Server) Track(ctx context.Context, req *shippingv1.TrackRequest) (*shippingv1.Shipment, error) {
	return toProto(s.Shipments.Get(ctx, req.GetOrderId()))
}

func (s *Server) Dispatch(ctx context.Context, req *shippingv1.DispatchRequest) (*shippingv1.Shipment, error) {
	if req.GetCarrier() == "" {
		return nil, status.Error(codes.InvalidArgument, "a carrier is needed")
	}
	shipment, err := s.Shipments.Dispatch(ctx, req.GetOrderId(), req.GetCarrier())
	if err == nil {
		err = s.Orders.MarkShipped(ctx, req.GetOrderId())
	}
	return toProto(shipment, err)
}

func toProto(s shipments.Shipment, err error) (*shippingv1.Shipment, error) {
	if errors.Is(err, shipments.ErrNotFound) {
		return nil, status.Error(codes.NotFound, err.Error())
	}
	if err != nil {
		return nil, err
	}
	return &shippingv1.Shipment{OrderId: s.OrderID, Status: s.Status, Carrier: s.Carrier}, nil
}
