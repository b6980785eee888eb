package arch

import (
	"slices"
	"strings"
)

// This file finds what a request does only because something else that it did went wrong, and what is taken back so.

// undoes reports whether an effect is only reached when another one before it has failed, or has answered what leads to
// something being taken back: a compensation.
func (fl *flow) undoes(e *effect) bool {
	return fl.onFailure(e.at) || takesBack(e) && !fl.cancels() && slices.ContainsFunc(fl.effects, func(failed *effect) bool {
		return failed != e && fl.process.answered(failed, e)
	})
}

// compensated reports whether a flow changes the same place again when something after the change has failed.
func (fl *flow) compensated(c *effect) bool {
	return slices.ContainsFunc(fl.effects, func(e *effect) bool {
		return e != c && e.Kind == c.Kind && e.To == c.To && e.Store == c.Store && e.Broker == c.Broker && fl.undoes(e) && follows(c.at, e.at)
	})
}

// onFailure reports whether control gets to a site only where an effect of the flow gave an error. A flow has thousands of
// effects in large programs, so they are not asked one by one: what counts is which calls of the functions on the way down to
// the site lead to any.
func (fl *flow) onFailure(at site) bool {
	if fl.leading == nil {
		fl.leading, fl.failed = map[*frame][]int32{}, map[site]bool{}
		for _, e := range fl.effects {
			for f, call := e.at.frame, e.at.call; f != nil && call >= 0; f, call = f.parent, f.call {
				if w := f.whole(); !slices.Contains(fl.leading[w], call) {
					fl.leading[w] = append(fl.leading[w], call)
				}
			}
		}
	}
	if at.frame == nil || at.call < 0 {
		return false
	}
	failed, known := fl.failed[at]
	if !known {
		failed = slices.ContainsFunc(fl.leading[at.frame.whole()], func(call int32) bool { return at.frame.fn.afterError(call, at.call) }) ||
			fl.onFailure(site{at.frame.parent, at.frame.call})
		fl.failed[at] = failed
	}
	return failed
}

// afterError reports whether a function gets to the call b only where the call a gave an error.
func (fn *function) afterError(a, b int32) bool {
	from, to := fn.Calls[a].Block, fn.Calls[b].Block
	if a == b || !fn.dominates(from, to) {
		return false
	}
	pair := [2]int32{a, b}
	if after, known := fn.afterErrors[pair]; known {
		return after
	}
	after := false
	for i := range fn.Blocks {
		block := &fn.Blocks[i]
		failed, fine, ok := fn.errorWays(block)
		if !ok || !fn.dominates(from, int32(i)) || !fn.dominates(int32(i), to) || !fn.derives(block.Cond, a, true) {
			continue
		}
		if fn.reaches(failed, to, int32(i)) && !fn.reaches(fine, to, int32(i)) {
			after = true
			break
		}
	}
	if fn.afterErrors == nil {
		fn.afterErrors = map[[2]int32]bool{}
	}
	fn.afterErrors[pair] = after
	return after
}

// answered reports whether what an effect answered, and not only that it went well, decides whether another is reached.
func (p *process) answered(g, e *effect) bool {
	common, gCall, eCall := meet(g.at, e.at)
	return common != nil && gCall != eCall && p.decides(common.fn, gCall, eCall, false)
}

// cancels reports whether a request is itself there to take something back: what it then cancels elsewhere is its purpose.
func (fl *flow) cancels() bool {
	if fl.endpoint == nil {
		return false
	}
	handler := fl.endpoint.Handler
	return strings.HasPrefix(fl.endpoint.ID, "DELETE ") || undoing(fl.endpoint.ID[strings.LastIndexByte(fl.endpoint.ID, '/')+1:]) ||
		undoing(handler[strings.LastIndexByte(handler, '.')+1:])
}

// takesBack reports whether a request is named after undoing something.
func takesBack(e *effect) bool {
	return e.Kind == KindCall && undoing(e.ID[strings.LastIndexByte(e.ID, '/')+1:])
}

func undoing(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"release", "cancel", "refund", "undo", "revert", "rollback", "void", "compensate", "restore"},
		func(verb string) bool { return strings.HasPrefix(name, verb) })
}
