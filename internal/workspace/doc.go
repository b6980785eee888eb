// Package workspace finds and loads what svclint analyses: the Go modules of a repository and the manifests that say how
// they are deployed.
//
// # What comes in
//
// A directory. It may be a repository with one go.mod, with a go.work, with many go.mod files (even with equal module
// paths), with vendor folders, or a folder inside a module.
//
// # What goes out
//
//   - Packages: [Workspace.Load] hands each of the repository's own packages, type-checked and in SSA form, to a visitor
//     and lets it go afterwards. What could not be analysed is said in the [Coverage].
//   - Deployments: [Workspace.Manifests] reads docker-compose, Kubernetes, Dockerfile, .env and Procfile;
//     [Workspace.Entries] says which main packages a deployment runs.
//   - Files: SQL files and any other file by its relative path.
//
// Every path in the API is slash-separated and relative to the repository root.
//
// # How loading works
//
// Nothing is built and nothing in the analysed tree is written: cgo and generators never run. Metadata comes from go.mod and
// go/build where all is in order (quicklist.go), else from go list. One listing loads one [Unit]; equal packages of several
// units are hash-consed into one node, so that four modules that use the same grpc check it once.
//
// Generated protobuf code that is not committed is made up from the .proto files, as source in memory (stub.go).
//
// The cost of type-checking from source lies in the dependencies, so only what own code can see of them is looked at. Of a
// package those declarations are parsed that its importers name, and what these need in turn (outline.go): a lexer finds
// them, so the rest, comments and function bodies are never parsed, and imports that only they use are not followed. One
// scheduler (schedule.go) surveys packages from importers to imported for what is named, and checks them the other way
// round, in such an order that few syntax trees are alive at a time; a tree dies when its package is checked (dependencies)
// or visited (own packages).
//
// # What it leaves to others
//
// What the code means. A package here is syntax, types and SSA; services, endpoints and calls are found later.
package workspace
