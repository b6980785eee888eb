// Package api is how catalog is asked: gRPC for the other services, HTTP for the librarians' tools.
package api

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"library.example/catalog/internal/title"
	"library.example/contracts/catalogv1"
)

// largestBatch bounds what one call may ask for.
const largestBatch = 200

// Titles answers library.catalog.v1.CatalogService.
type Titles struct {
	catalogv1.UnimplementedCatalogServiceServer
	store *title.Store
	cache *title.Cache
}

// NewTitles makes the gRPC side of the catalog.
func NewTitles(store *title.Store, cache *title.Cache) *Titles {
	return &Titles{store: store, cache: cache}
}

func (s *Titles) SearchTitles(ctx context.Context, req *catalogv1.SearchTitlesRequest) (*catalogv1.SearchTitlesResponse, error) {
	titles, err := s.store.Search(ctx, req.GetQuery(), min(max(req.GetLimit(), 1), largestBatch))
	if err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	return &catalogv1.SearchTitlesResponse{Titles: toProto(titles)}, nil
}

func (s *Titles) BatchGetTitles(ctx context.Context, req *catalogv1.BatchGetTitlesRequest) (*catalogv1.BatchGetTitlesResponse, error) {
	isbns := req.GetIsbns()
	if len(isbns) == 0 {
		return &catalogv1.BatchGetTitlesResponse{}, nil
	}
	if len(isbns) > largestBatch {
		return nil, status.Errorf(codes.InvalidArgument, "at most %d titles at once", largestBatch)
	}
	found, missing := s.cache.Batch(ctx, isbns)
	if len(missing) > 0 {
		stored, err := s.store.Batch(ctx, missing)
		if err != nil {
			return nil, status.Error(codes.Internal, err.Error())
		}
		// The answer does not wait for the cache. Without the request's cancellation, but in its trace.
		go s.cache.Fill(context.WithoutCancel(ctx), stored)
		found = append(found, stored...)
	}
	return &catalogv1.BatchGetTitlesResponse{Titles: toProto(found)}, nil
}

func toProto(titles []title.Title) []*catalogv1.Title {
	out := make([]*catalogv1.Title, len(titles))
	for i, t := range titles {
		out[i] = &catalogv1.Title{Isbn: t.ISBN, Name: t.Name, Author: t.Author, Year: t.Year}
	}
	return out
}
