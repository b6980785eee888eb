package arch

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// A helper may branch by a constant that its callers pass: `switch kind` over an enum, `if dryRun`, or by what they say of a
// text: strings.HasPrefix(url, "http://"). Such values are followed from parameters to arguments, and not through memory: a
// field that one store sets may be zero as well, and a counter is not what it was at first.

// constants are all that a value may be, where nothing but constants comes from the callers.
func (w *world) constants(f *frame, v int32) (found []string, ok bool) {
	for _, t := range w.passedTexts(f, v) {
		constant, ok := t.constant()
		if !ok {
			return nil, false
		}
		found = append(found, constant)
	}
	return found, len(found) > 0
}

// passedTexts are the texts that a value may be. Whatever callers do not spell out is a hole in them.
func (w *world) passedTexts(f *frame, v int32) []text {
	c := passedText{w: w}
	return c.of(f, v)
}

type passedText struct {
	w     *world
	steps int // values looked at
}

const maxConstantSteps = 64 // from a condition to the arguments that decide it

// anything is a text of which nothing is known.
func anything() []text { return []text{hole(holeValue, "")} }

func (c *passedText) of(f *frame, v int32) []text {
	for c.steps < maxConstantSteps {
		c.steps++
		val := &f.fn.Values[v]
		switch val.Op {
		case effects.OpConst:
			if val.Str == "nil" && val.Type != "string" {
				return anything()
			}
			return []text{lit(val.Str)}
		case effects.OpParam:
			if int(val.N) >= len(f.params) || f.params[val.N].frame == nil {
				return anything()
			}
			f, v = f.params[val.N].frame, f.params[val.N].val
		case effects.OpConvert:
			if val.Str != "" {
				return c.without(f, val)
			}
			if v = val.Args[0]; !keepsConstant(f.fn.Values[v].Type, val.Type) {
				return anything()
			}
		case effects.OpPhi:
			var out []text
			for _, arg := range val.Args {
				out = append(out, c.of(f, arg)...)
			}
			return out
		case effects.OpBinary:
			if val.Str != "+" || val.Type != "string" {
				return anything()
			}
			return joined(c.of(f, val.Args[0]), c.of(f, val.Args[1]))
		case effects.OpLoad:
			if f.base != nil && f.loop.of[v] {
				return c.w.elementTexts(f, v)
			}
			var ok bool
			if f, v, ok = f.loaded(val.Args[0]); !ok {
				return anything()
			}
		case effects.OpField:
			if f.base == nil || !f.loop.of[v] {
				return anything()
			}
			return c.w.elementTexts(f, v)
		case effects.OpBuiltin:
			return c.length(f, v)
		case effects.OpCall:
			return c.trimmed(f, val)
		default:
			return anything()
		}
	}
	return anything()
}

// joined are the texts of a concatenation.
func joined(a, b []text) []text {
	if len(a)*len(b) > maxTexts {
		return anything()
	}
	var out []text
	for _, x := range a {
		for _, y := range b {
			out = append(out, concat(x, y))
		}
	}
	return out
}

// length are the lengths of a text or of variadic arguments.
func (c *passedText) length(f *frame, v int32) []text {
	if list, ok := f.passedList(&f.fn.Values[v]); ok {
		return []text{lit(strconv.Itoa(len(list.elems)))}
	}
	s, ok := f.fn.measured(v)
	if !ok {
		return anything()
	}
	var out []text
	for _, t := range c.of(f, s) {
		constant, ok := t.constant()
		if !ok {
			return anything()
		}
		out = append(out, lit(strconv.Itoa(len(constant))))
	}
	return out
}

// trimmed are the texts that a call cuts a prefix or suffix off.
func (c *passedText) trimmed(f *frame, val *effects.Value) []text {
	call := &f.fn.Calls[val.Args[0]]
	if !trims[call.Callee] || val.N != 0 || len(call.Args) != 2 {
		return anything()
	}
	cut, ok := c.w.constants(f, call.Args[1])
	if !ok || len(cut) != 1 {
		return anything()
	}
	var out []text
	for _, t := range c.of(f, call.Args[0]) {
		if t, ok = trim(call.Callee, t, cut[0]); !ok {
			return anything()
		}
		out = append(out, t)
	}
	return out
}

// without are the texts that a slice leaves.
func (c *passedText) without(f *frame, slice *effects.Value) []text {
	var out []text
	for _, t := range c.of(f, slice.Args[0]) {
		t, ok := textFrom(t, slice.Str)
		if !ok {
			return anything()
		}
		out = append(out, t)
	}
	return out
}

// elementTexts are the texts that an element of a loop's collection holds.
func (w *world) elementTexts(f *frame, v int32) []text {
	var out []text
	for _, o := range w.eval(f, v) {
		if o = unbox(o); o.kind != textObject || len(o.text) == 0 {
			return anything()
		}
		out = append(out, o.text)
	}
	return out
}

