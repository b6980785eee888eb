// Package clients adapts the services that orders calls to the interfaces of
// package checkout.
package clients

import (
	"context"

	"google.golang.org/grpc"

	catalogv1 "example.com/shop/contracts/gen/catalog/v1"
	inventoryv1 "example.com/shop/contracts/gen/inventory/v1"
	paymentsv1 "example.com/shop/contracts/gen/payments/v1"
	"example.com/shop/orders/internal/store"
)

type Catalog struct {
	client catalogv1.CatalogServiceClient
}

func NewCatalog(conn grpc.ClientConnInterface) *Catalog {
	return &Catalog{client: catalogv1.NewCatalogServiceClient(conn)}
}

func (c *Catalog) Prices(ctx context.Context, skus []string) (map[string]int64, error) {
	res, err := c.client.GetProducts(ctx, &catalogv1.GetProductsRequest{Skus: skus})
	if err != nil {
		return nil, err
	}
	prices := make(map[string]int64, len(res.GetProducts()))
	for _, p := range res.GetProducts() {
		prices[p.GetSku()] = p.GetPriceCents()
	}
	return prices, nil
}

type Inventory struct {
	client inventoryv1.InventoryServiceClient
}

func NewInventory(conn grpc.ClientConnInterface) *Inventory {
	return &Inventory{client: inventoryv1.NewInventoryServiceClient(conn)}
}

func (i *Inventory) Reserve(ctx context.Context, o store.Order) error {
	req := &inventoryv1.ReserveRequest{OrderId: o.ID}
	for _, l := range o.Lines {
		req.Lines = append(req.Lines, &inventoryv1.Line{Sku: l.SKU, Quantity: l.Quantity})
	}
	_, err := i.client.Reserve(ctx, req)
	return err
}

func (i *Inventory) Release(ctx context.Context, orderID string) error {
	_, err := i.client.Release(ctx, &inventoryv1.ReleaseRequest{OrderId: orderID})
	return err
}

type Payments struct {
	client paymentsv1.PaymentServiceClient
}

func NewPayments(conn grpc.ClientConnInterface) *Payments {
	return &Payments{client: paymentsv1.NewPaymentServiceClient(conn)}
}

func (p *Payments) Charge(ctx context.Context, o store.Order) (bool, error) {
	res, err := p.client.Charge(ctx, &paymentsv1.ChargeRequest{
		OrderId: o.ID, CustomerId: o.CustomerID, AmountCents: o.TotalCents,
	})
	return res.GetCaptured(), err
}
