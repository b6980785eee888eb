package effects

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// A variable that a closure captures stays a variable in SSA form, and a Summary does not say in which order it is stored
// and loaded. Where it is assigned again before any closure has it, that would make a circle of what is a chain:
//
//	h = route(h)
//	h = app(h)
//	mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { h(w, r) })
//
// So what a block stores, its later loads are, and a store that the same block overwrites before there is a closure is none.
// Variables that are written elsewhere, by a closure or through their address, are left as they are.

// orderCaptured finds the loads and stores of captured variables whose order is known.
func (b *builder) orderCaptured() {
	for _, block := range b.fn.Blocks {
		for _, instr := range block.Instrs {
			if alloc, ok := instr.(*ssa.Alloc); ok {
				if closures, ok := readers(alloc); ok && len(closures) > 0 {
					b.orderLoads(alloc, closures)
				}
			}
		}
	}
}

// readers are the closures that capture a variable, if they and its function do no more with it than load and store it, and
// only the function stores.
func readers(alloc *ssa.Alloc) (closures []*ssa.MakeClosure, ok bool) {
	for _, ref := range *alloc.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
		case *ssa.Store:
			if ref.Addr != alloc {
				return nil, false
			}
		case *ssa.MakeClosure:
			for i, bound := range ref.Bindings {
				if bound == alloc && !onlyLoaded(ref.Fn.(*ssa.Function).FreeVars[i]) {
					return nil, false
				}
			}
			closures = append(closures, ref)
		default:
			return nil, false
		}
	}
	return closures, true
}

func onlyLoaded(v *ssa.FreeVar) bool {
	for _, ref := range *v.Referrers() {
		switch ref.(type) {
		case *ssa.DebugRef, *ssa.UnOp:
		default:
			return false
		}
	}
	return true
}

func (b *builder) orderLoads(alloc *ssa.Alloc, closures []*ssa.MakeClosure) {
	for _, block := range b.fn.Blocks {
		var last *ssa.Store
		for i, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				if instr.Addr != alloc {
					continue
				}
				if last != nil && b.before(block, i, alloc, closures) {
					b.overwritten[last] = true
				}
				last = instr
			case *ssa.UnOp:
				if instr.Op == token.MUL && instr.X == alloc && last != nil {
					b.loaded[instr] = last.Val
				}
			}
		}
	}
}

// before reports whether an instruction comes before all closures are made.
func (b *builder) before(block *ssa.BasicBlock, i int, alloc *ssa.Alloc, closures []*ssa.MakeClosure) bool {
	if alloc.Block() != block && b.f.Blocks[block.Index].Cycle {
		return false // a closure of an earlier round
	}
	for _, c := range closures {
		if c.Block() != block && block.Dominates(c.Block()) {
			continue
		}
		late := false
		for _, instr := range block.Instrs[i:] {
			late = late || instr == c
		}
		if !late {
			return false
		}
	}
	return true
}
