// Package arch links the Summaries of a repository's packages, and its manifests, into the Model: which services there are,
// what they answer, whom they call, what data they touch, what they publish, how far a trace sees, and what a repetition
// does. It looks at Summaries alone; no syntax tree and no file of the repository is open when it runs.
//
// # What comes in and what goes out
//
// Input: the Summaries by unit of loading, the catalog of library models, and what the manifests, SQL, .env and
// configuration files say. Output: a Model, every list of it sorted. The smell passes and the report take it from there.
//
// # Worlds, frames and objects
//
// A program is a unit's Summaries, indexed. A world is one service's view of it: the functions that its main reaches, and
// what its memory holds after start-up. A frame is a function in a calling context, that is, at the end of a path of calls
// from main or from a handler. An object is an abstract value: a text with holes, an allocation, the result of a library
// call, a function with what it captures, the address of a field. Frames and objects are hash-consed in their world, so
// that the same thing is the same pointer.
//
// Values are evaluated backwards and on demand (eval.go, load.go, container.go, result.go). A parameter is what the frame's
// caller passed; a call's result is what the callee returns in a child frame; a field is what was stored to the field of
// the same object. So an address that went through a constructor, a struct, a pointer to a field and fmt.Sprintf comes out
// as the text that it is, and two clients made by one constructor stay two. A library's function has no body: its model
// says what its result is (expr.go evaluates the models' expressions).
//
// Stores are registered when a frame is entered, under the objects that they write to. What an earlier statement loads, a
// later one may store; so main is walked in rounds until nothing new turns up, forgetting conclusions but not facts in
// between. Cycles of values are cut, and what was concluded under a cut is not remembered.
//
// Not everything is a store or a call in the code. A library fills structs from outside (fill.go), configuration keys have
// values (settings.go), and a container hands out by type what constructors make (inject.go).
//
// # Walks
//
// A walk (walk.go) follows the calls from main, and then from each handler, into everything from which an effect can be
// reached at all (reach.go), and keeps the library calls that have a model with an effect. Calls through interfaces go to
// the types that the receiver may be; where the value does not tell, to the few implementations that the service makes.
// How often one function is entered in different contexts shrinks as a walk grows, so that the cost stays linear.
//
// # Roles
//
// A main package that is deployed in several roles branches on something from outside: an environment variable, an
// argument, a flag, a subcommand, a key in a map of commands. Such switches are noted on the first walk. Each value is then
// assumed in a world of its own, in which the branches that it contradicts are dead (branch.go). Values under which the
// program answers different things, and not just more or less of the same, are roles (service.go); manifests name them.
//
// # The join
//
// Calls find their endpoints by RPC id, by route, and by address, in the environment of the deployment (join.go). What no
// Go code of the repository answers is a foreign service. Where a value cannot be resolved the Model says so in
// Unresolved and no edge is made.
//
// # What it judges
//
// Tracing: where a context comes from (origin.go), what is wrapped in an instrumentation (instrument.go). Repetition: which
// effects change something again (repeat.go), and which are behind a guard whose failing branch leaves (guard.go). Both
// prefer silence to a wrong accusation: of several possible origins of a context the best counts, and a repetition whose
// effect cannot be known is unclear.
package arch
