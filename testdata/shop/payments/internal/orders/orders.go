// Package orders asks the orders service about an order.
package orders

import (
	"context"

	"google.golang.org/grpc"

	ordersv1 "example.com/shop/contracts/gen/orders/v1"
)

type Order struct {
	CustomerID string
	TotalCents int64
	Paid       bool
}

type Client struct {
	stub ordersv1.OrderServiceClient
}

func NewClient(conn *grpc.ClientConn) *Client {
	return &Client{stub: ordersv1.NewOrderServiceClient(conn)}
}

func (c *Client) Order(ctx context.Context, id string) (Order, error) {
	o, err := c.stub.GetOrder(ctx, &ordersv1.GetOrderRequest{Id: id})
	if err != nil {
		return Order{}, err
	}
	paid := o.GetStatus() != "pending" && o.GetStatus() != "declined"
	return Order{CustomerID: o.GetCustomerId(), TotalCents: o.GetTotalCents(), Paid: paid}, nil
}
