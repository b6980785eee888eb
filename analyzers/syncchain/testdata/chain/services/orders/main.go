// Command orders asks stock.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

// stock is orders' view of the stock service.
type stock interface {
	available() (io.ReadCloser, error)
}

type stockClient struct {
	base string
	http *http.Client
}

func (c *stockClient) available() (io.ReadCloser, error) {
	resp, err := c.http.Get(c.base + "/stock/available") // want `orders waits for stock without a time limit, in GET /orders/preview`
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

type server struct{ stock stock }

func main() {
	s := &server{stock: &stockClient{os.Getenv("STOCK_URL"), &http.Client{}}}
	http.HandleFunc("GET /orders/preview", s.preview)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func (s *server) preview(w http.ResponseWriter, r *http.Request) {
	body, err := s.stock.available()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer body.Close()
	io.Copy(w, body)
}
