// Command tariffs is one function, for parcels alone.
package main

import (
	"fmt"
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("GET /tariff", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, 390) }) // want `tariffs is one function behind a network: GET /tariff, without data of its own, for parcels alone`
	log.Fatal(http.ListenAndServe(":8080", nil))
}
