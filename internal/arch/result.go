package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// binary evaluates string concatenation; other operations are not followed.
func (w *world) binary(f *frame, val *effects.Value) []*object {
	if val.Str != "+" || val.Type != "string" && w.prog.types[val.Type] == nil {
		return one(w.unknown("computed"))
	}
	return w.concat(w.eval(f, val.Args[0]), w.eval(f, val.Args[1]))
}

const maxTexts = 12 // combinations of one concatenation

func (w *world) concat(a, b []*object) []*object {
	var out []*object
	for _, x := range w.texts(a) {
		for _, y := range w.texts(b) {
			if len(out) < maxTexts {
				out = add(out, one(w.textObject(concat(x, y))))
			}
		}
	}
	return out
}

// texts are the objects as text; what is not text is a hole. There is always at least one. Where a constant is known,
// ways on which nothing was found say nothing against it.
func (w *world) texts(objs []*object) []text {
	known := slices.ContainsFunc(objs, func(o *object) bool { return o.kind == textObject && (o.text.known() || o.text.preset()) })
	var out []text
	for _, o := range objs {
		switch o = unbox(o); o.kind {
		case textObject:
			out = append(out, o.text)
		case nilObject:
		case unknownObject, ptrObject, allocObject:
			if held := w.pointed(o); len(held) > 0 {
				out = append(out, w.texts(held)...)
			} else if !known {
				out = append(out, hole(holeValue, ""))
			}
		default:
			out = append(out, hole(holeValue, ""))
		}
	}
	if len(out) == 0 {
		return []text{hole(holeValue, "")}
	}
	return withDefault(out)
}

// withDefault makes one text of a variable and the constant that stands in for it: what is left of a function that reads
// the environment and falls back to what it is given. Which of the two holds, the deployment says (see text.fill).
func withDefault(ts []text) []text {
	if len(ts) != 2 {
		return ts
	}
	for i, t := range ts {
		if h, ok := t.source(); ok && h.Kind == holeEnv && h.Default == nil {
			if c, ok := ts[1-i].coded(); ok && c != "" {
				h.Default = ts[1-i]
				return []text{{h}}
			}
		}
	}
	return ts
}

// pointed is the text that a pointer to a string points to: kafka.TopicPartition{Topic: &topic}.
func (w *world) pointed(o *object) []*object {
	if o.kind != ptrObject && (o.kind != allocObject || trimPtr(o.typ) != "string") {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.stored(o)), func(held *object) bool { return held.kind != textObject })
}

// result is result n of a call: of every function that it may reach.
func (w *world) result(f *frame, call, n int32) []*object {
	var out []*object
	t := w.targets(f, call)
	for _, child := range t.frames {
		out = add(out, w.returned(child, n))
	}
	for _, symbol := range t.library {
		out = add(out, w.libraryResult(site{f, call}, symbol, n))
	}
	if len(out) == 0 && len(t.frames) == 0 {
		if out := w.wrapped(f, call); n == 0 && len(out) > 0 {
			return out
		}
		return one(w.object(objectKey{kind: unknownObject, frame: f.id, val: call, n: n, name: "call"}, func(o *object) { o.frame = f }))
	}
	return out
}

func (w *world) returned(f *frame, n int32) []*object {
	var out []*object
	var empty []int32
	for _, r := range f.fn.Returns {
		switch {
		case int(n) >= len(r.Vals) || w.dead(f, r.Block):
		case f.fn.empty(r, n):
			empty = append(empty, r.Vals[n])
		default:
			out = add(out, w.eval(f, r.Vals[n]))
		}
	}
	if len(out) == 0 {
		for _, v := range empty {
			out = add(out, w.eval(f, v))
		}
	}
	return out
}

// empty reports whether a function returns T{} or &T{} with an error: a struct that nobody uses.
func (fn *function) empty(r effects.Return, n int32) bool {
	last := len(r.Vals) - 1
	if int(n) == last || last >= len(fn.Results) || fn.Results[last] != "error" || fn.Values[r.Vals[last]].Op == effects.OpConst {
		return false
	}
	made := r.Vals[n]
	for op := fn.Values[made].Op; op == effects.OpIface || op == effects.OpConvert || op == effects.OpLoad; op = fn.Values[made].Op {
		made = fn.Values[made].Args[0]
	}
	return fn.Values[made].Op == effects.OpAlloc && !fn.leaked[made] &&
		!slices.ContainsFunc(fn.Stores, func(s effects.Store) bool {
			return s.Addr == made || fn.Values[s.Addr].Op == effects.OpFieldPtr && fn.Values[s.Addr].Args[0] == made
		})
}

