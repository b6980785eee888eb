package arch

import (
	"reflect"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// A dependency-injection container is told which constructors there are, and calls those whose results somebody asks for,
// with what it has for their parameters. No call in the code leads from the one to the other: what connects them is a type.
// Here a parameter of a function that a container calls is a request, and is evaluated by asking the provisions of its type.
//
// A container is one per process: which of several a value comes from is not told apart.

// provision is something that a container offers under a type.
type provision struct {
	at     site      // the call that provides it
	fn     *object   // the constructor; nil for a value
	result int       // which of its results
	field  string    // field of the result where that is a result object (dig.Out)
	params []string  // struct tags of its parameters, by position
	hooks  []*object // functions that run with the application
	value  operand
	request
	replaces bool
}

// request is what a container is asked for.
type request struct {
	typ   string // ID of the type; for a group that of the elements
	name  string
	group string
	// original: what was there before something took its place.
	original bool
	// implements: what implements the type will do.
	implements bool
}

// Structs that embed these are filled field by field, and taken apart into their fields; see
// https://pkg.go.dev/go.uber.org/dig#hdr-Parameter_Objects. Those of fx are aliases.
const (
	parameterObject = "go.uber.org/dig.In"
	resultObject    = "go.uber.org/dig.Out"
)

// wires reports whether a model speaks of a container.
func wires(m *catalog.Model) bool {
	return m.Provide != nil || m.Compose != nil || m.Invoke != nil || m.Resolve != nil
}

// inject interprets a call that speaks to a container.
func (k *walk) inject(at site, m *catalog.Model) {
	w := k.w
	if m.Provide != nil && !m.Provide.To.IsZero() {
		w.provide(m.Provide, at)
	}
	if m.Compose != nil {
		k.compose(at, m.Compose)
	}
	if m.Invoke != nil && !m.Invoke.In.IsZero() {
		k.invokeAll(at, m.Invoke)
	}
	if m.Resolve != nil {
		k.resolve(at, m.Resolve)
	}
}

// compose applies options: first what they provide, then what they invoke, in order.
func (k *walk) compose(at site, c *catalog.Compose) {
	w := k.w
	type invocation struct {
		site
		model *catalog.Invoke
	}
	var invocations []invocation
	seen := map[*object]bool{}
	var apply func(options [][]*object)
	apply = func(options [][]*object) {
		for _, o := range slices.Concat(options...) {
			o = unbox(o)
			if seen[o] {
				continue
			}
			seen[o] = true
			if o.kind != libObject || o.frame == nil {
				apply(w.containedIn(o))
				continue
			}
			at := site{o.frame, o.val}
			for _, m := range w.prog.cat.Lookup(at.info().Callee) {
				if m.Provide != nil {
					w.provide(m.Provide, at)
				}
				if m.Invoke != nil {
					invocations = append(invocations, invocation{at, m.Invoke})
				}
			}
			apply(w.attrList(o, "options"))
		}
	}
	apply(w.list(c.Options.Node, at))
	for _, i := range invocations {
		k.invokeAll(i.site, i.model)
	}
}

// containedIn is a list object's elements; nothing for anything else.
func (w *world) containedIn(o *object) [][]*object {
	if out := w.flatten(o); len(out) != 1 || len(out[0]) != 1 || out[0][0] != o {
		return out
	}
	return nil
}

// attrList is an attribute of an object as a list, in order.
func (w *world) attrList(o *object, name string) [][]*object {
	if o = unbox(o); o.spec == nil || o.frame == nil {
		return nil
	}
	if e, ok := o.spec.Attrs[name]; ok {
		return w.list(e.Node, site{o.frame, o.val})
	}
	return nil
}

// annotations are what calls say of a constructor beside its signature.
type annotations struct {
	as              []string
	name, group     string
	params, results []string
	hooks           []*object
}

func (w *world) annotate(a *annotations, list [][]*object) {
	word := func(o *object, name string) string {
		for _, t := range w.texts(w.attr(o, name)) {
			if s, ok := t.constant(); ok {
				return s
			}
		}
		return ""
	}
	tags := func(o *object, name string) []string {
		var out []string
		for _, elem := range w.attrList(o, name) {
			s, _ := w.texts(elem)[0].constant()
			out = append(out, s)
		}
		return out
	}
	for _, o := range slices.Concat(list...) {
		if name := word(o, "name"); name != "" {
			a.name = name
		}
		if group := word(o, "group"); group != "" {
			a.group = group
		}
		for _, elem := range w.attrList(o, "as") {
			for _, ptr := range elem {
				if t := strings.TrimPrefix(unbox(ptr).typ, "*"); t != "" {
					a.as = append(a.as, t)
				}
			}
		}
		a.params = append(a.params, tags(o, "params")...)
		a.results = append(a.results, tags(o, "results")...)
		a.hooks = add(a.hooks, add(w.attr(o, "start"), w.attr(o, "stop")))
	}
}

// constructor takes the annotations off a constructor.
func (w *world) constructor(o *object, list [][]*object) (*object, annotations) {
	var a annotations
	w.annotate(&a, list)
	for range maxNesting {
		o = unbox(o)
		var inner []*object
		switch {
		case o.kind == libObject && o.spec != nil && !o.spec.Attrs["func"].IsZero():
			w.annotate(&a, w.attrList(o, "annotations"))
			inner = w.attr(o, "func")
		case o.kind == allocObject && strings.HasSuffix(o.typ, ".Annotated"):
			for field, set := range map[string]*string{"Name": &a.name, "Group": &a.group} {
				if s, ok := w.texts(w.fieldOf(o, field))[0].constant(); ok {
					*set = s
				}
			}
			inner = w.fieldOf(o, "Target")
		}
		if len(inner) == 0 {
			break
		}
		o = inner[0]
	}
	return o, a
}

// provide notes what a call offers.
func (w *world) provide(m *catalog.Provide, at site) {
	c := at.info()
	typeArg := func(i int) string {
		if i < len(c.Types) && !strings.Contains(c.Types[i], "?") {
			return c.Types[i]
		}
		return ""
	}
	name := ""
	if !m.Name.IsZero() {
		name, _ = w.texts(w.expr(m.Name.Node, at))[0].constant()
	}
	if m.Alias {
		if from, to := typeArg(0), typeArg(1); from != "" && to != "" {
			w.offer(&provision{at: at, value: operand{asked: &request{typ: from}}, request: request{typ: to, name: name}})
		}
		return
	}
	for i, objs := range w.list(m.Value.Node, at) {
		typ := typeArg(0)
		if typ == "" {
			typ = w.dynamicType(m.Value.Node, at, i)
		}
		if typ != "" {
			w.offer(&provision{at: at, value: operand{objs: objs}, request: request{typ: typ, name: name}, replaces: m.Replace})
		}
	}
	var list [][]*object
	if !m.Annotations.IsZero() {
		list = w.list(m.Annotations.Node, at)
	}
	for _, o := range slices.Concat(w.list(m.Func.Node, at)...) {
		fn, a := w.constructor(o, list)
		if fn.kind != funcObject {
			continue
		}
		if a.name == "" {
			a.name = name
		}
		for i, typ := range resultTypes(fn) {
			if typ == "error" {
				continue
			}
			if t := typeArg(0); t != "" && i == 0 {
				typ = t
			}
			p := provision{at: at, fn: fn, result: i, params: a.params, hooks: a.hooks, request: request{typ: typ, name: a.name, group: a.group}, replaces: m.Replace}
			if i < len(a.results) {
				p.tag(a.results[i])
			}
			w.offerResult(p, a.as)
		}
	}
}

// tag reads the struct tags of a dependency.
func (r *request) tag(tag string) {
	t := reflect.StructTag(tag)
	if name := t.Get("name"); name != "" {
		r.name = name
	}
	if group, _, _ := strings.Cut(t.Get("group"), ","); group != "" {
		r.group = group
	}
}

// offerResult offers a result under its type, under the interfaces that stand for it, or field by field.
func (w *world) offerResult(p provision, as []string) {
	if t := w.prog.types[p.typ]; t != nil && embeds(t, resultObject) {
		for _, f := range t.Fields {
			if !f.Embedded {
				one := p
				one.field, one.typ = f.Name, f.Type
				one.tag(f.Tag)
				if strings.Contains(f.Tag, ",flatten") {
					one.typ = strings.TrimPrefix(f.Type, "[]")
				}
				w.offer(&one)
			}
		}
		return
	}
	if len(as) == 0 {
		w.offer(&p)
	}
	for _, typ := range as {
		one := p
		one.typ = typ
		w.offer(&one)
	}
}

func embeds(t *effects.Type, typ string) bool {
	return slices.ContainsFunc(t.Fields, func(f effects.Field) bool { return f.Embedded && f.Type == typ })
}

func (w *world) offer(p *provision) {
	for _, old := range w.offered[p.typ] {
		if old.at == p.at && old.fn == p.fn && old.result == p.result && old.field == p.field && old.request == p.request {
			old.value = p.value
			return
		}
	}
	w.offered[p.typ] = append(w.offered[p.typ], p)
}

// dynamicType is the type of element i of an argument list of interface type.
func (w *world) dynamicType(n catalog.Node, at site, i int) string {
	first := 0
	switch n := n.(type) {
	case catalog.Arg:
		first = n.Index
	case catalog.Args:
		first = n.From
	default:
		return ""
	}
	v, ok := argument(at.info(), first)
	if !ok {
		return ""
	}
	val := &at.frame.fn.Values[v]
	if val.Op == effects.OpList && i < len(val.Args) {
		val = &at.frame.fn.Values[val.Args[i]]
	}
	return val.Type
}

// resultTypes lists the types of a function's results.
func resultTypes(fn *object) []string {
	if fn.fn != nil {
		return fn.fn.Results
	}
	return signatureResults(fn.typ)
}

// signatureResults takes the types of the results out of a spelled function type, such as func(string)(*pkg.Client,error).
func signatureResults(sig string) []string {
	var out []string
	depth, tuple, start := 0, 0, 0
	for i, r := range sig {
		switch r {
		case '(', '[', '{':
			depth++
			if r == '(' && depth == 1 {
				tuple++
				start = i + 1
			}
		case ')', ']', '}', ',':
			if depth == 1 && tuple == 2 && (r == ',' || r == ')') && i > start {
				out = append(out, sig[start:i])
				start = i + 1
			}
			if r != ',' {
				depth--
			}
		}
	}
	return out
}

// requests are what the parameters of a function ask for, without a bound receiver.
func (w *world) requests(fn *object, tags []string) []request {
	if fn.fn == nil {
		return nil
	}
	params := fn.fn.Params
	if fn.bound && len(params) > 0 {
		params = params[1:]
	}
	out := make([]request, len(params))
	for i, p := range params {
		out[i].typ = p.Type
		if i < len(tags) {
			out[i].tag(tags[i])
		}
		if out[i].group != "" {
			out[i].typ = strings.TrimPrefix(p.Type, "[]")
		}
	}
	return out
}

// construct is the frame of a function that a container calls.
func (w *world) construct(at site, fn *object, tags []string, replaces bool) *frame {
	if fn.fn == nil {
		return nil
	}
	var params []operand
	if fn.bound {
		params = append(params, fn.recv)
	}
	for _, r := range w.requests(fn, tags) {
		r.original = replaces
		if t := w.prog.types[r.typ]; t != nil && embeds(t, parameterObject) {
			params = append(params, operand{objs: one(w.object(objectKey{kind: askedObject, name: r.typ}, func(o *object) { o.typ = r.typ }))})
			continue
		}
		params = append(params, operand{asked: &r})
	}
	closure := operand{}
	if fn.frame != nil && !fn.bound && fn.val >= 0 {
		closure = operand{frame: fn.frame, val: fn.val}
	}
	return w.enter(at.frame, at.call, fn.fn, params, closure, w.only(fn.recv))
}

// matching lists the provisions that answer a request.
func (w *world) matching(r request) []*provision {
	var found, replacing []*provision
	for _, p := range w.offered[r.typ] {
		switch {
		case p.group != r.group || r.group == "" && p.name != r.name:
		case p.replaces:
			replacing = append(replacing, p)
		default:
			found = append(found, p)
		}
	}
	if len(replacing) > 0 && !r.original {
		return replacing
	}
	if len(found) == 0 && r.implements {
		if iface := w.prog.ifaces[r.typ]; iface != nil {
			for _, typ := range sortedKeys(w.offered) {
				t := w.prog.types[trimPtr(typ)]
				if t != nil && !t.Foreign && w.prog.implements(t, r.typ, &effects.Call{}) {
					found = append(found, w.offered[typ]...)
				}
			}
		}
	}
	return found
}

// handOut is what a container answers to a request: for a group the list of all that is in it.
func (w *world) handOut(r request) []*object {
	key := w.object(objectKey{kind: askedObject, name: strings.Join([]string{r.typ, r.name, r.group}, "\x00"), n: int32(btoi(r.original))}, nil)
	if key.loaded == nil {
		key.loaded = w.newAnswer()
	}
	return w.once(key.loaded, func() []*object {
		var out []*object
		for _, p := range w.matching(r) {
			out = add(out, w.provided(p))
		}
		if r.group == "" {
			return out
		}
		list := w.object(objectKey{kind: makeObject, name: key.name, val: -1}, func(o *object) { o.typ = "[]" + r.typ })
		for _, o := range out {
			w.assign(w.field(list, "[]", ""), o)
		}
		return one(list)
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// provided is the value of a provision.
func (w *world) provided(p *provision) []*object {
	if p.fn == nil {
		return w.operand(p.value)
	}
	var out []*object
	if p.fn.fn != nil {
		f := w.construct(p.at, p.fn, p.params, p.replaces)
		if f == nil {
			return nil
		}
		out = w.returned(f, int32(p.result))
	} else {
		out = one(w.madeBy(p.fn, p.result))
	}
	if p.field != "" {
		out = each(out, func(o *object) []*object { return w.load(w.field(w.pointee(o), p.field, p.typ)) })
		if p.group != "" && len(out) == 1 {
			if elems := w.containedIn(out[0]); elems != nil {
				out = slices.Concat(elems...)
			}
		}
	}
	return out
}

// madeBy is what a library's constructor gives where no code calls it.
func (w *world) madeBy(fn *object, result int) *object {
	var spec *catalog.Object
	for _, m := range w.prog.cat.Lookup(fn.name) {
		if m.Makes != nil && m.Makes.Result == result {
			spec = m.Makes
		}
	}
	return w.object(objectKey{kind: libObject, name: fn.name, n: int32(result), spec: spec}, nil)
}

// handOutField is a field of a parameter object.
func (w *world) handOutField(o *object) []*object {
	t := w.prog.types[o.base.typ]
	if t == nil {
		return nil
	}
	for _, f := range t.Fields {
		if f.Name == o.name {
			return w.handOutAs(fieldRequest(f))
		}
	}
	return nil
}

func fieldRequest(f effects.Field) request {
	r := request{typ: f.Type}
	r.tag(f.Tag)
	if r.group != "" {
		r.typ = strings.TrimPrefix(f.Type, "[]")
	}
	return r
}

// handOutAs is handOut for what may be a parameter object itself.
func (w *world) handOutAs(r request) []*object {
	if t := w.prog.types[r.typ]; t != nil && embeds(t, parameterObject) {
		return one(w.object(objectKey{kind: askedObject, name: r.typ}, func(o *object) { o.typ = r.typ }))
	}
	return w.handOut(r)
}

// invokeAll calls functions with what the container has.
func (k *walk) invokeAll(at site, m *catalog.Invoke) {
	for _, o := range slices.Concat(k.w.list(m.Func.Node, at)...) {
		fn, a := k.w.constructor(o, nil)
		if fn.kind != funcObject {
			continue
		}
		k.needAll(k.w.requests(fn, a.params))
		k.visit(k.w.construct(at, fn, a.params, false))
		k.runHooks(at, a.hooks)
	}
}

// needAll walks the constructors that answer requests, those of their own parameters first. Constructors that nothing asks
// for are never called.
func (k *walk) needAll(rs []request) {
	for _, r := range rs {
		k.need(r)
	}
}

func (k *walk) need(r request) {
	w := k.w
	if t := w.prog.types[r.typ]; t != nil && embeds(t, parameterObject) {
		for _, f := range t.Fields {
			if f.Type != parameterObject {
				k.need(fieldRequest(f))
			}
		}
		return
	}
	for _, p := range w.matching(r) {
		if k.needed[p] {
			continue
		}
		if k.needed == nil {
			k.needed = map[*provision]bool{}
		}
		k.needed[p] = true
		if p.fn == nil {
			if p.value.asked != nil {
				k.need(*p.value.asked)
			}
			continue
		}
		requests := w.requests(p.fn, p.params)
		for i := range requests {
			requests[i].original = p.replaces
		}
		k.needAll(requests)
		k.visit(w.construct(p.at, p.fn, p.params, p.replaces))
		k.runHooks(p.at, p.hooks)
	}
}

// runHooks calls functions that run when the application starts or stops. What they ask for is there already.
func (k *walk) runHooks(at site, hooks []*object) {
	for _, h := range hooks {
		if h = unbox(h); h.kind == funcObject {
			k.visit(k.w.construct(at, h, nil, false))
		}
	}
}

// resolve walks the constructors of what a call takes out of a container, and puts it where the call says.
func (k *walk) resolve(at site, m *catalog.Resolve) {
	w := k.w
	if m.Into.IsZero() {
		if r, ok := w.requestOf(m, at); ok && k.startup {
			k.need(r)
		}
		return
	}
	for i, objs := range w.list(m.Into.Node, at) {
		r := request{typ: strings.TrimPrefix(w.dynamicType(m.Into.Node, at, i), "*")}
		k.need(r)
		for _, ptr := range objs {
			for _, o := range w.handOutAs(r) {
				w.assign(unbox(ptr), o)
			}
		}
	}
}

// resolved is what a call takes out of a container.
func (w *world) resolved(m *catalog.Resolve, at site) []*object {
	if r, ok := w.requestOf(m, at); ok {
		return w.handOut(r)
	}
	return nil
}

func (w *world) requestOf(m *catalog.Resolve, at site) (request, bool) {
	c := at.info()
	if len(c.Types) == 0 || strings.Contains(c.Types[0], "?") {
		return request{}, false
	}
	r := request{typ: c.Types[0], implements: m.Implements}
	if !m.Name.IsZero() {
		r.name, _ = w.texts(w.expr(m.Name.Node, at))[0].constant()
	}
	return r, true
}

// dispatched adds the handlers that a mediator calls: the methods of what is offered under the type of the request.
func (w *world) dispatched(at site, t *targets) {
	models := at.frame.fn.models
	if models == nil {
		return
	}
	for _, m := range models[at.call] {
		if m.Dispatch == nil {
			continue
		}
		r, ok := w.requestOf(&catalog.Resolve{Name: m.Dispatch.Name}, at)
		if !ok {
			continue
		}
		for _, handler := range w.handOut(r) {
			for _, fn := range w.methodValue(handler, m.Dispatch.Method) {
				w.callValue(at.frame, at.call, fn, w.args(at.frame, at.info()), t)
			}
		}
	}
}
