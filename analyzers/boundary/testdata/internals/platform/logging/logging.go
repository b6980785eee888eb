// Package logging belongs to no service.
package logging

import "log"

// Request logs a request.
func Request(path string) { log.Print("request ", path) }
