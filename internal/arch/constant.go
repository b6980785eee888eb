package arch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// A helper may branch by a constant that its callers pass: `switch kind` over an enum, `if dryRun`. Constants are followed from
// parameters to arguments, and not through memory: a field that one store sets may be zero as well, and a counter is not what it
// was at first.

// constants are all that a value may be, where nothing but constants comes from the callers.
func (w *world) constants(f *frame, v int32) (found []string, ok bool) {
	c := constantsOf{w: w}
	ok = c.follow(f, v)
	return c.found, ok && len(c.found) > 0
}

type constantsOf struct {
	w     *world
	found []string
	steps int // values looked at
}

const maxConstantSteps = 64 // from a condition to the arguments that decide it

// follow finds the constants of a value, and reports whether it is nothing else.
func (c *constantsOf) follow(f *frame, v int32) bool {
	for c.steps < maxConstantSteps {
		c.steps++
		val := &f.fn.Values[v]
		switch val.Op {
		case effects.OpConst:
			if val.Str == "nil" && val.Type != "string" {
				return false
			}
			c.add(val.Str)
			return true
		case effects.OpParam:
			if int(val.N) >= len(f.params) || f.params[val.N].frame == nil {
				return false
			}
			f, v = f.params[val.N].frame, f.params[val.N].val
		case effects.OpConvert:
			if v = val.Args[0]; !keepsConstant(f.fn.Values[v].Type, val.Type) {
				return false
			}
		case effects.OpPhi:
			return !slices.ContainsFunc(val.Args, func(arg int32) bool { return !c.follow(f, arg) })
		case effects.OpLoad:
			if f.base != nil && f.loop.of[v] {
				return c.element(f, v)
			}
			var ok bool
			if f, v, ok = f.loaded(val.Args[0]); !ok {
				return false
			}
		case effects.OpBuiltin:
			list, ok := f.passedList(val)
			if !ok {
				return false
			}
			c.add(strconv.Itoa(len(list.elems)))
			return true
		case effects.OpField:
			return f.base != nil && f.loop.of[v] && c.element(f, v)
		default:
			return false
		}
	}
	return false
}

func (c *constantsOf) add(constant string) {
	if !slices.Contains(c.found, constant) {
		c.found = append(c.found, constant)
	}
}

// element finds the constants that an element of a loop's collection holds.
func (c *constantsOf) element(f *frame, v int32) bool {
	objs := c.w.eval(f, v)
	for _, o := range objs {
		if o = unbox(o); o.kind != textObject {
			return false
		}
		constant, ok := o.text.constant()
		if !ok || constant == "" {
			return false
		}
		c.add(constant)
	}
	return len(objs) > 0
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

// given reports whether callers may decide what a value is, so that it may be constant in one calling context: see follow.
func (fn *function) given(v int32) bool {
	for range maxNesting {
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
	return w.allOf(f, v, func(constant string) truth {
		switch constant {
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
	return w.allOf(f, x, func(got string) truth { return related(op, got, want.Str, want.Type) })
}

// allOf is what holds for every constant that a value may be.
func (w *world) allOf(f *frame, v int32, holds func(constant string) truth) truth {
	found, ok := w.constants(f, v)
	if !ok {
		return maybe
	}
	t := holds(found[0])
	for _, constant := range found[1:] {
		if holds(constant) != t {
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
