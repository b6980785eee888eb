package branch

import (
	"context"
	"fmt"

	"google.golang.org/grpc"

	"library.example/contracts/holdsv1"
)

// Hold is a reader's place in the queue of a title.
type Hold struct {
	ID     string `json:"id"`
	Card   string `json:"card"`
	ISBN   string `json:"isbn"`
	Status string `json:"status"`
}

// Holds asks the holds service.
type Holds struct {
	client holdsv1.HoldServiceClient
}

// NewHolds makes the client that asks over conn.
func NewHolds(conn grpc.ClientConnInterface) *Holds {
	return &Holds{client: holdsv1.NewHoldServiceClient(conn)}
}

// OfCard returns the holds of a card.
func (h *Holds) OfCard(ctx context.Context, card string) ([]Hold, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := h.client.ListHolds(ctx, &holdsv1.ListHoldsRequest{Card: card})
	if err != nil {
		return nil, fmt.Errorf("holds of %s: %w", card, err)
	}
	holds := make([]Hold, 0, len(resp.GetHolds()))
	for _, p := range resp.GetHolds() {
		holds = append(holds, fromProto(p))
	}
	return holds, nil
}

// Place joins the queue under the id that the reader's app chose.
func (h *Holds) Place(ctx context.Context, id, card, isbn string) (Hold, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	p, err := h.client.PlaceHold(ctx, &holdsv1.PlaceHoldRequest{Id: id, Card: card, Isbn: isbn})
	if err != nil {
		return Hold{}, fmt.Errorf("place hold: %w", err)
	}
	return fromProto(p), nil
}

// Cancel leaves the queue.
func (h *Holds) Cancel(ctx context.Context, id string) (Hold, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	p, err := h.client.CancelHold(ctx, &holdsv1.CancelHoldRequest{Id: id})
	if err != nil {
		return Hold{}, fmt.Errorf("cancel hold: %w", err)
	}
	return fromProto(p), nil
}

func fromProto(p *holdsv1.Hold) Hold {
	return Hold{ID: p.GetId(), Card: p.GetCard(), ISBN: p.GetIsbn(), Status: p.GetStatus()}
}
