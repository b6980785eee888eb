// Package effects turns one package into its Summary: what each function calls, stores, returns and decides, as
// symbolic values, without looking at the source of any other package.
//
// # What comes in
//
// One type-checked package with its SSA form. Imports are needed as types only; their bodies may be absent.
//
// # What goes out
//
// A Summary: plain data with no pointer into a syntax tree, so that the tree can be let go and the Summary can be encoded,
// cached by content and linked later, on another machine if need be. The linker (internal/arch) sees a repository only
// through Summaries; Encode and Decode lose nothing that it looks at.
//
// # What a Summary holds
//
// Per function a table of Values. A Value is an operation over other Values of the same function: a constant, a
// parameter, a field of another value, a call's result, a concatenation, a closure with what it captures. Calls, stores,
// returns and branch conditions refer to Values by their index. The control flow graph is kept as successors and
// immediate dominators, because whether a guard protects an effect is a question about dominance.
//
// Per package the named types with their complete method sets (promoted methods with the path of embedded fields that
// leads to them), the interfaces through which it calls, and the struct tags that give fields a meaning to libraries.
//
// It judges nothing: that `(*sql.DB).QueryContext` reads a table is the catalog's knowledge, which function a variable
// holds is the linker's.
package effects
