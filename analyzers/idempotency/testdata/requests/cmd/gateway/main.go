// Command gateway passes payments on. What a retry does is decided behind it, and reported there.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	payments := os.Getenv("PAYMENTS_URL")
	http.HandleFunc("POST /pay", func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Post(payments+"/payments", "application/json", r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
