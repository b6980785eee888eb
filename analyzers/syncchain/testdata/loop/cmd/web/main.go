// Command web shows carts.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"example.com/loop/catalogpb"
)

type server struct{ catalog catalogpb.CatalogClient }

func main() {
	conn, err := grpc.NewClient(os.Getenv("CATALOG_ADDR"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	s := &server{catalogpb.NewCatalogClient(conn)}
	// At start-up nobody waits for the loop.
	for _, id := range strings.Split(os.Getenv("FEATURED"), ",") {
		if _, err := s.catalog.GetProduct(context.Background(), &catalogpb.GetProductRequest{Id: id}); err != nil {
			log.Print(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cart", s.cart)
	mux.HandleFunc("GET /wishlist", s.wishlist)
	mux.HandleFunc("GET /product/{id}", s.product)
	log.Fatal(http.ListenAndServe(":8080", mux))
}

// cart asks for each product by itself, in a function of its own.
func (s *server) cart(w http.ResponseWriter, r *http.Request) {
	var products []*catalogpb.Product
	for _, id := range r.URL.Query()["id"] {
		p, err := s.lookup(r.Context(), id)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		products = append(products, p)
	}
	json.NewEncoder(w).Encode(products)
}

func (s *server) lookup(ctx context.Context, id string) (*catalogpb.Product, error) {
	return s.catalog.GetProduct(ctx, &catalogpb.GetProductRequest{Id: id}) // want `web calls Catalog/GetProduct of catalog once per element of a collection in GET /cart; catalog offers Catalog/BatchGetProducts for all at once` `web waits for catalog without a time limit, in GET /cart \(and 2 more endpoints\)`
}

// wishlist asks once.
func (s *server) wishlist(w http.ResponseWriter, r *http.Request) {
	products, err := s.catalog.BatchGetProducts(r.Context(), &catalogpb.BatchGetProductsRequest{Ids: r.URL.Query()["id"]})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	for _, p := range products.Products {
		json.NewEncoder(w).Encode(p)
	}
}

// product asks for the one that it shows.
func (s *server) product(w http.ResponseWriter, r *http.Request) {
	p, err := s.lookup(r.Context(), r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	json.NewEncoder(w).Encode(p)
}
