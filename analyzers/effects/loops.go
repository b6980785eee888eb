package effects

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// collectionLoops counts, per block, the loops over a collection that hold it, and says which blocks any loop holds. A loop over a collection runs its body once
// per element, so a call in it costs as often as there is data; a server's endless loop or a retry with a constant bound
// does not.
func collectionLoops(fn *ssa.Function) (depth []int16, cycle []bool) {
	depth = make([]int16, len(fn.Blocks))
	cycle = make([]bool, len(fn.Blocks))
	for _, header := range fn.Blocks {
		body := naturalLoop(header)
		data := body != nil && overCollection(header, body)
		for b := range body {
			cycle[b.Index] = true
			if data {
				depth[b.Index]++
			}
		}
	}
	return depth, cycle
}

// naturalLoop is the set of blocks of the loops whose header is the given block, nil if it is no loop header.
func naturalLoop(header *ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	var body map[*ssa.BasicBlock]bool
	var work []*ssa.BasicBlock
	for _, pred := range header.Preds {
		if !header.Dominates(pred) {
			continue
		}
		if body == nil {
			body = map[*ssa.BasicBlock]bool{header: true}
		}
		if !body[pred] {
			body[pred] = true
			work = append(work, pred)
		}
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, pred := range b.Preds {
			if !body[pred] {
				body[pred] = true
				work = append(work, pred)
			}
		}
	}
	return body
}

// overCollection tells a loop over data from a retry or server loop, by the block names that the SSA builder gives to
// range statements and, for three-clause loops, by a bound that is not constant.
func overCollection(header *ssa.BasicBlock, body map[*ssa.BasicBlock]bool) bool {
	switch {
	case strings.HasPrefix(header.Comment, "rangeindex"), strings.HasPrefix(header.Comment, "rangeiter"):
		return true
	case strings.HasPrefix(header.Comment, "rangechan"):
		return false
	}
	for _, instr := range header.Instrs {
		// for { x, err := it.Next(); if err == iterator.Done { break } ... }
		if call, ok := instr.(*ssa.Call); ok && steps(call.Common()) {
			return true
		}
	}
	branch, ok := header.Instrs[len(header.Instrs)-1].(*ssa.If)
	if !ok {
		// Loops whose condition stands at the end (rangeint): look at the block that jumps back.
		for _, pred := range header.Preds {
			if body[pred] {
				if last, isIf := pred.Instrs[len(pred.Instrs)-1].(*ssa.If); isIf {
					branch = last
				}
			}
		}
	}
	if branch == nil {
		return false
	}
	return countsTo(branch.Cond) || usesUp(branch.Cond, body)
}

// countsTo reports whether a condition compares a counter with something that is not constant.
func countsTo(cond ssa.Value) bool {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	switch cmp.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.NEQ:
	default:
		return false
	}
	counter, bound := cmp.X, cmp.Y
	if !isCounter(counter) {
		counter, bound = bound, counter
	}
	if !isCounter(counter) {
		return false
	}
	_, constant := bound.(*ssa.Const)
	return !constant && byOne(counter)
}

// byOne reports whether a counter goes from one element to the next. In larger steps, a loop goes from batch to batch.
func byOne(counter ssa.Value) bool {
	if next, ok := counter.(*ssa.BinOp); ok {
		counter = next.X
	}
	for _, edge := range counter.(*ssa.Phi).Edges {
		if next, ok := edge.(*ssa.BinOp); ok && next.X == counter {
			step, ok := next.Y.(*ssa.Const)
			return ok && (step.Value.ExactString() == "1" || step.Value.ExactString() == "-1")
		}
	}
	return true
}

// usesUp reports whether a condition asks whether anything is left of a slice from which the loop takes the first element.
//
//	for len(todo) > 0 { next := todo[0]; todo = todo[1:] }
func usesUp(cond ssa.Value, body map[*ssa.BasicBlock]bool) bool {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	length, ok := cmp.X.(*ssa.Call)
	if !ok {
		return false
	}
	if builtin, ok := length.Call.Value.(*ssa.Builtin); !ok || builtin.Name() != "len" {
		return false
	}
	left := variable(length.Call.Args[0])
	for block := range body {
		for _, instr := range block.Instrs {
			if rest, ok := instr.(*ssa.Slice); ok && rest.High == nil && variable(rest.X) == left {
				if low, ok := rest.Low.(*ssa.Const); ok && low.Int64() == 1 {
					return true
				}
			}
		}
	}
	return false
}

// variable is the address that a value is loaded from, else the value.
func variable(v ssa.Value) ssa.Value {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		return load.X
	}
	return v
}

func isCounter(v ssa.Value) bool {
	if add, ok := v.(*ssa.BinOp); ok && (add.Op == token.ADD || add.Op == token.SUB) {
		v = add.X
	}
	_, ok := v.(*ssa.Phi)
	return ok
}

// steps reports whether a call moves an iterator on, as rows.Next() and scanner.Scan() do.
func steps(c *ssa.CallCommon) bool {
	switch calleeName(c) {
	case "Next", "Scan", "More", "HasNext":
		return true
	}
	return false
}

func calleeName(c *ssa.CallCommon) string {
	if c.IsInvoke() {
		return c.Method.Name()
	}
	if fn := c.StaticCallee(); fn != nil {
		return fn.Name()
	}
	return ""
}
