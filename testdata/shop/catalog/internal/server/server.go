// Package server is the gRPC side of the catalog.
package server

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/shop/catalog/internal/product"
	catalogv1 "example.com/shop/contracts/gen/catalog/v1"
)

const maxPage = 200

type Server struct {
	catalogv1.UnimplementedCatalogServiceServer
	products product.Repository
}

func New(products product.Repository) *Server {
	return &Server{products: products}
}

func (s *Server) GetProduct(ctx context.Context, req *catalogv1.GetProductRequest) (*catalogv1.Product, error) {
	p, err := s.products.Get(ctx, req.GetSku())
	if errors.Is(err, product.ErrNotFound) {
		return nil, status.Errorf(codes.NotFound, "no product %q", req.GetSku())
	}
	if err != nil {
		return nil, err
	}
	return toProto(p), nil
}

func (s *Server) GetProducts(ctx context.Context, req *catalogv1.GetProductsRequest) (*catalogv1.GetProductsResponse, error) {
	found, err := s.products.GetMany(ctx, req.GetSkus())
	if err != nil {
		return nil, err
	}
	return &catalogv1.GetProductsResponse{Products: allToProto(found)}, nil
}

func (s *Server) ListProducts(ctx context.Context, req *catalogv1.ListProductsRequest) (*catalogv1.ListProductsResponse, error) {
	limit := req.GetLimit()
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	page, err := s.products.List(ctx, req.GetAfterSku(), limit)
	if err != nil {
		return nil, err
	}
	return &catalogv1.ListProductsResponse{Products: allToProto(page)}, nil
}

func (s *Server) PutProduct(ctx context.Context, req *catalogv1.PutProductRequest) (*catalogv1.Product, error) {
	in := req.GetProduct()
	if in.GetSku() == "" || in.GetName() == "" || in.GetPriceCents() < 0 {
		return nil, status.Error(codes.InvalidArgument, "a product needs a sku, a name and a price")
	}
	p := product.Product{SKU: in.GetSku(), Name: in.GetName(), PriceCents: in.GetPriceCents(), Physical: in.GetPhysical()}
	if err := s.products.Put(ctx, p); err != nil {
		return nil, err
	}
	return in, nil
}

func allToProto(ps []product.Product) []*catalogv1.Product {
	out := make([]*catalogv1.Product, 0, len(ps))
	for _, p := range ps {
		out = append(out, toProto(p))
	}
	return out
}

func toProto(p product.Product) *catalogv1.Product {
	return &catalogv1.Product{Sku: p.SKU, Name: p.Name, PriceCents: p.PriceCents, Physical: p.Physical}
}
