package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// A retry that is written out is a loop: it leaves where what it does went well, and comes round where that failed.
//
//	for attempt := range 3 {
//		if resp, err = client.Get(ctx, req); err == nil {
//			break
//		}
//		time.Sleep(pause)
//	}
//
// A loop that does something with each element of a collection comes round where it went well. One that tries the elements
// until one of them answers asks somebody else each time, so that nobody is asked twice.

// naturalLoop is a loop of a function's control flow: the block that is come back to, and all from which that happens.
type naturalLoop struct {
	header int32
	body   map[int32]bool
}

// naturalLoops lists the loops of a function, the smallest first.
func (fn *function) naturalLoops() []naturalLoop {
	var out []naturalLoop
	for header := range fn.Blocks {
		if !fn.Blocks[header].Cycle {
			continue
		}
		if body := fn.loopOf(int32(header)); body != nil {
			out = append(out, naturalLoop{int32(header), body})
		}
	}
	slices.SortStableFunc(out, func(a, b naturalLoop) int { return len(a.body) - len(b.body) })
	return out
}

// loopOf lists the blocks of the loop that comes back to a block, none where none does.
func (fn *function) loopOf(header int32) map[int32]bool {
	var body map[int32]bool
	var work []int32
	add := func(b int32) {
		if body == nil {
			body = map[int32]bool{header: true}
		}
		if !body[b] {
			body[b] = true
			work = append(work, b)
		}
	}
	for _, pred := range fn.preds[header] {
		if fn.dominates(header, pred) {
			add(pred)
		}
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, pred := range fn.preds[b] {
			add(pred)
		}
	}
	return body
}

// findRetries recognizes the calls that a loop makes again where they fail.
func (fn *function) findRetries() {
	var loops []naturalLoop
	for i := range fn.Values {
		v := &fn.Values[i]
		if v.Op != effects.OpCall || v.Type != "error" {
			continue
		}
		call := v.Args[0]
		c := &fn.Calls[call]
		if c.Go || c.Defer || !fn.Blocks[c.Block].Cycle {
			continue
		}
		if loops == nil {
			loops = fn.naturalLoops()
		}
		for _, l := range loops {
			if l.body[c.Block] && fn.failsInto(l, call) && !fn.ofElement(l, call) && !fn.ofAnswer(call) {
				if fn.retries == nil {
					fn.retries = map[int32]naturalLoop{}
				}
				fn.retries[call] = l
				break
			}
		}
	}
}

// dataLoops counts the loops over collections that hold a call. Attempts of the same are no collection, however many the
// configuration allows for.
func (fn *function) dataLoops(call int32) int {
	loops := int(fn.Blocks[fn.Calls[call].Block].Loop)
	if loops > 0 {
		if l, ok := fn.retries[call]; ok && fn.overCollection(l) {
			loops--
		}
	}
	return loops
}

// sendsAgain reports whether a function is a transport or an interceptor that hands a request on again where that failed.
func sendsAgain(fn *function) bool {
	for call := range fn.retries {
		if c := &fn.Calls[call]; c.Callee == "" && c.Iface == "" || c.Method == "RoundTrip" || strings.HasSuffix(c.Callee, ".RoundTrip") {
			return true
		}
	}
	return false
}

// failsInto reports whether a loop comes round to a call where it has failed, and leaves where it has not, or may do so for
// what it answered.
func (fn *function) failsInto(l naturalLoop, call int32) bool {
	from := fn.Calls[call].Block
	for b := range l.body {
		block := &fn.Blocks[b]
		if block.Cond < 0 || len(block.Succs) != 2 || !fn.dominates(from, b) {
			continue
		}
		failed, fine, ok := fn.onError(block, call)
		if ok && fn.comesRound(l, failed, from) && (!fn.comesRound(l, fine, from) || fn.answerLeaves(l, fine, call)) {
			return true
		}
	}
	return false
}

// onError gives the ways of a branch that asks for the error of a call: the one that is taken without an error, and the other.
func (fn *function) onError(block *effects.Block, call int32) (failed, fine int32, ok bool) {
	cond := &fn.Values[block.Cond]
	fine, failed = block.Succs[0], block.Succs[1]
	for cond.Op == effects.OpNot {
		cond = &fn.Values[cond.Args[0]]
		fine, failed = failed, fine
	}
	is, ok := fn.withoutError(cond, call)
	if !is {
		fine, failed = failed, fine
	}
	return failed, fine, ok
}

// withoutError is what a condition that asks for the error of a call is where there is none.
func (fn *function) withoutError(cond *effects.Value, call int32) (is, ok bool) {
	switch cond.Op {
	case effects.OpBinary:
		if cond.Str != "==" && cond.Str != "!=" {
			return false, false
		}
		for side, a := range cond.Args {
			other, none := &fn.Values[cond.Args[1-side]], "nil"
			if v := &fn.Values[a]; v.Op == effects.OpCall && fn.Calls[v.Args[0]].Callee == "google.golang.org/grpc/status.Code" {
				a, none = fn.Calls[v.Args[0]].Args[0], "0" // codes.OK
			}
			if other.Op == effects.OpConst && fn.errorOf(a, call, 6) {
				return (other.Str == none) == (cond.Str == "=="), true
			}
		}
	case effects.OpCall:
		// errors.Is(err, ErrBusy), or a predicate of one's own, such as retryable(err): not without an error.
		c := &fn.Calls[cond.Args[0]]
		return false, len(c.Args) > 0 && (len(c.Args) == 1 || strings.HasPrefix(c.Callee, "errors.")) && fn.errorOf(c.Args[0], call, 6)
	}
	return false, false
}