// keepsConstant reports whether a constant is spelled the same after a conversion. One to the same type is a part of a text
// (see effects.OpConvert), one of a number to a string a character, and one of a fraction to an integer cuts it off.
func keepsConstant(from, to string) bool {
	if from == "" || from == to || strings.HasPrefix(from, "float") {
		return false
	}
	return to != "string" || !isInteger(from)
}

// isInteger recognizes the integer types without a name of their own.
func isInteger(typ string) bool {
	return strings.HasPrefix(typ, "int") || strings.HasPrefix(typ, "uint") || typ == "byte" || typ == "rune"
}

// loaded is the value that a load gives: of a captured parameter, or of an element of variadic arguments, by its constant index.
func (f *frame) loaded(addr int32) (*frame, int32, bool) {
	at := &f.fn.Values[addr]
	if at.Op != effects.OpIndexPtr {
		return f.capturedParam(addr)
	}
	list, ok := f.passedList(at)
	if !ok || len(at.Args) < 2 || f.fn.Values[at.Args[1]].Op != effects.OpConst {
		return nil, 0, false
	}
	i, err := strconv.Atoi(f.fn.Values[at.Args[1]].Str)
	if err != nil || i < 0 || i >= len(list.elems) || f.fn.assignsElement(at.Args[0]) {
		return nil, 0, false
	}
	return list.frame, list.elems[i], true
}

// passed are variadic arguments: the elements that some caller lists.
type passed struct {
	frame *frame
	elems []int32
}

// passedList finds the variadic arguments that an operation is about: len(xs), xs[0].
func (f *frame) passedList(op *effects.Value) (passed, bool) {
	if op.Op == effects.OpBuiltin && op.Str != "len" || len(op.Args) == 0 {
		return passed{}, false
	}
	v := op.Args[0]
	for range maxDepth {
		switch val := &f.fn.Values[v]; val.Op {
		case effects.OpParam:
			if !f.fn.variadic(val) || int(val.N) >= len(f.params) || f.params[val.N].frame == nil {
				return passed{}, false
			}
			f, v = f.params[val.N].frame, f.params[val.N].val
		case effects.OpList:
			return passed{f, val.Args}, f.fn.uses(v) == 1
		case effects.OpConst:
			return passed{f, nil}, val.Str == "nil"
		default:
			return passed{}, false
		}
	}
	return passed{}, false
}

// assignsElement reports whether a function stores to an element of a list.
func (fn *function) assignsElement(list int32) bool {
	return slices.ContainsFunc(fn.Stores, func(s effects.Store) bool {
		at := &fn.Values[s.Addr]
		return at.Op == effects.OpIndexPtr && at.Args[0] == list
	})
}

// uses counts the places where a function does something with a value. One that is only handed on is nobody else's.
func (fn *function) uses(v int32) int {
	n := 0
	count := func(used int32) {
		if used == v {
			n++
		}
	}
	for i := range fn.Values {
		if val := &fn.Values[i]; val.Op != effects.OpCall {
			for _, arg := range val.Args {
				count(arg)
			}
		}
	}
	for i := range fn.Calls {
		for _, arg := range fn.Calls[i].Args {
			count(arg)
		}
	}
	for _, s := range fn.Stores {
		count(s.Val)
	}
	return n
}

// variadic reports whether a parameter holds variadic arguments, which nobody but the function has.
func (fn *function) variadic(param *effects.Value) bool {
	return fn.Variadic && int(param.N) == len(fn.Params)-1
}

// capturedParam is the parameter that a captured variable is, where nobody assigns to it.
func (f *frame) capturedParam(addr int32) (*frame, int32, bool) {
	f, addr, ok := f.variable(addr)
	if !ok {
		return nil, 0, false
	}
	f, v, ok := f.assignedOnce(addr)
	if !ok || f.fn.Values[v].Op != effects.OpParam || f.fn.handsOn(addr) {
		return nil, 0, false
	}
	return f, v, true
}

// handsOn reports whether a call gets the address of a variable, or a store keeps it.
func (fn *function) handsOn(addr int32) bool {
	return slices.ContainsFunc(fn.Calls, func(c effects.Call) bool { return slices.Contains(c.Args, addr) }) ||
		slices.ContainsFunc(fn.Stores, func(s effects.Store) bool { return s.Val == addr })
}

// given reports whether callers may decide what a value is, so that it may be known in one calling context: see passedText.
func (fn *function) given(v int32) bool { return fn.givenBelow(v, maxNesting) }

