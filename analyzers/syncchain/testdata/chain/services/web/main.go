// Command web is where requests come in.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

type server struct{ orders, prices string }

func main() {
	s := &server{orders: os.Getenv("ORDERS_URL"), prices: os.Getenv("PRICES_URL")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /checkout", s.checkout)
	mux.HandleFunc("GET /offer", s.offer)
	mux.HandleFunc("POST /visit", s.visit)
	log.Fatal(http.ListenAndServe(":8080", mux))
}

// checkout waits for three services one behind the other.
func (s *server) checkout(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get(s.orders + "/orders/preview") // want `GET /checkout of web waits for 3 calls in a row, 1 more than the budget of 2: web → orders → stock → prices` `web waits for orders without a time limit, in GET /checkout`
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

// offer waits for one.
func (s *server) offer(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get(s.prices + "/prices") // want `web waits for prices without a time limit, in GET /offer`
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

// visit warms the same way up, and does not wait for it.
func (s *server) visit(w http.ResponseWriter, r *http.Request) {
	go func() {
		if resp, err := http.Get(s.orders + "/orders/preview"); err == nil {
			resp.Body.Close()
		}
	}()
	w.WriteHeader(http.StatusAccepted)
}
