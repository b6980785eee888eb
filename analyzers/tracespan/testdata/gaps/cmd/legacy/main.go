// Command legacy was there before tracing.
package main

import (
	"fmt"
	"log"
	"net/http"
)

func main() { // want `legacy answers requests but sets up no tracer: it is a hole in every trace`
	mux := http.NewServeMux()
	mux.HandleFunc("GET /points/{customer}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, 7) })
	log.Fatal(http.ListenAndServe(":8080", mux)) // want `the server of legacy makes no spans: traces of web end here`
}
