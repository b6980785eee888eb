// Command prices asks nobody.
package main

import (
	"fmt"
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("GET /prices", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "1.50") })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
