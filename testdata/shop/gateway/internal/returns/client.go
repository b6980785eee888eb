// Package returns hands returns in to orders.
package returns

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"example.com/shop/contracts/events"
)

type Request struct {
	Reason string        `json:"reason"`
	Lines  []events.Line `json:"lines"`
}

type Receipt struct {
	ID string `json:"id"`
}

type Client struct {
	baseURL string
	http    *http.Client
}

func NewClient(baseURL string) *Client {
	return &Client{baseURL: baseURL, http: &http.Client{Timeout: 3 * time.Second}}
}

func (c *Client) Create(ctx context.Context, orderID string, in Request) (Receipt, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return Receipt{}, err
	}
	target := fmt.Sprintf("%s/v1/orders/%s/returns", c.baseURL, url.PathEscape(orderID))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return Receipt{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return Receipt{}, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return Receipt{}, fmt.Errorf("create return: %s", res.Status)
	}
	var receipt Receipt
	err = json.NewDecoder(res.Body).Decode(&receipt)
	return receipt, err
}