// libraryResult is what the catalog says of a library function's result, else an object that is only known by the call.
func (w *world) libraryResult(at site, symbol string, n int32) []*object {
	for _, m := range w.prog.cat.Lookup(symbol) {
		switch {
		case m.Makes != nil && int32(m.Makes.Result) == n && m.Makes.Pointer.IsZero():
			return one(w.libObject(at, n, m.Makes))
		case n != 0:
		case m.Fill != nil && m.Fill.Into.IsZero():
			return one(w.filledResult(m.Fill, at))
		case m.Resolve != nil && m.Resolve.Into.IsZero():
			return w.resolved(m.Resolve, at)
		case !m.Pass.IsZero():
			out := w.trimResult(symbol, at, w.expr(m.Pass.Node, at))
			if m.Instrument != nil && m.Instrument.Side == "client" && slices.ContainsFunc(out, everybodys) {
				return one(w.libObject(at, n, nil)) // around http.DefaultTransport, or around nil, which stands for it
			}
			for _, o := range out {
				if !slices.Contains(w.layers[o], at) {
					w.layers[o] = append(w.layers[o], at)
				}
			}
			if len(out) > 0 && (m.Text == nil || hasText(out)) {
				return out
			}
			if m.Text != nil {
				return w.textResult(m.Text, at)
			}
		case m.Text != nil:
			return w.textResult(m.Text, at)
		case m.Config != nil && m.Config.Into.IsZero():
			return one(w.textObject(w.configured(m.Config, at)))
		}
	}
	return one(w.libObject(at, n, nil))
}

// everybodys reports whether an object is the same one wherever it is named, so that what is wrapped around it here is not
// around it elsewhere.
func everybodys(o *object) bool { return o.kind == nilObject || o.kind == libObject && o.frame == nil }

func hasText(objs []*object) bool {
	return slices.ContainsFunc(objs, func(o *object) bool { return unbox(o).kind == textObject })
}

func (w *world) libObject(at site, n int32, spec *catalog.Object) *object {
	return w.object(objectKey{kind: libObject, frame: at.frame.id, val: at.call, n: n, spec: spec}, func(o *object) { o.frame = at.frame })
}

func (w *world) textResult(t *catalog.Text, at site) []*object {
	if !t.Template.IsZero() {
		if path, ok := w.template(t, at); ok {
			return one(w.textObject(lit(path)))
		}
		return one(w.unknown("path template"))
	}
	if !t.Printf.IsZero() {
		var out []*object
		operands := w.list(t.Args.Node, at)
		for _, format := range w.texts(w.expr(t.Printf.Node, at)) {
			out = add(out, one(w.textObject(printf(format, func(i int) text {
				if i < len(operands) {
					return w.texts(operands[i])[0]
				}
				return hole(holeValue, "")
			}))))
		}
		return out
	}
	var joined, sep text
	if !t.Sep.IsZero() {
		sep = w.texts(w.expr(t.Sep.Node, at))[0]
	}
	for i, elem := range w.list(t.Join.Node, at) {
		next := w.texts(elem)[0]
		if i > 0 && len(sep) > 0 {
			if sep.String() == "/" {
				next = trimSlash(next)
			}
			joined = append(joined, sep...)
		}
		joined = append(joined, next...)
	}
	return one(w.textObject(joined.join()))
}

func trimSlash(t text) text {
	if len(t) > 0 && t[0].Kind == "" {
		t = slices.Clone(t)
		t[0].Lit = strings.TrimPrefix(t[0].Lit, "/")
	}
	return t
}

func (w *world) configured(c *catalog.Config, at site) text {
	p := part{}
	name := func(e catalog.Expr) string { return w.texts(w.expr(e.Node, at))[0].String() }
	switch {
	case !c.Env.IsZero():
		p.Kind, p.Name = holeEnv, name(c.Env)
	case !c.Flag.IsZero():
		p.Kind, p.Name = holeFlag, name(c.Flag)
	case !c.Key.IsZero():
		p.Kind, p.Name = holeKey, name(c.Key)
	case !c.Arg.IsZero():
		p.Kind, p.Name = holeArg, name(c.Arg)
	}
	if !c.Default.IsZero() {
		if d := w.texts(w.expr(c.Default.Node, at)); len(d) > 0 && d[0].known() {
			p.Default = d[0]
		}
	}
	return text{p}
}

// wrapped is what comes out of a call of a library's middleware value: what it was given, with the middleware as a layer.
func (w *world) wrapped(f *frame, call int32) []*object {
	c := &f.fn.Calls[call]
	if c.Callee != "" || c.Iface != "" {
		return nil
	}
	arg, ok := wrappedArgument(f.fn, call)
	if !ok {
		return nil
	}
	out := w.eval(f, arg)
	for _, mw := range w.eval(f, c.Func) {
		if mw.kind != libObject || mw.frame == nil {
			return nil
		}
		for _, o := range out {
			if layer := (site{mw.frame, mw.val}); !slices.Contains(w.layers[o], layer) {
				w.layers[o] = append(w.layers[o], layer)
			}
		}
	}
	return out
}
