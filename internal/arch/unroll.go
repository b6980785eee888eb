package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// A table of routes is registered in a loop:
//
//	for _, r := range []route{{"GET", "/users", list}, {"POST", "/users", add}} {
//		mux.HandleFunc(r.method+" "+r.path, r.handle)
//	}
//
// Evaluated one by one, r.path and r.handle may each be of either element, and every path would get every handler. So a walk
// over main takes a loop over a known collection apart: for each element the frame gets a variant in which the loop is at
// that element. Only what depends on the element has a value of its own in a variant; for everything else the variant asks
// its base, so that what is made before the loop stays one object.
//
// The same is done below a handler for loops that call what the elements are: the steps of a list of steps are what is written
// there, one after the other, and not as many as there is data.

// loop is a loop over a collection, as far as its values say: all loops of a function by one index, or over one map.
type loop struct {
	elems []int32 // the Values that are an element, or the address of one
	keys  []int32 // the Values that are a map's key
	// of and calls are the Values and calls that depend on which element the loop is at.
	of    []bool
	calls []bool
	// fills: elements are put into another map or list.
	fills bool
	// accumulators are the variables that each round makes anew of what the round before left: h = middleware(h). The next
	// value of each, by its phi.
	accumulators map[int32]int32
	descending   bool // from the last element to the first
}

const (
	maxLoops  = 24  // of one function
	maxUnroll = 256 // elements of one loop
	// maxVariants is how many variants a world has before only loops that register endpoints are taken apart: large programs
	// range over so much at start-up that everything below would be walked many times. maxChained is the same for loops that
	// make a chain of their elements.
	maxVariants = 300
	maxChained  = 5000
)

// findLoops recognizes the loops of a function.
func (fn *function) findLoops() {
	at := map[int32]int{} // index or map -> its loop
	group := func(by int32) *loop {
		n, ok := at[by]
		if !ok {
			n = len(fn.loops)
			at[by] = n
			fn.loops = append(fn.loops, loop{})
		}
		return &fn.loops[n]
	}
	for i := range fn.Values {
		v := int32(i)
		switch val := &fn.Values[i]; val.Op {
		case effects.OpIndexPtr, effects.OpIndex:
			if len(val.Args) < 2 {
				continue
			}
			if op := fn.Values[val.Args[1]].Op; op == effects.OpPhi || op == effects.OpBinary {
				l := group(val.Args[1])
				l.elems = append(l.elems, v)
				l.descending = fn.countsDown(val.Args[1])
			}
		case effects.OpElem:
			if !isChan(fn.Values[val.Args[0]].Type) {
				l := group(val.Args[0])
				l.elems = append(l.elems, v)
			}
		case effects.OpKey:
			l := group(val.Args[0])
			l.keys = append(l.keys, v)
		}
	}
	if len(fn.loops) > maxLoops {
		fn.loops = nil // a parser or a table, not a registration
	}
	for i := range fn.loops {
		fn.depend(&fn.loops[i])
	}
}

// depend finds what depends on the element that a loop is at.
func (fn *function) depend(l *loop) {
	l.of, l.calls = make([]bool, len(fn.Values)), make([]bool, len(fn.Calls))
	for _, v := range slices.Concat(l.elems, l.keys) {
		l.of[v] = true
	}
	dependent := func(v int32) bool { return v >= 0 && l.of[v] }
	for changed := true; changed; {
		changed = false
		for i := range fn.Calls {
			c := &fn.Calls[i]
			if !l.calls[i] && (dependent(c.Func) || slices.ContainsFunc(c.Args, dependent)) {
				l.calls[i], changed = true, true
			}
		}
		for _, s := range fn.Stores {
			// A variable of the loop's body is another one in each round.
			if b := fn.base(s.Addr); !l.of[b] && (l.of[s.Val] || l.of[s.Addr]) && fn.Values[b].Op == effects.OpAlloc && fn.Values[b].N == 1 {
				l.of[b], changed = true, true
			}
		}
		for i := range fn.Values {
			if l.of[i] {
				continue
			}
			val := &fn.Values[i]
			if val.Op == effects.OpCall && l.calls[val.Args[0]] || val.Op != effects.OpCall && slices.ContainsFunc(val.Args, dependent) {
				l.of[i], changed = true, true
			}
		}
	}
	for i := range fn.Stores {
		l.fills = l.fills || fn.shared(l, i)
	}
	for i := range fn.Values {
		if next := fn.accumulates(l, int32(i)); next >= 0 {
			if l.accumulators == nil {
				l.accumulators = map[int32]int32{}
			}
			l.accumulators[int32(i)] = next
		}
	}
	for i := range fn.Values {
		if val := &fn.Values[i]; val.Op == effects.OpAppend && len(val.Args) > 1 && l.of[val.Args[1]] {
			l.fills = true
		}
	}
}

