// Package contracts is what the services of the library agree on: the protobuf interfaces they call each other
// by, the events they tell each other with, and the names of the topics. It holds no logic.
package contracts

//go:generate protoc -I proto --go_out=. --go_opt=module=library.example/contracts --go-grpc_out=. --go-grpc_opt=module=library.example/contracts library/catalog/v1/catalog.proto library/patrons/v1/patrons.proto library/holds/v1/holds.proto library/events/v1/events.proto
