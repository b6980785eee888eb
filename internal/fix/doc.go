// Package fix mends findings where the mend is certain.
//
// What comes in is a finding and the source of the file that it lies in; what goes out are edits of that file, for
// `svclint check --fix` and for the go/analysis drivers (analysis.SuggestedFix). Only the syntax around the finding's place
// is looked at: the passes have no syntax, and a fix needs no types when it is as narrow as these are.
//
// Certain means that the result compiles and the finding is gone. Where a file does not look as expected (the handler is
// built elsewhere, a name is shadowed, the options come from a function), there is no fix. A fix that needs a package of a
// module that go.mod does not require is none either, but an Advice: go.mod is its owner's.
//
//	tracespan/server-uninstrumented   wraps the handler, or gives the gRPC server its stats handler
//	tracespan/client-uninstrumented   wraps the transport, or gives the gRPC client its stats handler
//	tracespan/broken-context          passes the context that is in scope
//	tracespan/span-not-ended          adds defer span.End()
package fix
