package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// dead reports whether a block of a frame cannot run in this world, because a role switch has another value, or because
// the caller passes nil for what the block needs.
func (w *world) dead(f *frame, block int32) bool {
	if !w.decides(f.fn) {
		return false
	}
	if f.liveRound != w.round {
		f.live, f.liveRound = nil, w.round // conditions that need this very answer see every block alive
		outer := w.cut
		w.cut = noCut
		live := w.liveBlocks(f)
		cut := w.cut < noCut
		w.cut = min(w.cut, outer)
		if cut && f.liveCuts < maxLiveCuts {
			// A condition hangs on a value whose evaluation asks this: what is dead shows when it has ended.
			f.liveCuts++
			f.liveRound = 0
			return !live[block]
		}
		f.live = live
	}
	return f.live != nil && !f.live[block]
}

const maxLiveCuts = 8

// liveIn names the blocks of a frame that can run, by a sign each; "" where all can.
func (w *world) liveIn(f *frame) string {
	w.dead(f, 0) // finds out
	if !w.decides(f.fn) || !slices.Contains(f.live, false) {
		return ""
	}
	signs := make([]byte, len(f.live))
	for i, live := range f.live {
		signs[i] = '-'
		if live {
			signs[i] = '+'
		}
	}
	return string(signs)
}

// decides reports whether the world may know the outcome of a branch of a function: see decide.
func (w *world) decides(fn *function) bool {
	return fn.selects || fn.testsNil || fn.compares && len(w.assume) > 0
}

func (w *world) liveBlocks(f *frame) []bool {
	live := make([]bool, len(f.fn.Blocks))
	work := []int32{0}
	live[0] = true
	for len(work) > 0 {
		b := &f.fn.Blocks[work[len(work)-1]]
		work = work[:len(work)-1]
		succs := b.Succs
		if b.Cond >= 0 && len(succs) == 2 {
			switch w.decide(f, b.Cond) {
			case yes:
				succs = succs[:1]
			case no:
				succs = succs[1:]
			}
		}
		for _, s := range succs {
			if !live[s] {
				live[s] = true
				work = append(work, s)
			}
		}
	}
	return live
}

// deadEdge reports whether control cannot come from the i-th of the blocks before a phi: that block cannot run, or branches
// away. In `if name != "" { name = "." + name }` the block before the branch runs in any case.
func (w *world) deadEdge(f *frame, preds []int32, i int) bool {
	from := preds[i]
	if w.dead(f, from) {
		return true
	}
	b := &f.fn.Blocks[from]
	if !w.decides(f.fn) || b.Cond < 0 || len(b.Succs) != 2 {
		return false
	}
	taken := b.Succs
	switch w.decide(f, b.Cond) {
	case yes:
		taken = taken[:1]
	case no:
		taken = taken[1:]
	}
	return !slices.ContainsFunc(taken, func(to int32) bool { // to the block of the phi, which follows all of them
		return !slices.ContainsFunc(preds, func(p int32) bool { return !slices.Contains(f.fn.Blocks[p].Succs, to) })
	})
}

type truth int

const (
	maybe truth = iota
	yes
	no
)

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return maybe
}

// decide evaluates a condition over a role switch or over what the caller passes.
func (w *world) decide(f *frame, cond int32) truth {
	v := &f.fn.Values[cond]
	switch v.Op {
	case effects.OpNot:
		return w.decide(f, v.Args[0]).not()
	case effects.OpParam, effects.OpLoad, effects.OpField:
		return w.isTrue(f, cond)
	case effects.OpCall:
		return w.asked(f, v)
	case effects.OpBinary:
		if t := w.relation(f, v); t != maybe {
			return t
		}
		if v.Str != "==" && v.Str != "!=" {
			return maybe
		}
		if t := w.decided(f, v); t != maybe {
			if v.Str == "!=" {
				t = t.not()
			}
			return t
		}
		t := maybe
		if x, ok := f.fn.nilTest(v); ok {
			if t = f.isNil(x); v.Str == "!=" {
				t = t.not()
			}
			return t
		}
		if len(w.assume) == 0 {
			return maybe
		}
		src, want, ok := w.comparison(f, v)
		if !ok {
			return maybe
		}
		value, assumed := w.assume[src.id()]
		if !assumed {
			return maybe
		}
		t = no
		if value == want {
			t = yes
		}
		if v.Str == "!=" {
			t = t.not()
		}
		return t
	}
	return maybe
}

