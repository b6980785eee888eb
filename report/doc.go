// Package report says what the Model and the findings are worth, and prints it: a scorecard of fitness functions, and a
// file per format (text.go and json.go for findings, model_text.go and model_json.go for the Model). In come an
// arch.Model and its findings; out go bytes, complete or not at all. What counts as a finding is left to the passes, and
// what a verdict does to the exit status is left to the CLI.
//
// # The fitness formula
//
// A fitness function is an objective measure of one property of an architecture (Ford, Parsons, Kua: Building
// Evolutionary Architectures). There is one per lesson. Each has a measure, a budget, and a score from 0 to 10. Where
// there is nothing to measure the score is n/a, never 10: no consumers does not mean idempotent consumers.
//
//	lesson             measure                                                        budget   score
//	data ownership     share of tables touched by their owner only                    all      10 × share
//	synchronous depth  longest chain of synchronous calls, in hops                    2        10, less 2.5 per hop over budget
//	tracing            share of request paths whose trace is unbroken                 all      10 × share
//	idempotency        share of consumers and mutating endpoints safe to repeat       all      10 × share
//	boundaries         share of services that are in a cycle or import the insides    none     10 × (1 − share)
//	                   of another service
//
// Data ownership. A table is a table or collection that a service touches at run time; keys of a key-value store are not
// counted. Tables of one name in two services are two tables, unless the Model says that they are shared data (the same
// database). A table is touched by its owner only when the crossdb pass has no finding on it: processes of one bounded
// context, such as an API and its worker, share their tables by right.
//
// Synchronous depth. A hop is one synchronous call from a service to another; A → B → C has two. The budget of two keeps
// three nines per service above 99.7 % for the chain. Repositories without calls between services have no score.
//
// Tracing. A request path is an endpoint together with one call or publication that it makes, or the endpoint alone when
// it makes none. Its trace is unbroken when the service sets up a tracer, the server side of the endpoint makes a span,
// and the call or publication carries the request's own context and makes a span. An endpoint that reads or writes a
// store with a context.Background of its own has a broken path more, because the trace ends there; spans of the store
// itself are not asked for. Paths whose context the Model does not know are left out, and the row says how many.
//
// Idempotency. One entry per consumer and per mutating endpoint. Those whose effect is unclear are left out, and the row
// says how many.
//
// Boundaries. A service counts once, however many cycles it is in. Importing another service's generated code, clients
// and plain data types (its contract) is healthy.
//
// # The verdict
//
// Data ownership, synchronous depth and boundaries are the coupling lessons: they decide whether services can be changed,
// deployed and scaled alone. A coupling lesson fails when it is over budget or when one of its findings is an error.
//
//	distributed monolith  all three coupling lessons fail, or two of which one scores below 5
//	coupled               one or two coupling lessons fail
//	fragile               none fails, but tracing or idempotency scores below 8 or has a finding that is an error
//	healthy               none of these
//	too little read       healthy, single service or nothing to score, but svclint has not understood enough to say so
//	single service        there is one service, so nothing can be coupled
//	nothing to score      there is no service, or every lesson is n/a
//
// # How much was understood
//
// What was not read has no findings, so a system that is hardly understood would look healthy. Four things are counted, and
// any of them takes a clean verdict away; what was found stays found:
//
//	packages    more than 10 % of the repository's packages were not read, or statements of them were left out, because an
//	            import was not found (generated stubs that are not committed) or they do not compile
//	places      more than 25 % of the places where services answer, ask, store, publish or consume are not understood: the
//	            Model lists them as unresolved, or they are calls of a library that no model knows
//	silence     of half of the services or more no endpoint was seen
//	blindness   half of the services or more call such libraries on the way of a request
//
// # The row per service
//
// Its tables are those that it touches by right, foreign ones those that the crossdb pass reports. Its request paths are
// those of the tracing score. A finding counts for the service whose code has to change: the one that reaches into
// another's data, that makes the call, that drops the context. A cycle counts for every service in it.
package report
