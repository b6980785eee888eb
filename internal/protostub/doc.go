// Package protostub makes Go stubs from .proto files as text: what protoc-gen-go and protoc-gen-go-grpc would have generated,
// as far as callers can see it. Many repositories do not commit those files, and without them nothing that talks gRPC
// type-checks.
//
// What comes in: .proto files ([Parse]), and which of them make up a Go package ([Target]). What goes out: Go files
// ([Target.Generate]). protoc and buf are never run, and nothing is read or written here: which package of a repository
// is missing, and which .proto files belong to it, is for internal/workspace to say.
//
// The stubs are true to the API (names, types, the full method names that clients ask for and servers are registered with),
// not to what happens on the wire: messages are not marshalled and have no reflection. A field or method whose type
// is not known is left out.
//
// The rules are those of https://protobuf.dev/reference/go/go-generated/ and https://grpc.io/docs/languages/go/generated-code/.
package protostub