func (fn *function) givenBelow(v int32, depth int) bool {
	given := func(arg int32) bool { return fn.givenBelow(arg, depth-1) }
	for ; depth > 0; depth-- {
		val := &fn.Values[v]
		switch val.Op {
		case effects.OpParam:
			return true
		case effects.OpConvert:
			v = val.Args[0]
		case effects.OpLoad:
			at := &fn.Values[val.Args[0]]
			if at.Op == effects.OpIndexPtr {
				v = at.Args[0]
				continue
			}
			return at.Op == effects.OpFree || at.Op == effects.OpAlloc
		case effects.OpBuiltin:
			if val.Str != "len" {
				return false
			}
			v = val.Args[0]
		case effects.OpPhi:
			return len(val.Args) <= maxNesting && slices.ContainsFunc(val.Args, given)
		case effects.OpBinary:
			return val.Str == "+" && val.Type == "string" && slices.ContainsFunc(val.Args, given)
		case effects.OpCall:
			c := &fn.Calls[val.Args[0]]
			return trims[c.Callee] && len(c.Args) == 2 && given(c.Args[0])
		default:
			return false
		}
	}
	return false
}

// againOnWay reports whether a frame is in another one of its function. Nobody enters a third one, so every case that this one
// does not come to would be missed.
func (f *frame) againOnWay() bool {
	for p := f.parent; p != nil; p = p.parent {
		if p.fn == f.fn {
			return true
		}
	}
	return false
}

// isTrue says whether a condition that the callers pass is true.
func (w *world) isTrue(f *frame, v int32) truth {
	if !f.fn.given(v) && (f.base == nil || !f.loop.of[v]) {
		return maybe
	}
	return w.allOf(f, v, func(t text) truth {
		switch constant, _ := t.constant(); constant {
		case "true":
			return yes
		case "false":
			return no
		}
		return maybe
	})
}

// relation says whether a comparison of what the callers pass with a constant holds.
func (w *world) relation(f *frame, v *effects.Value) truth {
	op, x, c, ok := f.fn.comparedTo(v)
	if !ok || !f.fn.given(x) && (f.base == nil || !f.loop.of[x]) {
		return maybe
	}
	want := &f.fn.Values[c]
	if s, ok := f.fn.measured(x); ok && want.Str == "0" {
		return w.allOf(f, s, func(got text) truth { return lengthToZero(op, got) })
	}
	return w.allOf(f, x, func(got text) truth {
		constant, ok := got.constant()
		if !ok && (want.Str != "" || want.Type != "string" || !got.known()) {
			return maybe // of a text that is known in part one knows at least that it is not empty
		}
		return related(op, cmp.Or(constant, got.String()), want.Str, want.Type)
	})
}

// measured is the text whose length a value is.
func (fn *function) measured(v int32) (int32, bool) {
	val := &fn.Values[v]
	if val.Op != effects.OpBuiltin || val.Str != "len" || fn.Values[val.Args[0]].Type != "string" {
		return 0, false
	}
	return val.Args[0], true
}

// lengthToZero compares the length of a text with zero.
func lengthToZero(op string, t text) truth {
	if t.known() {
		return related(op, "1", "0", "int")
	}
	if _, ok := t.constant(); ok {
		return related(op, "0", "0", "int")
	}
	return maybe
}

// allOf is what holds for every text that a value may be.
func (w *world) allOf(f *frame, v int32, holds func(text) truth) truth {
	found := w.passedTexts(f, v)
	if len(found) == 0 {
		return maybe
	}
	t := holds(found[0])
	for _, other := range found[1:] {
		if t == maybe || holds(other) != t {
			return maybe
		}
	}
	if t != maybe && f.againOnWay() {
		return maybe
	}
	return t
}

// mirrored are the comparisons that hold for y and x where the one that they belong to holds for x and y.
var mirrored = map[string]string{"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

// comparedTo recognizes the comparison of a value with a constant, in this order, whichever way round it is written.
func (fn *function) comparedTo(v *effects.Value) (op string, x, constant int32, ok bool) {
	if v.Op != effects.OpBinary || mirrored[v.Str] == "" {
		return "", 0, 0, false
	}
	isConst := func(v int32) bool {
		c := &fn.Values[v]
		return c.Op == effects.OpConst && (c.Str != "nil" || c.Type == "string")
	}
	switch x, y := v.Args[0], v.Args[1]; {
	case isConst(y) && !isConst(x):
		return v.Str, x, y, true
	case isConst(x) && !isConst(y):
		return mirrored[v.Str], y, x, true
	}
	return "", 0, 0, false
}

// related says whether a comparison of two constants of a type holds. Only integers are ordered.
func related(op, x, y, typ string) truth {
	switch op {
	case "==":
		return truthOf(x == y)
	case "!=":
		return truthOf(x != y)
	}
	a, errA := strconv.ParseInt(x, 10, 64)
	b, errB := strconv.ParseInt(y, 10, 64)
	if typ == "string" || errA != nil || errB != nil {
		return maybe
	}
	switch op {
	case "<":
		return truthOf(a < b)
	case "<=":
		return truthOf(a <= b)
	case ">":
		return truthOf(a > b)
	}
	return truthOf(a >= b)
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}
