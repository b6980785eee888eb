// Package catalogclient asks the catalog about products.
package catalogclient

import (
	"context"

	"google.golang.org/grpc"

	catalogv1 "example.com/shop/contracts/gen/catalog/v1"
)

type Client struct {
	catalogv1.CatalogServiceClient
}

func New(conn grpc.ClientConnInterface) Client {
	return Client{catalogv1.NewCatalogServiceClient(conn)}
}

func (c Client) Physical(ctx context.Context, skus []string) (map[string]bool, error) {
	res, err := c.GetProducts(ctx, &catalogv1.GetProductsRequest{Skus: skus})
	if err != nil {
		return nil, err
	}
	physical := make(map[string]bool, len(skus))
	for _, p := range res.GetProducts() {
		physical[p.GetSku()] = p.GetPhysical()
	}
	return physical, nil
}
