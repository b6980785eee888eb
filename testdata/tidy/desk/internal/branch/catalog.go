// Package branch is what the desk knows of the services behind it: one small client each, every call with a deadline.
package branch

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"library.example/contracts/catalogv1"
)

// timeout bounds one question to a service that answers by itself.
const timeout = time.Second

// Title is what a reader is shown of a title.
type Title struct {
	ISBN   string `json:"isbn"`
	Name   string `json:"name"`
	Author string `json:"author"`
}

// Catalog asks the catalog service.
type Catalog struct {
	client catalogv1.CatalogServiceClient
}

// NewCatalog makes the client that asks over conn.
func NewCatalog(conn grpc.ClientConnInterface) *Catalog {
	return &Catalog{client: catalogv1.NewCatalogServiceClient(conn)}
}

// Search returns the titles that match the query.
func (c *Catalog) Search(ctx context.Context, query string) ([]Title, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := c.client.SearchTitles(ctx, &catalogv1.SearchTitlesRequest{Query: query, Limit: 50})
	if err != nil {
		return nil, fmt.Errorf("catalog: search: %w", err)
	}
	titles := make([]Title, 0, len(resp.GetTitles()))
	for _, t := range resp.GetTitles() {
		titles = append(titles, Title{ISBN: t.GetIsbn(), Name: t.GetName(), Author: t.GetAuthor()})
	}
	return titles, nil
}

// Titles returns the titles of all the ISBNs in one call, by ISBN.
func (c *Catalog) Titles(ctx context.Context, isbns []string) (map[string]Title, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := c.client.BatchGetTitles(ctx, &catalogv1.BatchGetTitlesRequest{Isbns: isbns})
	if err != nil {
		return nil, fmt.Errorf("catalog: titles: %w", err)
	}
	titles := make(map[string]Title, len(resp.GetTitles()))
	for _, t := range resp.GetTitles() {
		titles[t.GetIsbn()] = Title{ISBN: t.GetIsbn(), Name: t.GetName(), Author: t.GetAuthor()}
	}
	return titles, nil
}
