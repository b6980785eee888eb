// Package remote talks HTTP.
package remote

import (
	"fmt"
	"net/http"
)

// A Service is another service at an address.
type Service struct{ Address string }

// Post sends a request without a body.
func (s Service) Post(path string) error {
	resp, err := http.Post(s.Address+path, "application/json", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	return nil
}

// Get asks a question.
func (s Service) Get(path string) error {
	resp, err := http.Get(s.Address + path)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
