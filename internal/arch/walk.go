package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// walk follows the calls of a frame, in order, into everything from which an effect can be reached. It keeps what it
// comes across in rec. The same function is entered again in another context only as often as contexts differ in what
// matters to effects, and never more than contexts() times.
type walk struct {
	w       *world
	startup bool          // also enter functions that only store: they wire the service up
	root    *frame        // of an endpoint's walk
	before  bool          // only what is done before the request is handed on: middleware
	leaves  map[site]bool // the calls that hand it on to what a library made
	entered map[walkKey]int
	frames  map[*frame]bool
	hits    []hit
	lost    []site // calls of which nothing is known that they could go to
	steps   int
	needed  map[*provision]bool // constructors of dependency-injection containers that have been called
}

// hit is a call with a model that says it does something to the world outside.
type hit struct {
	siteModel
	made site // of a function that a library made to do a call, such as an endpoint of go-kit: where it did
}

type walkKey struct {
	fn     *function
	inLoop bool
	async  bool
	tx     bool
	// live are the blocks that can run: a helper that is told to read does something else than one that is told to write.
	live string
}

const (
	maxSteps         = 20000 // frames of one walk
	maxRegistrations = 600   // contexts of a function that registers endpoints: a router of the repository's own
)

// contexts is in how many contexts a function may be entered: many in programs of a usual size, few once a walk has
// become long, where the same library code comes up on every way.
func (k *walk) contexts() int {
	long := 250
	if k.startup {
		long = 1000
	}
	switch {
	case k.steps < long:
		return 24
	case k.steps < 3*long:
		return 6
	}
	return 1
}

func (w *world) newWalk(startup bool) *walk {
	return &walk{w: w, startup: startup, entered: map[walkKey]int{}, frames: map[*frame]bool{}}
}

func (k *walk) wants(fn *function) bool { return fn.interesting || k.startup && fn.storing }

func (k *walk) visit(f *frame) {
	if f == nil || k.frames[f] || !k.wants(f.fn) || k.steps >= maxSteps {
		return
	}
	key := walkKey{f.fn, f.inLoop, f.async, f.tx != "", k.w.liveIn(f)}
	if limit := k.contexts(); k.entered[key] >= limit && !(k.startup && f.fn.registers && k.entered[key] < maxRegistrations) {
		return
	}
	k.entered[key]++
	k.frames[f] = true
	k.steps++
	k.w.flush()
	if k.startup {
		k.w.noteSwitches(f)
	}
	k.calls(f, nil, 0)
}

func (k *walk) call(f *frame, i int32) {
	c := &f.fn.Calls[i]
	if k.before && (passesOn(f.fn, i) || k.leaves[site{f, i}]) {
		return
	}
	if c.Callee != "" && c.Iface == "" {
		if fn := f.fn.callees[i]; fn != nil && !k.wants(fn) {
			return
		}
	}
	t := k.w.targets(f, i)
	if len(t.frames)+len(t.library) == 0 {
		k.lost = append(k.lost, site{f, i})
	}
	for _, child := range t.frames {
		k.visit(child)
	}
	for _, symbol := range t.library {
		k.library(site{f, i}, symbol)
	}
	if c.Callee == "" && c.Iface == "" {
		k.invoke(f, i)
	}
	if len(t.frames) == 0 && len(t.library) == 0 && c.Iface == "" && c.Callee == "" && !wrapsArgument(f.fn, i) {
		k.callbacks(f, i, nil)
	}
}

// invokes reports whether a library function gives a function that does the call that the model speaks of, when it is called.
func invokes(m *catalog.Model) bool {
	return m.Call != nil && m.Makes != nil && m.Makes.Kind == "invoker"
}

// invoke notes the call of a function that a library made to do a request.
func (k *walk) invoke(f *frame, i int32) {
	for _, o := range k.w.eval(f, f.fn.Calls[i].Func) {
		if o = unbox(o); o.kind != libObject || o.spec == nil || o.spec.Kind != "invoker" || o.frame == nil {
			continue
		}
		made := site{o.frame, o.val}
		for _, m := range k.w.prog.lookup(made.info().Callee) {
			if invokes(m) {
				k.hits = append(k.hits, hit{siteModel{site{f, i}, m}, made})
			}
		}
	}
}

// wrapsArgument reports whether a call returns what it is given, wrapped: a middleware value, whose function is called
// later, through the result.
func wrapsArgument(fn *function, call int32) bool {
	_, ok := wrappedArgument(fn, call)
	return ok
}