// countsDown reports whether an index gets smaller from round to round.
func (fn *function) countsDown(index int32) bool {
	val := &fn.Values[index]
	return val.Op == effects.OpBinary && val.Str == "-" || val.Op == effects.OpPhi && slices.ContainsFunc(val.Args, func(a int32) bool {
		return fn.Values[a].Op == effects.OpBinary && fn.Values[a].Str == "-" && fn.Values[a].Args[0] == index
	})
}

// accumulates is what a variable becomes in each round of a loop, of its value before; negative where it is no such variable.
func (fn *function) accumulates(l *loop, v int32) int32 {
	val := &fn.Values[v]
	if val.Op != effects.OpPhi || len(val.Args) != 2 || !l.of[v] {
		return -1
	}
	first, next := val.Args[0], val.Args[1]
	if l.of[first] {
		first, next = next, first
	}
	if l.of[first] || !l.of[next] || fn.Values[next].Op == effects.OpAppend || !fn.madeOf(next, v, map[int32]bool{}) {
		return -1 // what is appended keeps its rounds apart by itself (see parts)
	}
	return next
}

// madeOf reports whether a value is made of another, or of what a call gives for it.
func (fn *function) madeOf(v, of int32, seen map[int32]bool) bool {
	if v == of || v < 0 || seen[v] {
		return v == of
	}
	seen[v] = true
	args := fn.Values[v].Args
	if fn.Values[v].Op == effects.OpCall {
		args = fn.Calls[args[0]].Args
	}
	return slices.ContainsFunc(args, func(a int32) bool { return fn.madeOf(a, of, seen) })
}

// accumulated evaluates a variable that a loop makes anew in each round: in a round it is what the round before left, and
// behind the loop what the last one did.
func (w *world) accumulated(f *frame, v int32) (out []*object, ok bool) {
	for g := f; g.base != nil; g = g.base {
		next, ok := g.loop.accumulators[v]
		if !ok {
			continue
		}
		before := g.round - 1
		if g.loop.descending {
			before = g.round + 1
		}
		if rounds := g.base.unrolled[g.n]; 0 <= before && before < len(rounds) {
			return w.eval(rounds[before], next), true
		}
		for _, arg := range f.fn.Values[v].Args {
			if arg != next {
				out = w.eval(f, arg)
			}
		}
		return out, true
	}
	for n := range f.fn.loops {
		l := &f.fn.loops[n]
		next, ok := l.accumulators[v]
		if !ok {
			continue
		}
		rounds := f.unrolled[n]
		if rounds == nil && f.fn.runs(l, l.calls) && w.variants <= maxChained {
			rounds = w.unroll(f, n) // somebody asks before the walk has come here
		}
		if rounds != nil {
			last := rounds[len(rounds)-1]
			if l.descending {
				last = rounds[0]
			}
			return w.eval(last, next), true
		}
	}
	return nil, false
}

// unchanged reports whether a value is what the round before left, of a loop that a frame is in a round of.
func (f *frame) unchanged(v int32) bool {
	for ; f.base != nil; f = f.base {
		if _, ok := f.loop.accumulators[v]; ok {
			return true
		}
	}
	return false
}

// shared reports whether a store puts something of the element into what outlives the round of the loop.
func (fn *function) shared(l *loop, store int) bool {
	s := fn.Stores[store]
	return (l.of[s.Addr] || l.of[s.Val]) && !l.of[fn.base(s.Addr)]
}

// unroll gives the variants of a frame for the elements of a loop, none where the collection is not known or leaves no choice.
func (w *world) unroll(f *frame, n int) []*frame {
	l := &f.fn.loops[n]
	values := map[int32][][]*object{} // per Value, its objects by element
	count := 0
	for _, v := range slices.Concat(l.elems, l.keys) {
		val := &f.fn.Values[v]
		var all [][]*object
		for _, o := range w.eval(f, val.Args[0]) {
			if val.Op == effects.OpKey || val.Op == effects.OpElem {
				all = append(all, w.pairs(o, val.Op == effects.OpKey)...)
			} else {
				all = append(all, w.parts(o, map[*object]bool{})...)
			}
		}
		values[v] = all
		count = max(count, len(all))
	}
	if count == 0 || count == 1 && len(l.accumulators) == 0 || count > maxUnroll {
		return nil
	}
	for v, all := range values {
		if len(all) != count {
			delete(values, v) // another collection by the same index, of which too little is known
		}
	}
	if f.unrolled == nil {
		f.unrolled = map[int][]*frame{}
	}
	var out []*frame
	for i := range count {
		k := frameKey{parent: f.id, call: int32(i), fn: f.fn, cval: int32(n), variant: true}
		variant := w.frames[k]
		if variant == nil {
			copied := *f
			variant = &copied
			variant.id, variant.base, variant.loop, variant.n, variant.round, variant.unrolled = len(w.frames)+1, f, l, n, i, nil
			variant.answers, variant.targets, variant.live, variant.liveRound = nil, nil, nil, 0
			w.frames[k] = variant
			w.framesOf[f.fn] = append(w.framesOf[f.fn], variant)
			w.variants++
		}
		variant.picked = map[int32][]*object{}
		for v, all := range values {
			variant.picked[v] = all[i]
		}
		w.pending = append(w.pending, variant)
		out = append(out, variant)
	}
	f.unrolled[n] = out
	w.flush()
	return out
}

