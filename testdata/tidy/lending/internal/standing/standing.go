// Package standing asks patrons whether a card may borrow.
package standing

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"library.example/contracts/patronsv1"
)

// timeout bounds the question. It fits into what lending's own callers wait for.
const timeout = 500 * time.Millisecond

// Client asks the patrons service.
type Client struct {
	patrons patronsv1.PatronServiceClient
}

// NewClient makes the client that asks over conn.
func NewClient(conn grpc.ClientConnInterface) *Client {
	return &Client{patrons: patronsv1.NewPatronServiceClient(conn)}
}

// Check returns why the card may not borrow, or "" when it may.
func (c *Client) Check(ctx context.Context, card string) (refusal string, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := c.patrons.CheckStanding(ctx, &patronsv1.CheckStandingRequest{Card: card})
	if err != nil {
		return "", fmt.Errorf("standing of %s: %w", card, err)
	}
	if resp.GetMayBorrow() {
		return "", nil
	}
	return resp.GetReason(), nil
}
