package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

type address struct {
	Name  string `json:"Name,omitempty"`
	Email string `json:"Email"`
}

// letter is a mail in the gateway's form.
type letter struct {
	From    address   `json:"From"`
	To      []address `json:"To"`
	Subject string    `json:"Subject"`
	Text    string    `json:"Text"`
}

// mailGateway sends mail through the HTTP interface of a mail provider.
type mailGateway struct {
	url    string
	client *http.Client
}

// send hands the letter over. The key lets the provider drop a letter that it has already.
func (g *mailGateway) send(ctx context.Context, key string, to contact, subject, text string) error {
	body, err := json.Marshal(letter{
		From:    address{Name: "City Library", Email: "desk@library.example"},
		To:      []address{{Name: to.name, Email: to.email}},
		Subject: subject,
		Text:    text,
	})
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+"/api/v1/send", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("mail: MAIL_URL: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	resp, err := g.client.Do(req)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("mail: gateway answered %s", resp.Status)
	}
	return nil
}