func wrappedArgument(fn *function, call int32) (int32, bool) {
	c := &fn.Calls[call]
	for i := range fn.Values {
		v := &fn.Values[i]
		if v.Op != effects.OpCall || v.Args[0] != call {
			continue
		}
		for _, arg := range c.Args {
			if val := &fn.Values[arg]; val.Type == v.Type || val.Op == effects.OpIface && len(c.Args) == 1 && v.Type == "net/http.Handler" {
				return arg, true
			}
		}
	}
	return 0, false
}

// library interprets a call of a library function by its models.
func (k *walk) library(at site, symbol string) {
	w := k.w
	if l := runsCommands(symbol); l != nil {
		k.commands(at, l)
		return
	}
	w.noteCommand(at, symbol)
	models := w.prog.cat.Lookup(symbol)
	if len(models) == 0 && leavesRequest(at.frame.fn, at.call) {
		k.hits = append(k.hits, hit{siteModel: siteModel{at, sdkCall}})
	}
	quiet := false // the function values it is given are not called here
	for _, m := range models {
		sm := siteModel{at, m}
		first := !w.seen[sm]
		w.seen[sm] = true
		if (m.Call != nil || m.Data != nil || m.Publish != nil || m.Span != nil || m.Guard != nil || m.Ack != nil || m.Waits != nil) && !invokes(m) {
			k.hits = append(k.hits, hit{siteModel: sm})
		}
		if m.Endpoint != nil || m.Mount != nil || m.Use != nil || m.Publish != nil || m.Consume != nil || m.Bind != nil || m.Schedule != nil || m.Instrument != nil ||
			m.Serve != nil || m.Makes != nil || m.Callback != nil || !m.Pass.IsZero() || m.Config != nil || m.Quiet || m.Fill != nil || m.Binding != nil || m.Announce != nil || m.Dispatch != nil || wires(m) {
			quiet = true
		}
		if first {
			w.note(sm)
		}
		if m.Makes != nil && !m.Makes.Named.IsZero() {
			for _, t := range w.texts(w.expr(m.Makes.Named.Node, at)) {
				if name, ok := t.constant(); ok {
					w.named[name] = add(w.named[name], one(w.libObject(at, 0, m.Makes)))
				}
			}
		}
		if m.Makes != nil && !m.Makes.Pointer.IsZero() {
			for _, p := range w.expr(m.Makes.Pointer.Node, at) {
				for p.kind == ptrObject && p.base.kind != allocObject {
					p = p.base // a part of the object, such as the header of a request
				}
				w.assign(p, w.libObject(at, -1, m.Makes))
			}
		}
		if m.Config != nil && !m.Config.Into.IsZero() {
			for _, p := range w.expr(m.Config.Into.Node, at) {
				if t := w.prog.types[trimPtr(p.typ)]; t == nil || t.Kind != "struct" {
					w.assign(p, w.textObject(w.configured(m.Config, at)))
				} // a struct is filled field by field: see configValue
			}
		}
		if m.Callback != nil {
			k.callback(at, m.Callback)
		}
		if m.Fill != nil {
			w.noteFill(m.Fill, at)
		}
		k.inject(at, m)
	}
	if !quiet {
		k.callbacks(at.frame, at.call, models)
	}
}

// note keeps what a registration says until the walk over main is done.
func (w *world) note(sm siteModel) {
	m := sm.model
	if m.Endpoint != nil {
		w.found.endpoints = append(w.found.endpoints, sm)
	}
	if m.Mount != nil {
		w.noteMount(m.Mount, sm.site)
	}
	if m.Use != nil {
		for _, o := range w.expr(m.Use.To.Node, sm.site) {
			for _, elem := range w.list(m.Use.What.Node, sm.site) {
				w.uses[o] = append(w.uses[o], operand{objs: elem})
			}
		}
	}
	if m.Makes != nil && m.Makes.Kind == "graphql" {
		w.found.graphs = append(w.found.graphs, sm)
	}
	if m.Serve != nil {
		w.found.serves = append(w.found.serves, sm)
	}
	if m.Consume != nil {
		w.found.consumes = append(w.found.consumes, sm)
	}
	if m.Table != nil {
		w.noteTable(m.Table, sm.site)
	}
	if m.Bind != nil {
		w.found.binds = append(w.found.binds, sm)
	}
	if m.Schedule != nil {
		w.found.schedules = append(w.found.schedules, sm)
	}
	if m.Tracer != nil {
		w.found.tracers = append(w.found.tracers, sm)
	}
	if m.Announce != nil {
		w.found.announces = append(w.found.announces, sm)
	}
	if m.Binding != nil {
		w.found.bindings = append(w.found.bindings, sm)
	}
	if c := m.Config; c != nil && !c.Flag.IsZero() && !c.Default.IsZero() {
		if t := w.configured(c, sm.site); len(t) == 1 && t[0].Default != nil {
			w.flagDefaults[t[0].Name] = t[0].Default
		}
	}
	if m.Instrument != nil {
		w.found.instrs = append(w.found.instrs, sm)
	}
}

