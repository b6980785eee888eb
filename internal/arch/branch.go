package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// dead reports whether a block of a frame cannot run in this world, because a role switch has another value, or because
// the caller passes nil for what the block needs.
func (w *world) dead(f *frame, block int32) bool {
	if len(w.assume) == 0 && !f.fn.testsNil || len(f.fn.Blocks) == 1 {
		return false
	}
	if f.liveRound != w.round {
		f.live, f.liveRound = nil, w.round // conditions that need this very answer see every block alive
		f.live = w.liveBlocks(f)
	}
	return f.live != nil && !f.live[block]
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
	case effects.OpBinary:
		if v.Str != "==" && v.Str != "!=" {
			return maybe
		}
		t := maybe
		if x, ok := f.fn.nilTest(v); ok {
			if t = f.isNil(x); v.Str == "!=" {
				t = t.not()
			}
			return t
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

// assignedOnce is what a variable holds that one store in its function sets and no closure assigns.
func (f *frame) assignedOnce(addr int32) (*frame, int32, bool) {
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
	if f.fn.Values[addr].Op != effects.OpAlloc {
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
		if c.Op != effects.OpConst || c.Str == "" || c.Str == "nil" || c.Type != "string" && !strings.Contains(c.Type, ".") {
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