// parts are the elements of a list, each with what it may be.
func (w *world) parts(o *object, seen map[*object]bool) [][]*object {
	o = unbox(o)
	if seen[o] || len(seen) > maxUnroll {
		return nil
	}
	seen[o] = true
	var out [][]*object
	within := func(objs []*object) {
		for _, o := range objs {
			out = append(out, w.parts(o, seen)...)
		}
	}
	switch o.kind {
	case listObject:
		for _, e := range o.frame.fn.Values[o.val].Args {
			if objs := w.eval(o.frame, e); len(objs) > 0 {
				out = append(out, objs)
			}
		}
	case appendObject:
		for _, arg := range o.frame.fn.Values[o.val].Args {
			for _, f := range o.frame.rounds(arg) {
				within(w.eval(f, arg))
			}
		}
	case makeObject:
		for _, e := range w.stored(w.field(o, "[]", "")) {
			out = append(out, one(e))
		}
	case ptrObject, globalObject:
		within(w.load(o))
	case allocObject:
		for _, s := range w.storesUnder(o) {
			out = append(out, w.eval(s.frame, s.frame.fn.Stores[s.index].Val))
		}
		within(w.stored(o))
	}
	return out
}

// pairs are the keys, or the values in the same order, of a map.
func (w *world) pairs(o *object, keys bool) [][]*object {
	maps := one(unbox(o))
	if k := maps[0].kind; k == ptrObject || k == globalObject {
		maps = w.load(maps[0])
	}
	w.flush()
	var out [][]*object
	for _, m := range maps {
		for _, s := range w.storesTo(w.field(unbox(m), "[]", "")) {
			st := s.frame.fn.Stores[s.index]
			v := st.Val
			if addr := &s.frame.fn.Values[st.Addr]; keys {
				if len(addr.Args) < 2 {
					return nil
				}
				v = addr.Args[1]
			}
			out = append(out, w.eval(s.frame, v))
		}
	}
	return out
}

// rounds are the frames in which a value of a frame is to be evaluated: its variants, where it depends on an element.
func (f *frame) rounds(v int32) []*frame {
	for n := range f.fn.loops {
		if variants := f.unrolled[n]; variants != nil && f.fn.loops[n].of[v] {
			return variants
		}
	}
	return []*frame{f}
}

// storesTo lists the stores to an address. Those of a loop that is taken apart are made by its variants.
func (w *world) storesTo(addr *object) []boundStore {
	all := addr.stores
	superseded := func(s boundStore) bool {
		for n := range s.frame.unrolled {
			if s.frame.fn.shared(&s.frame.fn.loops[n], s.index) {
				return true
			}
		}
		return false
	}
	if slices.ContainsFunc(all, superseded) {
		return slices.DeleteFunc(slices.Clone(all), superseded)
	}
	return all
}

// calls walks the calls of a frame that are in within (nil: all). Loops from the n-th on are taken apart where they matter.
func (k *walk) calls(f *frame, within []bool, n int) {
	var taken []bool
	type round struct {
		frame *frame
		loop  int
		calls []bool
	}
	var rounds []round
	for ; n < len(f.fn.loops) && (k.startup || f != k.root || f.parent == nil); n++ {
		l := &f.fn.loops[n]
		mine := make([]bool, len(l.calls))
		for i, dependent := range l.calls {
			mine[i] = dependent && (within == nil || within[i]) && (taken == nil || !taken[i])
		}
		runs := f.fn.runs(l, mine)
		// Decorators that a loop puts around each other are cheaper taken apart than not: else each calls all of them.
		chains := runs && len(l.accumulators) > 0 && k.w.variants <= maxChained
		if !chains && !k.startup && (!runs || k.w.variants > 2*maxVariants || k.w.grows(f, l)) {
			continue
		}
		if !chains && k.startup && !k.registers(f, mine) && (!l.fills && !k.wires(f, mine) || k.w.variants > maxVariants) {
			continue
		}
		variants := k.w.unroll(f, n)
		if variants == nil {
			continue
		}
		if taken == nil {
			taken = make([]bool, len(l.calls))
		}
		for i, m := range mine {
			taken[i] = taken[i] || m
		}
		for _, v := range variants {
			rounds = append(rounds, round{v, n, mine})
		}
	}
	for i := range f.fn.Calls {
		if (within == nil || within[i]) && (taken == nil || !taken[i]) && !k.w.dead(f, f.fn.Calls[i].Block) {
			k.call(f, int32(i))
		}
	}
	for _, r := range rounds {
		k.calls(r.frame, r.calls, r.loop+1)
	}
}

