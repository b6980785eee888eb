// Command catalog serves products, one by one and many at once.
package main

import (
	"context"
	"log"
	"net"

	"google.golang.org/grpc"

	"example.com/loop/catalogpb"
)

type server struct{ products map[string]*catalogpb.Product }

func (s *server) GetProduct(ctx context.Context, req *catalogpb.GetProductRequest) (*catalogpb.Product, error) {
	return s.products[req.Id], nil
}

func (s *server) BatchGetProducts(ctx context.Context, req *catalogpb.BatchGetProductsRequest) (*catalogpb.Products, error) {
	var all catalogpb.Products
	for _, id := range req.Ids {
		all.Products = append(all.Products, s.products[id])
	}
	return &all, nil
}

func main() {
	lis, err := net.Listen("tcp", ":9000")
	if err != nil {
		log.Fatal(err)
	}
	srv := grpc.NewServer()
	catalogpb.RegisterCatalogServer(srv, &server{})
	log.Fatal(srv.Serve(lis))
}
