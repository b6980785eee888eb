package arch

import (
	"strconv"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// predicates are the functions of the standard library that ask something of a text, each with the result that answers, and
// with what the answer is as far as the text is known.
var predicates = map[string]struct {
	result int32
	holds  func(t text, s string) truth
}{
	"strings.HasPrefix": {0, hasPrefix},
	"strings.HasSuffix": {0, hasSuffix},
	"strings.Contains":  {0, contains},
	"strings.CutPrefix": {1, hasPrefix},
	"strings.CutSuffix": {1, hasSuffix},
	"strings.Cut":       {2, contains},
}

// predicate recognizes a condition that asks something of a text.
func (fn *function) predicate(cond *effects.Value) (c *effects.Call, holds func(text, string) truth, ok bool) {
	if cond.Op != effects.OpCall {
		return nil, nil, false
	}
	c = &fn.Calls[cond.Args[0]]
	p, ok := predicates[c.Callee]
	return c, p.holds, ok && p.result == cond.N && len(c.Args) == 2
}

// asked decides a condition that asks something of a text, by what the callers pass.
func (w *world) asked(f *frame, cond *effects.Value) truth {
	c, holds, ok := f.fn.predicate(cond)
	if !ok || !f.fn.given(c.Args[0]) {
		return maybe
	}
	part, ok := w.constants(f, c.Args[1])
	if !ok || len(part) != 1 {
		return maybe
	}
	return w.allOf(f, c.Args[0], func(t text) truth { return holds(t, part[0]) })
}

func hasPrefix(t text, prefix string) truth {
	if constant, ok := t.constant(); ok {
		return truthOf(strings.HasPrefix(constant, prefix))
	}
	if t[0].Kind != "" || len(t[0].Lit) < len(prefix) && strings.HasPrefix(prefix, t[0].Lit) {
		return maybe // a hole decides
	}
	return truthOf(strings.HasPrefix(t[0].Lit, prefix))
}

func hasSuffix(t text, suffix string) truth {
	if constant, ok := t.constant(); ok {
		return truthOf(strings.HasSuffix(constant, suffix))
	}
	end := t[len(t)-1]
	if end.Kind != "" || len(end.Lit) < len(suffix) && strings.HasSuffix(suffix, end.Lit) {
		return maybe
	}
	return truthOf(strings.HasSuffix(end.Lit, suffix))
}

func contains(t text, s string) truth {
	if constant, ok := t.constant(); ok {
		return truthOf(strings.Contains(constant, s))
	}
	for _, p := range t {
		if p.Kind == "" && strings.Contains(p.Lit, s) {
			return yes
		}
	}
	return maybe
}

// trims are the functions of the standard library that cut a known text off another.
var trims = map[string]bool{
	"strings.TrimPrefix": true, "strings.TrimSuffix": true, "strings.CutPrefix": true, "strings.CutSuffix": true,
	"strings.TrimLeft": true, "strings.TrimRight": true, "strings.Trim": true,
}

// trim cuts off what a function does, and reports whether enough of the text is known to say what stays.
func trim(function string, t text, cut string) (text, bool) {
	if constant, ok := t.constant(); ok {
		return lit(trimConstant(function, constant, cut)), true
	}
	switch function {
	case "strings.TrimPrefix", "strings.CutPrefix":
		has := hasPrefix(t, cut)
		if has == yes {
			t, _ = textFrom(t, strconv.Itoa(len(cut)))
		}
		return t, has != maybe
	case "strings.TrimSuffix", "strings.CutSuffix":
		has := hasSuffix(t, cut)
		if end := t[len(t)-1]; has == yes {
			t = append(append(text{}, t[:len(t)-1]...), part{Lit: strings.TrimSuffix(end.Lit, cut), Name: end.Name}).join()
		}
		return t, has != maybe
	}
	return t, false
}

func trimConstant(function, s, cut string) string {
	switch function {
	case "strings.TrimPrefix", "strings.CutPrefix":
		return strings.TrimPrefix(s, cut)
	case "strings.TrimSuffix", "strings.CutSuffix":
		return strings.TrimSuffix(s, cut)
	case "strings.TrimLeft":
		return strings.TrimLeft(s, cut)
	case "strings.TrimRight":
		return strings.TrimRight(s, cut)
	}
	return strings.Trim(s, cut)
}

// trimResult is what a call leaves of texts that it trims; those of which too little is known stay whole.
func (w *world) trimResult(symbol string, at site, objs []*object) []*object {
	arg, ok := argument(at.info(), 1)
	if !ok || !trims[symbol] {
		return objs
	}
	cut, ok := w.constants(at.frame, arg)
	if !ok || len(cut) != 1 {
		return objs
	}
	return each(objs, func(o *object) []*object {
		if o.kind != textObject || len(o.text) == 0 {
			return one(o)
		}
		t, _ := trim(symbol, o.text, cut[0])
		return one(w.textObject(t))
	})
}

// rest is what a slice leaves of texts; those of which too little is known stay whole.
func (w *world) rest(slice *effects.Value, objs []*object) []*object {
	if slice.Str == "" {
		return objs
	}
	return each(objs, func(o *object) []*object {
		if o.kind != textObject {
			return one(o)
		}
		t, _ := textFrom(o.text, slice.Str)
		return one(w.textObject(t))
	})
}

// textFrom is a text without its first bytes, and reports whether these are known.
func textFrom(t text, bytes string) (text, bool) {
	n, err := strconv.Atoi(bytes)
	if err != nil || len(t) == 0 || t[0].Kind != "" || len(t[0].Lit) < n {
		return t, false
	}
	first := part{Lit: t[0].Lit[n:], Name: t[0].Name}
	if len(t) == 1 {
		return text{first}, true
	}
	return append(text{first}, t[1:]...).join(), true
}
