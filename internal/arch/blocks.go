package arch

import (
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
)

// way reports whether control gets from one block of a function to another by steps that may be taken. A block gets to itself.
func (fn *function) way(from, to int32, may func(at, next int32) bool) bool {
	seen := make([]bool, len(fn.Blocks))
	work := []int32{from}
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		if at == to {
			return true
		}
		if seen[at] {
			continue
		}
		seen[at] = true
		for _, next := range fn.Blocks[at].Succs {
			if may(at, next) {
				work = append(work, next)
			}
		}
	}
	return false
}

// leads reports whether some way leads from one block to another; to itself, in a loop.
func (fn *function) leads(from, to int32) bool {
	return slices.ContainsFunc(fn.Blocks[from].Succs, func(next int32) bool {
		return fn.way(next, to, func(_, _ int32) bool { return true })
	})
}

// reaches reports whether control gets from one block to another without going through a third; -1 is no block.
func (fn *function) reaches(from, to, without int32) bool {
	return fn.way(from, to, func(at, _ int32) bool { return at != without })
}

// reachesAround reports whether control gets from one block to another without passing any of some blocks.
func (fn *function) reachesAround(from, to int32, around map[int32]bool) bool {
	return fn.way(from, to, func(at, _ int32) bool { return !around[at] })
}

// onward reports whether control gets from one block to another without going round a loop.
func (fn *function) onward(from, to int32) bool {
	return fn.way(from, to, func(at, next int32) bool { return !fn.dominates(next, at) })
}

// passes reports whether every way to the call b passes the call a.
func (fn *function) passes(a, b int32) bool {
	from, to := fn.Calls[a].Block, fn.Calls[b].Block
	return fn.dominates(from, to) && (from != to || a <= b)
}

// errorWays gives the ways of a branch that compares an error with nil: the one that is taken where there is one, and the other.
func (fn *function) errorWays(b *effects.Block) (failed, fine int32, ok bool) {
	if b.Cond < 0 || len(b.Succs) != 2 || !fn.isError(&fn.Values[b.Cond]) {
		return 0, 0, false
	}
	if fn.Values[b.Cond].Str == "==" {
		return b.Succs[1], b.Succs[0], true
	}
	return b.Succs[0], b.Succs[1], true
}

// isError reports whether a condition compares an error with nil.
func (fn *function) isError(cond *effects.Value) bool {
	x, ok := fn.nilTest(cond)
	return ok && fn.Values[x].Type == "error"
}