// runs reports whether one of the calls calls the element that a loop is at: a step of a list of steps, a strategy.
func (fn *function) runs(l *loop, calls []bool) bool {
	for i, in := range calls {
		c := &fn.Calls[i]
		if in && (c.Iface != "" && l.of[c.Args[0]] || c.Callee == "" && c.Iface == "" && c.Func >= 0 && l.of[c.Func]) {
			return true
		}
	}
	return false
}

// whole is the frame that a variant is made of; a frame that is none is whole itself.
func (f *frame) whole() *frame {
	for f.base != nil {
		f = f.base
	}
	return f
}

// roundsOf are the rounds of the loops around a call that a frame is at, the outermost first.
func (f *frame) roundsOf(call int32) []int {
	var out []int
	for ; f.base != nil; f = f.base {
		if f.loop.calls[call] {
			out = append(out, f.round)
		}
	}
	slices.Reverse(out)
	return out
}

// perElement reports whether a call is made once per element of a collection, and that is not what is called there.
func (f *frame) perElement(call int32) bool {
	loops := f.fn.dataLoops(call)
	for v := f; v.base != nil; v = v.base {
		if v.loop.calls[call] && v.fn.runs(v.loop, v.loop.calls) {
			loops--
		}
	}
	return loops > 0
}

// grows reports whether a loop appends to one of the collections that a loop is over: how many elements they have, data says.
func (w *world) grows(f *frame, l *loop) bool {
	return slices.ContainsFunc(slices.Concat(l.elems, l.keys), func(v int32) bool {
		return slices.ContainsFunc(w.eval(f, f.fn.Values[v].Args[0]), func(o *object) bool {
			o = unbox(o)
			return o.kind == appendObject && o.frame.fn.mergesWith(o.frame.fn.Values[o.val].Args[0], o.val, 6)
		})
	})
}

// mergesWith reports whether a value may be another one, of an earlier round of a loop.
func (fn *function) mergesWith(v, other int32, depth int) bool {
	return v == other || depth > 0 && fn.Values[v].Op == effects.OpPhi && slices.ContainsFunc(fn.Values[v].Args, func(a int32) bool {
		return fn.mergesWith(a, other, depth-1)
	})
}

// yields reports whether a frame is in the body of a range over a function, which runs once per element: of slices.Chunk, that
// is once per batch.
func (f *frame) yields() bool {
	if !f.fn.Yield || f.parent == nil || f.call < 0 {
		return f.fn.Yield
	}
	seq := f.parent.fn.Calls[f.call].Func
	if seq < 0 || f.parent.fn.Values[seq].Op != effects.OpCall {
		return true
	}
	return f.parent.fn.Calls[f.parent.fn.Values[seq].Args[0]].Callee != "slices.Chunk"
}

// registers reports whether one of the calls registers an endpoint, or is a plain way to one that does.
func (k *walk) registers(f *frame, calls []bool) bool {
	for i, in := range calls {
		if !in {
			continue
		}
		if fn := k.w.prog.funcs[f.fn.Calls[i].Callee]; fn != nil && fn.registers || fn == nil && f.fn.models != nil && registersOne(f.fn.models[i]) {
			return true
		}
	}
	return false
}

// wires reports whether one of the calls may tell what the process is: a library's with a model, or a way to one.
func (k *walk) wires(f *frame, calls []bool) bool {
	for i, in := range calls {
		if !in {
			continue
		}
		c := &f.fn.Calls[i]
		if fn := k.w.prog.funcs[c.Callee]; fn != nil {
			if k.wants(fn) {
				return true
			}
			continue
		}
		if c.Callee == "" || c.Iface != "" && !strings.Contains(c.Iface, "/log") || f.fn.models != nil && f.fn.models[i] != nil {
			return true
		}
	}
	return false
}
