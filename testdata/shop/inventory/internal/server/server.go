// Package server is the gRPC side of inventory.
package server

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	inventoryv1 "example.com/shop/contracts/gen/inventory/v1"
	"example.com/shop/inventory/internal/stock"
)

type Server struct {
	inventoryv1.UnimplementedInventoryServiceServer
	warehouse *stock.Warehouse
}

func New(warehouse *stock.Warehouse) *Server {
	return &Server{warehouse: warehouse}
}

func (s *Server) Reserve(ctx context.Context, req *inventoryv1.ReserveRequest) (*inventoryv1.ReserveResponse, error) {
	lines := make([]stock.Line, 0, len(req.GetLines()))
	for _, l := range req.GetLines() {
		lines = append(lines, stock.Line{SKU: l.GetSku(), Quantity: l.GetQuantity()})
	}
	err := s.warehouse.Reserve(ctx, req.GetOrderId(), lines)
	if errors.Is(err, stock.ErrOutOfStock) {
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	}
	if err != nil {
		return nil, err
	}
	return &inventoryv1.ReserveResponse{}, nil
}

func (s *Server) Release(ctx context.Context, req *inventoryv1.ReleaseRequest) (*inventoryv1.ReleaseResponse, error) {
	if err := s.warehouse.Release(ctx, req.GetOrderId()); err != nil {
		return nil, err
	}
	return &inventoryv1.ReleaseResponse{}, nil
}

func (s *Server) LowStock(ctx context.Context, req *inventoryv1.LowStockRequest) (*inventoryv1.LowStockResponse, error) {
	items, err := s.warehouse.Low(ctx, req.GetThreshold())
	if err != nil {
		return nil, err
	}
	res := &inventoryv1.LowStockResponse{}
	for _, i := range items {
		res.Items = append(res.Items, &inventoryv1.LowStockResponse_Item{Sku: i.SKU, Name: i.Name, Available: i.Available})
	}
	return res, nil
}