func (w *world) noteMount(m *catalog.Mount, at site) {
	for _, o := range w.expr(m.Handler.Node, at) {
		if !slices.ContainsFunc(w.mounts[o], func(old mountedAt) bool { return old.where == at }) {
			w.mounts[o] = append(w.mounts[o], mountedAt{m.At.Node, at})
		}
	}
}

// callbacks calls the functions that a library function is given: without a model it is taken to call each once, before
// it returns.
func (k *walk) callbacks(f *frame, i int32, models []*catalog.Model) {
	c := &f.fn.Calls[i]
	for n, arg := range c.Args {
		if n == 0 && c.Recv || !mayBeFunc(f.fn, arg, 3) {
			continue
		}
		for _, o := range k.w.eval(f, arg) {
			for _, fn := range k.w.functionsIn(o) {
				k.enterCallback(site{f, i}, fn, nil, nil)
			}
		}
	}
}

// mayBeFunc filters arguments cheaply by how they are made.
func mayBeFunc(fn *function, v int32, depth int) bool {
	val := &fn.Values[v]
	switch val.Op {
	case effects.OpFunc, effects.OpClosure, effects.OpBound:
		return true
	case effects.OpConvert, effects.OpIface, effects.OpList, effects.OpPhi:
		if depth == 0 {
			return false
		}
		for _, a := range val.Args {
			if mayBeFunc(fn, a, depth-1) {
				return true
			}
		}
		return false
	}
	return strings.HasPrefix(val.Type, "func")
}

// functionsIn lists the function values in an object: itself, or the elements of a list.
func (w *world) functionsIn(o *object) []*object {
	o = unbox(o)
	switch o.kind {
	case funcObject:
		return one(o)
	case listObject:
		var out []*object
		for _, e := range w.elements(o) {
			if e = unbox(e); e.kind == funcObject {
				out = append(out, e)
			}
		}
		return out
	}
	return nil
}

func (k *walk) callback(at site, cb *catalog.Callback) {
	for _, o := range k.w.expr(cb.Func.Node, at) {
		for _, fn := range k.w.functionsIn(o) {
			k.enterCallback(at, fn, cb, nil)
		}
	}
}

// enterCallback visits a function that a library calls. Its parameters are what the model says they are; a context is
// the one that the library was given.
func (k *walk) enterCallback(at site, o *object, cb *catalog.Callback, params []operand) {
	if o.fn == nil || !k.wants(o.fn) {
		return
	}
	w := k.w
	args := params
	if args == nil {
		args = w.callbackArgs(at, o, cb)
	}
	if o.bound {
		args = append([]operand{o.recv}, args...)
	}
	closure := operand{}
	if o.frame != nil && !o.bound && o.val >= 0 {
		closure = operand{frame: o.frame, val: o.val}
	}
	f := w.enter(at.frame, at.call, o.fn, args, closure, w.only(o.recv))
	if f == nil {
		return
	}
	if cb != nil {
		f.inLoop = f.inLoop || cb.Loop
		f.async = f.async || cb.Async || cb.Later
		if cb.Tx != "" {
			f.tx = cb.Tx
		}
	}
	k.visit(f)
}

func (w *world) callbackArgs(at site, o *object, cb *catalog.Callback) []operand {
	c := at.info()
	n := len(o.fn.Params)
	if o.bound {
		n--
	}
	args := make([]operand, max(n, 0))
	for i := range args {
		p := i
		if o.bound {
			p++
		}
		switch {
		case o.fn.Params[p].Type == "context.Context" && c.Ctx >= 0:
			args[i] = operand{frame: at.frame, val: c.Args[c.Ctx]}
		case cb != nil && i < len(cb.Params) && cb.Params[i].Kind != "":
			args[i] = operand{objs: one(w.libObject(at, int32(100+i), &cb.Params[i]))}
		default:
			args[i] = operand{objs: one(w.object(objectKey{kind: entryObject, frame: at.frame.id, val: at.call, n: int32(i), name: o.fn.ID}, func(e *object) {
				e.frame, e.typ = at.frame, o.fn.Params[p].Type
			}))}
		}
	}
	return args
}
