// Package boundary defines the pass that finds services whose boundaries do not hold.
//
// # Analyzer boundary
//
// boundary: report services that are not bounded contexts: circles, god services, shared insides, distributed transactions
//
// A service is a bounded context: it can be understood, changed and deployed by itself. Two services that wait for each
// other cannot: neither starts, changes its API or survives an outage without the other, and one request may go round
// until a pool of connections is empty. And a service that compiles another one's packages in has no boundary at all:
// the other team's refactoring is its build failure, and both must be released at once.
//
// Importing a contract is healthy: packages that hold only generated code, a client, or plain data types are what a
// service gives to others. Roles of one main package are one context and may share everything.
//
// Wrong: the shipping service uses the orders service's storage code.
//
//	import "example.com/shop/services/orders/internal/store"
//
// Right: it uses its contract.
//
//	import "example.com/shop/api/orderspb"
//
// The rules:
//   - boundary/cycle: services call each other in a circle of synchronous calls.
//   - boundary/god-service: a service many times the size of the others, whose endpoints fall into unrelated groups.
//   - boundary/chatty-pair: for one request a service calls another several times in a row, or two ask a third the same.
//   - boundary/foreign-internals: a service imports a package of another service that is not its contract.
//   - boundary/shared-domain-library: a package of nobody's holds tables' reads and writes, and several contexts link it in.
//   - boundary/distributed-transaction: one request changes state in several services, and nothing undoes the first change.
//   - boundary/hard-coded-endpoint: the address of a service or database stands in the code.
//   - boundary/lock-step: services change in the same commits although no contract says so (info).
//   - boundary/nano-service: a service is one function behind a network (info).
package boundary