// decided compares a constant with a text that the frame's caller passes, or that a loop's element holds: a helper that
// registers by `switch method`.
func (w *world) decided(f *frame, v *effects.Value) truth {
	if x, ok := f.fn.leading(v); ok {
		return w.leads(f, x)
	}
	want, x, ok := f.fn.selector(v)
	if !ok || f.fn.Values[x].Op != effects.OpParam && (f.base == nil || !f.loop.of[x]) {
		return maybe
	}
	t := maybe
	for _, text := range w.texts(w.eval(f, x)) {
		got, ok := text.constant()
		is := no
		if got == want {
			is = yes
		}
		if !ok || got == "" || t != maybe && t != is {
			return maybe
		}
		t = is
	}
	return t
}

// selector recognizes the comparison of a value with a constant text.
func (fn *function) selector(v *effects.Value) (constant string, x int32, ok bool) {
	if v.Op != effects.OpBinary || v.Str != "==" && v.Str != "!=" {
		return "", 0, false
	}
	for _, pair := range [2][2]int32{{v.Args[0], v.Args[1]}, {v.Args[1], v.Args[0]}} {
		if c := &fn.Values[pair[1]]; c.Op == effects.OpConst && c.Type == "string" && fn.Values[pair[0]].Op != effects.OpConst {
			return c.Str, pair[0], true
		}
	}
	return "", 0, false
}

// leading recognizes the comparison of a text's first byte with a slash.
func (fn *function) leading(v *effects.Value) (x int32, ok bool) {
	if v.Op != effects.OpBinary || v.Str != "==" && v.Str != "!=" {
		return 0, false
	}
	at, c := &fn.Values[v.Args[0]], &fn.Values[v.Args[1]]
	if at.Op != effects.OpIndex || len(at.Args) < 2 || c.Op != effects.OpConst || c.Str != "47" {
		return 0, false
	}
	i := &fn.Values[at.Args[1]]
	return at.Args[0], i.Op == effects.OpConst && i.Str == "0"
}

// leads reports whether a text begins with a slash, as generated clients ask of a path before they make it relative.
func (w *world) leads(f *frame, x int32) truth {
	t := maybe
	for _, text := range w.texts(w.eval(f, x)) {
		if len(text) == 0 || text[0].Kind != "" || text[0].Lit == "" {
			return maybe
		}
		is := no
		if text[0].Lit[0] == '/' {
			is = yes
		}
		if t != maybe && t != is {
			return maybe
		}
		t = is
	}
	return t
}

// findSelects notes whether the function branches by a constant that it is given, or that the element of a loop holds.
func (fn *function) findSelects() {
	for i := range fn.Blocks {
		if cond := fn.Blocks[i].Cond; cond >= 0 && !fn.selects {
			for fn.Values[cond].Op == effects.OpNot {
				cond = fn.Values[cond].Args[0]
			}
			if _, ok := fn.leading(&fn.Values[cond]); ok {
				fn.selects = true
				continue
			}
			_, x, _, compared := fn.comparedTo(&fn.Values[cond])
			if c, _, ok := fn.predicate(&fn.Values[cond]); ok {
				x = c.Args[0]
			} else if !compared {
				x = cond
			}
			fn.selects = fn.given(x) || (compared || readsField(fn.Values[x].Op)) && slices.ContainsFunc(fn.loops, func(l loop) bool { return l.of[x] })
		}
	}
}

func readsField(op effects.Op) bool { return op == effects.OpField || op == effects.OpLoad }

// comparesText reports whether a condition compares with a constant text, as one does that asks for a role.
func (fn *function) comparesText(cond int32) bool {
	v := &fn.Values[cond]
	for v.Op == effects.OpNot {
		v = &fn.Values[v.Args[0]]
	}
	return v.Op == effects.OpBinary && (v.Str == "==" || v.Str == "!=") && slices.ContainsFunc(v.Args, func(x int32) bool { return roleText(&fn.Values[x]) })
}

// roleText reports whether a value is a constant that may be a role's name.
func roleText(c *effects.Value) bool {
	return c.Op == effects.OpConst && c.Str != "" && c.Str != "nil" && (c.Type == "string" || strings.Contains(c.Type, "."))
}

// nilTest is the Value that a comparison compares with the nil constant.
func (fn *function) nilTest(v *effects.Value) (int32, bool) {
	if v.Op != effects.OpBinary || v.Str != "==" && v.Str != "!=" {
		return 0, false
	}
	for i, other := range [2]int32{v.Args[1], v.Args[0]} {
		if c := &fn.Values[other]; c.Op == effects.OpConst && c.Str == "nil" {
			return v.Args[i], true
		}
	}
	return 0, false
}

