package arch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// expr evaluates a catalog expression at a call.
func (w *world) expr(n catalog.Node, at site) []*object {
	c := at.info()
	switch n := n.(type) {
	case nil:
		return nil
	case catalog.Recv:
		if c.Recv && len(c.Args) > 0 {
			return w.eval(at.frame, c.Args[0])
		}
		return nil
	case catalog.Arg:
		if v, ok := argument(c, n.Index); ok {
			return w.eval(at.frame, v)
		}
		return nil
	case catalog.Args:
		var out []*object
		for _, elem := range w.list(n, at) {
			out = add(out, elem)
		}
		return out
	case catalog.Literal:
		return one(w.textObject(lit(n.Text)))
	case catalog.Field:
		return each(w.expr(n.X, at), func(o *object) []*object { return w.fieldOf(o, n.Name) })
	case catalog.Attr:
		return each(w.expr(n.X, at), func(o *object) []*object { return w.attr(o, n.Name) })
	case catalog.MethodOf:
		return each(w.expr(n.X, at), func(o *object) []*object { return w.methodValue(o, n.Name) })
	case catalog.Elements:
		var out []*object
		for _, elem := range w.list(n.X, at) {
			out = add(out, elem)
		}
		return out
	case catalog.Index:
		elems := w.list(n.X, at)
		i := n.N
		if i < 0 {
			i += len(elems)
		}
		if i >= 0 && i < len(elems) {
			return elems[i]
		}
		return nil
	case catalog.Concat:
		return w.both(w.expr(n.X, at), w.expr(n.Y, at))
	case catalog.Either:
		if out := w.expr(n.X, at); says(out) {
			return out
		}
		return w.expr(n.Y, at)
	case catalog.Enclosing:
		return one(w.object(objectKey{kind: funcObject, frame: at.frame.id, val: -1, fn: at.frame.fn, name: at.frame.fn.ID}, func(o *object) {
			o.frame = at.frame
		}))
	case catalog.Keys:
		return each(w.expr(n.X, at), w.keys)
	case catalog.ResultOf:
		return each(w.expr(n.X, at), func(o *object) []*object {
			if o = unbox(o); o.kind != funcObject || o.fn == nil {
				return nil
			}
			var args []operand
			if o.bound {
				args = []operand{o.recv}
			}
			closure := operand{}
			if o.frame != nil && !o.bound && o.val >= 0 {
				closure = operand{frame: o.frame, val: o.val}
			}
			if f := w.enter(at.frame, at.call, o.fn, args, closure, w.only(o.recv)); f != nil {
				return w.returned(f, 0)
			}
			return nil
		})
	case catalog.FuncName:
		return each(w.expr(n.X, at), func(o *object) []*object {
			switch o = unbox(o); {
			case o.kind == textObject:
				return one(o)
			case o.kind == funcObject:
				return one(w.textObject(lit(o.name[strings.LastIndexByte(o.name, '.')+1:])))
			}
			return nil
		})
	case catalog.Sent:
		return w.sent(at)
	case catalog.MethodName:
		name := c.Method
		if name == "" {
			name = c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
		}
		return one(w.textObject(lit(name)))
	case catalog.Join:
		var joined text
		for _, elem := range w.list(n.X, at) {
			joined = append(joined, w.texts(elem)[0]...)
		}
		return one(w.textObject(joined.join()))
	case catalog.TypeArg:
		if n.Index < len(c.Types) {
			return one(w.textObject(lit(strings.TrimLeft(c.Types[n.Index], "*[]"))))
		}
		return nil
	case catalog.TypeName:
		return each(w.expr(n.X, at), func(o *object) []*object {
			if typ := w.typeOf(o); typ != "" {
				return one(w.textObject(lit(typ)))
			}
			return nil
		})
	}
	return nil
}

// sent is what the code sends to the channel that a call gives.
func (w *world) sent(at site) []*object {
	w.flush()
	return each(w.result(at.frame, at.call, 0), func(ch *object) []*object {
		var out []*object
		for _, s := range w.field(unbox(ch), "[]", "").stores {
			out = add(out, w.eval(s.frame, s.frame.fn.Stores[s.index].Val))
		}
		return out
	})
}

