package arch

import (
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// Requests wait for more than the catalog knows. A function of any library that takes a context and gives an error does, by
// the convention of Go, something that can be waited for and given up; when it is called with context.Background() on the
// way of a request, the request's trace, deadline and cancellation end there, whatever it does.

// sdkCall stands for the model of such a function.
var sdkCall = &catalog.Model{Waits: &catalog.Waits{}}

// kindWait is the kind of a call that only waits; it is in no flow of the Model.
const kindWait EffectKind = "wait"

// leavesRequest reports whether a call of a library that the catalog does not know waits with a context that the calling
// function makes itself. Left out are functions that make something to keep, such as clients and pools, which rightly live
// longer than the request that happens to need them first.
func leavesRequest(fn *function, call int32) bool {
	c := &fn.Calls[call]
	if c.Ctx < 0 || c.Defer || c.Callee == "" || !madeHere(fn, c.Args[c.Ctx], 4) || !fn.gives(call, "error") {
		return false
	}
	name := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
	for _, prefix := range [...]string{"New", "Open", "Dial", "Connect", "Must", "Init", "Load", "Close", "Shutdown", "Stop", "Disconnect", "Wait", "Acquire", "Start", "Run", "Listen", "Serve"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	for _, path := range [...]string{"context.", "log/", "os/", "runtime/", "testing.", "go.uber.org/zap", "golang.org/x/", "go.opentelemetry.io/", "github.com/go-playground/validator"} {
		if strings.HasPrefix(c.Callee, path) {
			return false
		}
	}
	return true
}

// madeHere reports whether a context is context.Background() or TODO() of this very function, or derived from that here.
func madeHere(fn *function, v int32, depth int) bool {
	val := &fn.Values[v]
	if depth == 0 {
		return false
	}
	switch val.Op {
	case effects.OpConvert, effects.OpIface:
		return madeHere(fn, val.Args[0], depth-1)
	case effects.OpCall:
		c := &fn.Calls[val.Args[0]]
		switch c.Callee {
		case "context.Background", "context.TODO":
			return true
		case "context.WithCancel", "context.WithTimeout", "context.WithDeadline", "context.WithValue":
			return madeHere(fn, c.Args[0], depth-1)
		}
	}
	return false
}

// addWait keeps a call that waits with a context which is not the request's.
func (fl *flow) addWait(e effect, m *catalog.Waits, at site) {
	if fl.endpoint == nil {
		return
	}
	fl.context(&e, m.Context, at)
	if e.Context == "background" || e.Context == "todo" {
		e.Kind, e.Func = kindWait, calledName(at.frame, at.call)
		fl.waits = append(fl.waits, &e)
	}
}
