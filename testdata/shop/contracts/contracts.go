// Package contracts is what the services of the shop agree on: the gRPC
// contracts (proto/, generated into gen/) and the events (events/).
package contracts

//go:generate protoc -I proto --go_out=. --go_opt=module=example.com/shop/contracts --go-grpc_out=. --go-grpc_opt=module=example.com/shop/contracts catalog/v1/catalog.proto inventory/v1/inventory.proto orders/v1/orders.proto payments/v1/payments.proto shipping/v1/shipping.proto
