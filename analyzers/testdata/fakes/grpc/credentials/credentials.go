// Package credentials stands in for gRPC's.
package credentials

type TransportCredentials interface{ Secure() bool }
