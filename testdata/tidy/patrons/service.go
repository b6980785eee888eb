package main

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"library.example/contracts/patronsv1"
)

// debtLimit is what a patron may owe, in cents, and still borrow.
const debtLimit = 20_00

// service answers library.patrons.v1.PatronService from patrons' own database alone.
type service struct {
	patronsv1.UnimplementedPatronServiceServer
	store *database
}

func (s *service) GetPatron(ctx context.Context, req *patronsv1.GetPatronRequest) (*patronsv1.Patron, error) {
	p, err := s.store.patron(ctx, req.GetCard())
	if err != nil {
		return nil, asStatus(err)
	}
	return p, nil
}

func (s *service) PutPatron(ctx context.Context, req *patronsv1.PutPatronRequest) (*patronsv1.Patron, error) {
	if req.GetCard() == "" || req.GetEmail() == "" {
		return nil, status.Error(codes.InvalidArgument, "card and email are required")
	}
	p, err := s.store.putPatron(ctx, req.GetCard(), req.GetName(), req.GetEmail())
	if err != nil {
		return nil, asStatus(err)
	}
	return p, nil
}

func (s *service) CheckStanding(ctx context.Context, req *patronsv1.CheckStandingRequest) (*patronsv1.CheckStandingResponse, error) {
	debt, err := s.store.debt(ctx, req.GetCard())
	switch {
	case errors.Is(err, errUnknown):
		return &patronsv1.CheckStandingResponse{Reason: "unknown card"}, nil
	case err != nil:
		return nil, asStatus(err)
	case debt > debtLimit:
		return &patronsv1.CheckStandingResponse{Reason: "fees to be paid first"}, nil
	}
	return &patronsv1.CheckStandingResponse{MayBorrow: true}, nil
}

func asStatus(err error) error {
	if errors.Is(err, errUnknown) {
		return status.Error(codes.NotFound, err.Error())
	}
	return status.Error(codes.Internal, err.Error())
}
