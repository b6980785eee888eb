// Package boundary defines the pass that finds services whose boundaries do not hold.
//
// # Analyzer boundary
//
// boundary: report services that call each other in a circle, and imports of another service's internals
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
//   - boundary/foreign-internals: a service imports a package of another service that is not its contract.
package boundary
