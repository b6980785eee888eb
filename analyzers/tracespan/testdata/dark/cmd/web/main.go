// Command web asks, with a context that is not the request's: with no trace to lose, that is not the news.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
)

func main() { // want `web answers requests but sets up no tracer`
	http.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, os.Getenv("ORDERS_URL")+"/orders/1", nil)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