// says reports whether a result holds anything but the absence of a value.
func says(objs []*object) bool {
	for _, o := range objs {
		switch o.kind {
		case nilObject:
		case textObject:
			if s, ok := o.text.constant(); !ok || s != "" {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// argument is the Value of an argument, counted without the receiver.
func argument(c *effects.Call, i int) (int32, bool) {
	if c.Recv {
		i++
	}
	if i >= len(c.Args) {
		return 0, false
	}
	return c.Args[i], true
}

// list is an expression as a list of elements, in order. A variadic argument is the list of what was passed.
func (w *world) list(n catalog.Node, at site) [][]*object {
	switch n := n.(type) {
	case catalog.Args:
		var out [][]*object
		for i := n.From; ; i++ {
			v, ok := argument(at.info(), i)
			if !ok {
				return out
			}
			if val := &at.frame.fn.Values[v]; val.Op == effects.OpList {
				for _, e := range val.Args {
					out = append(out, w.eval(at.frame, e))
				}
				continue
			}
			if at.frame.fn.Values[v].Op == effects.OpConst && at.frame.fn.Values[v].Str == "nil" {
				continue // no variadic arguments
			}
			for _, o := range w.eval(at.frame, v) {
				out = append(out, w.flatten(o)...)
			}
		}
	case catalog.Concat:
		return append(w.list(n.X, at), w.list(n.Y, at)...)
	case catalog.Elements:
		return w.eachElement(n.X, at, w.flatten)
	case catalog.Field:
		if of, ok := n.X.(catalog.Elements); ok {
			return w.eachElement(of.X, at, func(o *object) [][]*object {
				var out [][]*object
				for _, v := range w.fieldOf(o, n.Name) {
					out = append(out, w.flatten(v)...)
				}
				return out
			})
		}
	case catalog.Arg:
		if v, ok := argument(at.info(), n.Index); ok {
			if val := &at.frame.fn.Values[v]; val.Op == effects.OpList {
				var out [][]*object
				for _, e := range val.Args {
					out = append(out, w.eval(at.frame, e))
				}
				return out
			}
		}
	}
	var out [][]*object
	for _, o := range w.expr(n, at) {
		out = append(out, w.flatten(o)...)
	}
	return out
}

// eachElement is what every element of a list gives, one after the other: a list of lists may be longer than a value may be
// manifold.
func (w *world) eachElement(list catalog.Node, at site, gives func(*object) [][]*object) [][]*object {
	var out [][]*object
	seen := map[*object]bool{}
	for _, elem := range w.list(list, at) {
		for _, o := range elem {
			if !seen[o] {
				seen[o] = true
				out = append(out, gives(o)...)
			}
		}
	}
	return out
}

// flatten is a list object as its elements, and anything else as one.
func (w *world) flatten(o *object) [][]*object {
	var out [][]*object
	switch u := unbox(o); {
	case u.kind == listObject:
		for _, e := range u.frame.fn.Values[u.val].Args {
			out = append(out, w.eval(u.frame, e))
		}
	case u.kind == allocObject && isArray(u.typ):
		for i := range maxObjects {
			e := u.fields["["+strconv.Itoa(i)+"]"]
			if e == nil {
				break
			}
			out = append(out, w.load(e))
		}
	case u.kind == appendObject, u.kind == makeObject, u.kind == allocObject && strings.HasPrefix(u.typ, "[]"):
		for _, e := range w.elements(u) {
			out = append(out, one(e))
		}
	default:
		out = append(out, one(o))
	}
	return out
}

// isArray recognizes the spelling of an array type: [2]string.
func isArray(typ string) bool { return len(typ) > 1 && typ[0] == '[' && typ[1] >= '0' && typ[1] <= '9' }

// both is X + Y: texts are concatenated, anything else is united.
func (w *world) both(a, b []*object) []*object {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	for _, o := range append(append([]*object{}, a...), b...) {
		switch unbox(o).kind {
		case listObject, appendObject, makeObject, funcObject, libObject, allocObject:
			return add(a, b)
		}
	}
	return w.concat(a, b)
}

// fieldOf is the field of a struct, or the attribute of a library object.
func (w *world) fieldOf(o *object, name string) []*object {
	o = unbox(o)
	switch o.kind {
	case nilObject, textObject:
		return nil
	}
	out := w.load(w.field(o, name, trimPtr(o.typ)))
	// A field that nobody set is not there.
	var set []*object
	for _, v := range out {
		if v.kind == ptrObject && v.base == o && !v.hasFields {
			if w.filled(v) {
				set = add(set, w.fromConfig(v))
				if w.isSection(v) {
					set = append(set, v)
				}
			}
			continue
		}
		set = append(set, v)
	}
	return set
}

const maxParents = 30

// attr is an attribute of an object: what the model of the call that made it says, else its parent's.
func (w *world) attr(o *object, name string) []*object {
	for range maxParents {
		o = unbox(o)
		switch {
		case o.kind == ptrObject && o.base != nil:
			o = o.base // a part of an object, such as an embedded router group
			continue
		case o.spec != nil:
			if out := w.setAttr(o, name); len(out) > 0 {
				return out
			}
			if e, ok := o.spec.Attrs[name]; ok {
				if o.frame == nil {
					if l, ok := e.Node.(catalog.Literal); ok {
						return one(w.textObject(lit(l.Text)))
					}
					return nil
				}
				return w.expr(e.Node, site{o.frame, o.val})
			}
			if o.frame != nil && !o.spec.ParentNamed.IsZero() {
				return each(w.registered(o), func(p *object) []*object { return w.attr(p, name) })
			}
			if o.spec.Parent.IsZero() || o.frame == nil {
				if name == "prefix" {
					return w.mountPrefix(o)
				}
				return nil
			}
			parents := w.expr(o.spec.Parent.Node, site{o.frame, o.val})
			if len(parents) != 1 {
				return w.inherited(o, name, parents)
			}
			o = parents[0]
			continue
		case o.kind == allocObject:
			if name == "prefix" {
				return w.mountPrefix(o)
			}
			if out := w.setAttr(o, name); len(out) > 0 {
				return out
			}
			if out := w.fieldOf(o, name); says(out) {
				return out
			}
			return w.embeddedAttr(o, name)
		}
		return nil
	}
	return nil
}

// registered are the objects that the program has registered under the name of o's parent.
func (w *world) registered(o *object) []*object {
	var out []*object
	for _, t := range w.texts(w.expr(o.spec.ParentNamed.Node, site{o.frame, o.val})) {
		if name, ok := t.constant(); ok {
			out = add(out, w.named[name])
		}
	}
	return out
}

// embeddedAttr is an attribute of a library object that a struct of the repository's own embeds.
func (w *world) embeddedAttr(o *object, name string) []*object {
	t := w.prog.types[trimPtr(o.typ)]
	if t == nil || o.nesting > maxNesting || w.depth > 300 {
		return nil
	}
	w.depth++
	defer func() { w.depth-- }()
	var out []*object
	for _, f := range t.Fields {
		if !f.Embedded {
			continue
		}
		address := w.field(o, f.Name, t.ID)
		for _, v := range w.load(address) {
			if v = unbox(v); v.kind == libObject || v.kind == allocObject && v != o {
				out = add(out, w.attr(v, name))
			}
		}
		if inner := w.prog.types[trimPtr(f.Type)]; inner != nil && len(out) == 0 {
			out = add(out, w.embeddedAttrAt(address, inner, name))
		}
	}
	return out
}

// embeddedAttrAt is embeddedAttr for a struct that is embedded as a value, at the address of its field.
func (w *world) embeddedAttrAt(address *object, t *effects.Type, name string) []*object {
	var out []*object
	for _, f := range t.Fields {
		if f.Embedded {
			for _, v := range w.load(w.field(address, f.Name, t.ID)) {
				if v = unbox(v); v.kind == libObject {
					out = add(out, w.attr(v, name))
				}
			}
		}
	}
	return out
}

// inherited is an attribute of any of several parents. Objects may be each other's parents: a chain that is built in a loop.
func (w *world) inherited(o *object, name string, parents []*object) []*object {
	k := attrKey{o, name}
	if w.asking[k] {
		return nil
	}
	w.asking[k] = true
	defer delete(w.asking, k)
	return each(parents, func(p *object) []*object { return w.attr(p, name) })
}

type attrKey struct {
	o    *object
	name string
}

// mountPrefix is the path below which a router has been mounted.
func (w *world) mountPrefix(o *object) []*object {
	if w.depth > 300 {
		return nil
	}
	w.depth++
	defer func() { w.depth-- }()
	var out []*object
	for _, m := range w.mounts[o] {
		out = add(out, w.expr(m.at, m.where))
	}
	return out
}

// methodValue is the named method of an object as a function value. A function stands for its own method: an
// http.HandlerFunc for ServeHTTP.
func (w *world) methodValue(o *object, name string) []*object {
	var out []*object
	for _, m := range w.methods(o, name) {
		recv := m.recv
		out = append(out, w.object(objectKey{kind: funcObject, base: recv.id, fn: w.prog.funcs[m.id], name: m.id}, func(b *object) {
			b.recv, b.bound = operand{objs: one(recv)}, true
		}))
	}
	// A function of a library's type (nsq.HandlerFunc) has a method whose body is not known, and which calls the function.
	if fn := unbox(o); fn.kind == funcObject && !slices.ContainsFunc(out, func(m *object) bool { return m.fn != nil }) {
		return one(fn)
	}
	return out
}

// typeOf names the Go type of an object without package and pointer.
func (w *world) typeOf(o *object) string {
	typ := o.typ
	if o.kind == allocObject || o.kind == listObject || o.kind == makeObject || o.kind == appendObject {
		for strings.HasPrefix(typ, "*") || strings.HasPrefix(typ, "[]") {
			typ = strings.TrimPrefix(strings.TrimPrefix(typ, "*"), "[]")
		}
		// A pointer variable: what it points to says more.
	}
	return trimPtr(typ)
}

// setAttr is an attribute that later calls set on an object: a model that makes something at a pointer to it.
func (w *world) setAttr(o *object, name string) []*object {
	var out []*object
	for _, s := range w.put[o] {
		if s.kind != libObject || s.spec == nil || s.frame == nil {
			continue
		}
		if e, ok := s.spec.Attrs[name]; ok {
			out = add(out, w.expr(e.Node, site{s.frame, s.val}))
		}
	}
	return out
}
