package hold

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"library.example/contracts/holdsv1"
)

// Service answers library.holds.v1.HoldService.
type Service struct {
	holdsv1.UnimplementedHoldServiceServer
	store *Store
}

// NewService makes the service of store.
func NewService(store *Store) *Service { return &Service{store: store} }

func (s *Service) PlaceHold(ctx context.Context, req *holdsv1.PlaceHoldRequest) (*holdsv1.Hold, error) {
	if uuid.Validate(req.GetId()) != nil || req.GetCard() == "" || req.GetIsbn() == "" {
		return nil, status.Error(codes.InvalidArgument, "id (a UUID), card and isbn are required")
	}
	h, err := s.store.Place(ctx, Hold{ID: req.GetId(), Card: req.GetCard(), ISBN: req.GetIsbn()})
	return toProto(h), asStatus(err)
}

func (s *Service) CancelHold(ctx context.Context, req *holdsv1.CancelHoldRequest) (*holdsv1.Hold, error) {
	if uuid.Validate(req.GetId()) != nil {
		return nil, status.Error(codes.InvalidArgument, "id must be a UUID")
	}
	h, err := s.store.Cancel(ctx, req.GetId())
	return toProto(h), asStatus(err)
}

func (s *Service) ListHolds(ctx context.Context, req *holdsv1.ListHoldsRequest) (*holdsv1.ListHoldsResponse, error) {
	holds, err := s.store.OfCard(ctx, req.GetCard())
	if err != nil {
		return nil, asStatus(err)
	}
	resp := &holdsv1.ListHoldsResponse{}
	for _, h := range holds {
		resp.Holds = append(resp.Holds, toProto(h))
	}
	return resp, nil
}

func toProto(h Hold) *holdsv1.Hold {
	return &holdsv1.Hold{Id: h.ID, Card: h.Card, Isbn: h.ISBN, Status: h.Status}
}

func asStatus(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnknown):
		return status.Error(codes.NotFound, err.Error())
	case errors.Is(err, ErrWaiting):
		return status.Error(codes.AlreadyExists, err.Error())
	default:
		return status.Error(codes.Internal, err.Error())
	}
}
