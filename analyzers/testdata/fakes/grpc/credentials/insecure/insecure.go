// Package insecure stands in for gRPC's.
package insecure

import "google.golang.org/grpc/credentials"

type plain struct{}

func (plain) Secure() bool { return false }

func NewCredentials() credentials.TransportCredentials { return plain{} }
