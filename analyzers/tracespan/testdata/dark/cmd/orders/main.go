// Command orders answers.
package main

import (
	"fmt"
	"log"
	"net/http"
)

func main() { // want `orders answers requests but sets up no tracer`
	http.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, r.PathValue("id")) })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