// isNil says whether a value is nil as far as the callers' arguments tell: a parameter is what the call passes, a captured
// variable that is never assigned again is the parameter that it was.
func (f *frame) isNil(v int32) truth {
	for range maxDepth {
		val := &f.fn.Values[v]
		switch val.Op {
		case effects.OpConst:
			if val.Str == "nil" {
				return yes
			}
			return no
		case effects.OpAlloc, effects.OpMake, effects.OpFunc, effects.OpClosure, effects.OpBound:
			return no
		case effects.OpIface:
			if f.fn.Values[val.Args[0]].Op == effects.OpConst {
				return no // a nil pointer in an interface is not nil
			}
			v = val.Args[0]
		case effects.OpConvert:
			v = val.Args[0]
		case effects.OpParam:
			if int(val.N) >= len(f.params) || f.params[val.N].frame == nil {
				return maybe
			}
			f, v = f.params[val.N].frame, f.params[val.N].val
		case effects.OpLoad:
			var ok bool
			if f, v, ok = f.assignedOnce(val.Args[0]); !ok {
				return maybe
			}
		default:
			return maybe
		}
	}
	return maybe
}

// variable is the variable that an address is the address of, in the frame that makes it.
func (f *frame) variable(addr int32) (*frame, int32, bool) {
	for f.fn.Values[addr].Op == effects.OpFree {
		i := f.fn.Values[addr].N
		if f.closure.frame == nil {
			return nil, 0, false
		}
		made := &f.closure.frame.fn.Values[f.closure.val]
		if int(i) >= len(made.Args) {
			return nil, 0, false
		}
		f, addr = f.closure.frame, made.Args[i]
	}
	return f, addr, f.fn.Values[addr].Op == effects.OpAlloc
}

// assignedOnce is what a variable holds that one store in its function sets and no closure assigns.
func (f *frame) assignedOnce(addr int32) (*frame, int32, bool) {
	f, addr, ok := f.variable(addr)
	if !ok {
		return nil, 0, false
	}
	found := int32(-1)
	for _, s := range f.fn.Stores {
		if s.Addr == addr {
			if found >= 0 {
				return nil, 0, false
			}
			found = s.Val
		}
	}
	return f, found, found >= 0 && !f.fn.leaked[addr] && !f.fn.assignedInClosure[addr]
}

// comparison recognizes the comparison of something from outside the program with a constant.
func (w *world) comparison(f *frame, v *effects.Value) (part, string, bool) {
	for _, pair := range [2][2]int32{{v.Args[0], v.Args[1]}, {v.Args[1], v.Args[0]}} {
		c := &f.fn.Values[pair[1]]
		if !roleText(c) {
			continue
		}
		objs := w.eval(f, pair[0])
		if len(objs) == 0 || len(objs) > 2 {
			continue
		}
		for _, o := range objs {
			if o = unbox(o); o.kind == textObject {
				if src, ok := o.text.source(); ok {
					return src, c.Str, true
				}
			}
		}
	}
	return part{}, "", false
}

// id names a role switch.
func (p part) id() string { return string(p.Kind) + ":" + p.Name }

// noteSwitch records that a value from outside is compared with a constant.
func (w *world) noteSwitch(src part, constant string) {
	id := src.id()
	if w.switches[id] == nil {
		w.switches[id] = map[string]bool{}
	}
	w.switches[id][constant] = true
}

// noteSwitches records the role switches that a frame branches on. A role is chosen near main, in code that leads to a
// server.
func (w *world) noteSwitches(f *frame) {
	if f.depth > 4 || !f.fn.serving {
		return
	}
	for i := range f.fn.Blocks {
		cond := f.fn.Blocks[i].Cond
		if cond < 0 {
			continue
		}
		v := &f.fn.Values[cond]
		for v.Op == effects.OpNot {
			v = &f.fn.Values[v.Args[0]]
		}
		if v.Op != effects.OpBinary || v.Str != "==" && v.Str != "!=" {
			continue
		}
		if src, constant, ok := w.comparison(f, v); ok {
			w.noteSwitch(src, constant)
		}
	}
}

func sortFrames(fs []*frame) {
	slices.SortFunc(fs, func(a, b *frame) int { return a.id - b.id })
}
