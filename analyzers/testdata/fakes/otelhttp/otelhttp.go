// Package otelhttp stands in for the instrumentation of net/http.
package otelhttp

import "net/http"

type Option interface{ apply() }

func NewHandler(handler http.Handler, operation string, opts ...Option) http.Handler { return handler }

type Transport struct{ base http.RoundTripper }

func NewTransport(base http.RoundTripper, opts ...Option) *Transport { return &Transport{base} }

func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) { return t.base.RoundTrip(r) }
