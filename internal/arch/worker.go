package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// This file finds workers that no library runs: for { fetch; do; sleep }. Such a loop makes a main package a service when it
// waits between its rounds (a sleep, a ticker), does something to the world outside, and has no end of its own: it only
// leaves when it is told to (a context that is done, a signal) or fails. A loop that leaves when it has succeeded is a
// retry, one that counts comes to its end, and the program around both is a job.

// works reports whether what main waits for holds the loop of a worker that does something.
func (k *walk) works() bool {
	for _, h := range k.hits {
		m := h.model
		if m.Call == nil && m.Data == nil && m.Publish == nil {
			continue
		}
		for f, call := h.frame, h.call; f != nil && call >= 0; f, call = f.parent, f.call {
			if !f.async && !f.fn.Calls[call].Go && f.fn.waitsInLoop(f.fn.Calls[call].Block) {
				return true
			}
		}
	}
	return false
}

// endless reports whether some call of a function stands in the loop of a worker.
func (fn *function) endless() bool {
	for i := range fn.Calls {
		if b := fn.Calls[i].Block; fn.Blocks[b].Cycle && fn.waitsInLoop(b) {
			return true
		}
	}
	return false
}

// waitsInLoop reports whether a block stands in a loop that waits in every round and has no end of its own.
func (fn *function) waitsInLoop(block int32) bool {
	if !fn.Blocks[block].Cycle || fn.Blocks[block].Loop > 0 {
		return false
	}
	var sleeps []int32
	for i := range fn.Calls {
		switch c := &fn.Calls[i]; c.Callee {
		case "time.Sleep", "time.After", "time.Tick", "time.NewTimer":
			sleeps = append(sleeps, c.Block)
		}
	}
	ticks := fn.ticks()
	if len(sleeps) == 0 && !ticks {
		return false
	}
	body := fn.cycle(block)
	if !ticks && !slices.ContainsFunc(sleeps, func(b int32) bool { return body[b] }) {
		return false
	}
	for b := range body {
		for i, s := range fn.Blocks[b].Succs {
			if !body[s] && !fn.toldToLeave(fn.Blocks[b].Cond, i == 0) {
				return false
			}
		}
	}
	return true
}

// cycle lists the blocks that a block reaches and that reach it.
func (fn *function) cycle(block int32) map[int32]bool {
	from := func(start int32) map[int32]bool {
		seen := map[int32]bool{}
		work := append([]int32{}, fn.Blocks[start].Succs...)
		for len(work) > 0 {
			b := work[len(work)-1]
			work = work[:len(work)-1]
			if !seen[b] {
				seen[b] = true
				work = append(work, fn.Blocks[b].Succs...)
			}
		}
		return seen
	}
	body := map[int32]bool{block: true}
	for b := range from(block) {
		if from(b)[block] {
			body[b] = true
		}
	}
	return body
}

// ticks reports whether a function receives from a ticker or timer.
func (fn *function) ticks() bool {
	for i := range fn.Values {
		if v := &fn.Values[i]; v.Op == effects.OpElem && len(v.Args) == 1 && strings.HasSuffix(fn.Values[v.Args[0]].Type, "chan time.Time") {
			return true
		}
	}
	return false
}

// toldToLeave reports whether a loop leaves because it is told to, or because of an error: which case of a select was
// chosen, a closed channel, an error that is not nil. when is the outcome of the condition that leaves.
func (fn *function) toldToLeave(cond int32, when bool) bool {
	if cond < 0 {
		return false
	}
	v := &fn.Values[cond]
	switch v.Op {
	case effects.OpUnknown:
		return true // whether a channel is open
	case effects.OpNot:
		return fn.toldToLeave(v.Args[0], !when)
	case effects.OpBinary:
		if v.Str != "==" && v.Str != "!=" {
			return false
		}
		for i, a := range v.Args {
			other := &fn.Values[v.Args[1-i]]
			switch {
			case fn.Values[a].Op == effects.OpUnknown && other.Op == effects.OpConst:
				return true // the chosen case
			case other.Op == effects.OpConst && other.Str == "nil" && fn.Values[a].Type == "error":
				return (v.Str == "!=") == when
			}
		}
	case effects.OpCall:
		// if errors.Is(err, context.Canceled) { return }
		return fn.Calls[v.Args[0]].Callee == "errors.Is" && when
	}
	return false
}
