package branch

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	"library.example/contracts/patronsv1"
)

// Patron is a person with a library card.
type Patron struct {
	Card  string `json:"card"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Patrons asks the patrons service.
type Patrons struct {
	client patronsv1.PatronServiceClient
}

// NewPatrons makes the client that asks over conn.
func NewPatrons(conn grpc.ClientConnInterface) *Patrons {
	return &Patrons{client: patronsv1.NewPatronServiceClient(conn)}
}

// Get returns the patron of a card.
func (p *Patrons) Get(ctx context.Context, card string) (Patron, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := p.client.GetPatron(ctx, &patronsv1.GetPatronRequest{Card: card})
	if err != nil {
		return Patron{}, fmt.Errorf("patron %s: %w", card, err)
	}
	return Patron{Card: resp.GetCard(), Name: resp.GetName(), Email: resp.GetEmail()}, nil
}

// Put creates or replaces the patron of a card.
func (p *Patrons) Put(ctx context.Context, patron Patron) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := p.client.PutPatron(ctx, &patronsv1.PutPatronRequest{Card: patron.Card, Name: patron.Name, Email: patron.Email})
	if err != nil {
		return fmt.Errorf("put patron %s: %w", patron.Card, err)
	}
	return nil
}
