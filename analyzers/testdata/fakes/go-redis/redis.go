// Package redis stands in for the Redis client.
package redis

import (
	"context"
	"time"
)

type Options struct {
	Addr string
	DB   int
}

type cmdable func(ctx context.Context) error

type Client struct{ cmdable }

func NewClient(opt *Options) *Client { return &Client{} }

func (c cmdable) Get(ctx context.Context, key string) *StringCmd { return &StringCmd{} }
func (c cmdable) Set(ctx context.Context, key string, value interface{}, expiration time.Duration) *StatusCmd {
	return &StatusCmd{}
}
func (c cmdable) Del(ctx context.Context, keys ...string) *IntCmd { return &IntCmd{} }

type StringCmd struct{}

func (cmd *StringCmd) Result() (string, error) { return "", nil }

type StatusCmd struct{}

func (cmd *StatusCmd) Err() error { return nil }

type IntCmd struct{}

func (cmd *IntCmd) Err() error { return nil }