// errorOf reports whether a value is the error of a call, perhaps kept in a variable meanwhile.
func (fn *function) errorOf(v, call int32, depth int) bool {
	val := &fn.Values[v]
	if depth == 0 {
		return false
	}
	switch val.Op {
	case effects.OpCall:
		return val.Args[0] == call && val.Type == "error"
	case effects.OpPhi:
		return slices.ContainsFunc(val.Args, func(a int32) bool { return fn.errorOf(a, call, depth-1) })
	case effects.OpConvert, effects.OpIface:
		return fn.errorOf(val.Args[0], call, depth-1)
	case effects.OpLoad:
		return slices.ContainsFunc(fn.Stores, func(s effects.Store) bool {
			return s.Addr == val.Args[0] && fn.errorOf(s.Val, call, depth-1)
		})
	}
	return false
}

// comesRound reports whether a block leads to another one within a loop.
func (fn *function) comesRound(l naturalLoop, from, to int32) bool {
	seen := map[int32]bool{}
	work := []int32{from}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if !l.body[b] || seen[b] {
			continue
		}
		if b == to {
			return true
		}
		seen[b] = true
		work = append(work, fn.Blocks[b].Succs...)
	}
	return false
}

// answerLeaves reports whether a loop is left in the same round for what a call answered: a status that is fine.
func (fn *function) answerLeaves(l naturalLoop, from, call int32) bool {
	seen := map[int32]bool{l.header: true}
	work := []int32{from}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if !l.body[b] || seen[b] {
			continue
		}
		seen[b] = true
		block := &fn.Blocks[b]
		if block.Cond >= 0 && fn.derives(block.Cond, call, false) && slices.ContainsFunc(block.Succs, func(s int32) bool { return !l.body[s] }) {
			return true
		}
		work = append(work, block.Succs...)
	}
	return false
}

// ofElement reports whether a call depends on the element of a collection that a loop is at.
func (fn *function) ofElement(l naturalLoop, call int32) bool {
	over := fn.overCollection(l)
	return slices.ContainsFunc(fn.loops, func(e loop) bool {
		return e.calls[call] && slices.ContainsFunc(slices.Concat(e.elems, e.keys), func(v int32) bool {
			val := &fn.Values[v]
			if val.Op == effects.OpIndex || val.Op == effects.OpIndexPtr {
				_, counts := fn.counter(l, val.Args[1])
				return counts
			}
			return over
		})
	})
}

// overCollection reports whether a loop itself runs once per element, and not only one around it.
func (fn *function) overCollection(l naturalLoop) bool {
	around := int16(0)
	if d := fn.Blocks[l.header].Idom; d >= 0 {
		around = fn.Blocks[d].Loop
	}
	return fn.Blocks[l.header].Loop > around
}

// ofAnswer reports whether a call is made with what it answered before: the next page.
func (fn *function) ofAnswer(call int32) bool {
	return slices.ContainsFunc(fn.Calls[call].Args, func(a int32) bool { return fn.derives(a, call, true) })
}

// count is a variable that a loop counts with.
type count struct {
	phi     int32
	stepped bool // the value is the next round's
}

// counter reports whether a value is a variable that a loop counts with.
func (fn *function) counter(l naturalLoop, v int32) (count, bool) {
	c := count{phi: v}
	if val := &fn.Values[v]; val.Op == effects.OpBinary && (val.Str == "+" || val.Str == "-") {
		c = count{val.Args[0], true}
	}
	val := &fn.Values[c.phi]
	if val.Op != effects.OpPhi || len(val.Blocks) < 2 {
		return count{}, false
	}
	// A phi stands where the ways from its blocks meet.
	at := slices.Contains(fn.preds[l.header], val.Blocks[0]) && slices.Contains(fn.preds[l.header], val.Blocks[1])
	return c, at
}

// attempts is how often a retry loop makes a call at most, 0 where that is not known.
func (l naturalLoop) attempts(w *world, at site) int {
	fn := at.frame.fn
	number := func(v int32) (int, bool) { return w.number(w.eval(at.frame, v)) }
	for i := range fn.Blocks {
		b, block := int32(i), &fn.Blocks[i]
		if !l.body[b] || block.Cond < 0 || len(block.Succs) != 2 || l.body[block.Succs[0]] == l.body[block.Succs[1]] {
			continue
		}
		cond := &fn.Values[block.Cond]
		if cond.Op != effects.OpBinary {
			continue
		}
		for side, v := range cond.Args {
			c, ok := fn.counter(l, v)
			if !ok {
				continue
			}
			bound, known := number(cond.Args[1-side])
			first, starts := fn.first(l, c, number)
			if !known || !starts {
				continue
			}
			rounds := max(bound-first, first-bound)
			if stays := l.body[block.Succs[0]]; stays == (cond.Str == "<=" || cond.Str == ">=") && cond.Str != "==" && cond.Str != "!=" {
				rounds++ // for attempt := 1; attempt <= 3; attempt++
			}
			if !c.stepped && fn.dominates(fn.Calls[at.call].Block, b) {
				rounds++ // if attempt == 3 { return err }, when the attempt has been made
			}
			return rounds
		}
	}
	return 0
}

// first is the number that a loop begins to count with.
func (fn *function) first(l naturalLoop, c count, number func(int32) (int, bool)) (int, bool) {
	phi := &fn.Values[c.phi]
	for i, a := range phi.Args {
		if !l.body[phi.Blocks[i]] {
			return number(a)
		}
	}
	return 0, false
}
