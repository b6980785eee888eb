package arch

import (
	"cmp"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// endpoint is an Endpoint while it is being linked.
type endpoint struct {
	Endpoint
	handler *object // the function that answers, a funcObject
	reg     site
	model   *catalog.Model
	// wrapped: the handler passed through these library calls on its way to the router.
	wrapped []site
	limit   *requestLimit // see limited
	at      *object       // the router or server that it is registered at
	root    *frame
	feed    []*object // the channel that gives the messages, where the root ranges over one
	ranges  bool      // the root does so with messages of feed: the rest of it is something else
	more    []*frame  // of the other handlers of the same topic
	through *handover // the handlers that a person wrote and that stand around what answers
}

// answers lists what a process answers, from the registrations that its start-up came across.
func (p *process) answers() {
	w := p.w
	p.mountRouters()
	for _, sm := range p.refined() {
		e := sm.model.Endpoint
		if !e.Desc.IsZero() {
			p.rpcs(sm)
			continue
		}
		if !e.Impl.IsZero() {
			p.methods(sm)
			continue
		}
		p.routes(sm)
	}
	p.served()
	for _, sm := range w.found.consumes {
		p.consumer(sm)
	}
	for _, sm := range w.found.schedules {
		p.schedule(sm)
	}
	slices.SortStableFunc(p.endpoints, func(a, b *endpoint) int { return strings.Compare(a.ID, b.ID) })
	p.endpoints = mergeHandlers(p.endpoints)
}

// mergeHandlers keeps one endpoint per id of a sorted list. Several handlers of one topic are one consumer that does what
// each of them does: each gets the messages, or its share of them.
func mergeHandlers(sorted []*endpoint) []*endpoint {
	var out []*endpoint
	for _, e := range sorted {
		if len(out) == 0 || out[len(out)-1].ID != e.ID || out[len(out)-1].Protocol != e.Protocol {
			out = append(out, e)
			continue
		}
		kept := out[len(out)-1]
		switch {
		case e.Protocol != "consumer" || e.root == nil:
		case e.root == kept.root:
			kept.feed = add(kept.feed, e.feed)
		case !slices.Contains(kept.more, e.root):
			kept.more = append(kept.more, e.root)
		}
	}
	return out
}

// unwrap follows a value through the library functions that wrap it, and lists them.
func (w *world) unwrap(o *object) (*object, []site) {
	layers := slices.Clone(w.layers[o])
	for range maxParents {
		o = unbox(o)
		if inner := w.handlerField(o); inner != nil {
			o = inner
			continue
		}
		if o.kind != libObject || o.frame == nil {
			break
		}
		at := site{o.frame, o.val}
		var inner []*object
		for _, m := range w.prog.cat.Lookup(at.info().Callee) {
			if m.Makes != nil && m.Makes == o.spec && m.Makes.Kind == "handler" {
				inner = w.expr(m.Makes.Attrs["handler"].Node, at)
			} else if !m.Pass.IsZero() {
				inner = w.expr(m.Pass.Node, at)
			}
		}
		if len(inner) == 0 {
			break
		}
		layers = append(layers, at)
		o = inner[len(inner)-1]
		layers = append(layers, w.layers[o]...)
	}
	return o, layers
}

// handlerField is what a library's struct hands requests on to: &ochttp.Handler{Handler: mux}. It is nil for every other object.
func (w *world) handlerField(o *object) *object {
	typ := trimPtr(w.typeOf(o))
	if o.kind != allocObject || !strings.Contains(typ, ".") || w.prog.pkgs[packageOf(typ)] != nil {
		return nil
	}
	for _, h := range w.fieldOf(o, "Handler") {
		if h = unbox(h); h != o && (h.kind == funcObject || h.kind == allocObject || h.kind == libObject) {
			return h
		}
	}
	return nil
}

// rpcs lists the methods of a generated service description that is registered with an implementation.
func (p *process) rpcs(sm siteModel) {
	w, e := p.w, sm.model.Endpoint
	for _, desc := range w.expr(e.Desc.Node, sm.site) {
		names := w.texts(w.fieldOf(desc, "ServiceName"))
		service, ok := names[0].constant()
		if !ok || operational(service) {
			continue
		}
		var methods []string
		for _, list := range [2][2]string{{"Methods", "MethodName"}, {"Streams", "StreamName"}} {
			for _, m := range each(w.fieldOf(desc, list[0]), w.elements) {
				for _, name := range w.texts(w.fieldOf(m, list[1])) {
					if s, ok := name.constant(); ok {
						methods = append(methods, s)
					}
				}
			}
		}
		// Kitex keeps the methods in a map by name.
		for _, m := range w.fieldOf(desc, "Methods") {
			for _, name := range w.keys(m) {
				if s, ok := w.texts(one(name))[0].constant(); ok {
					methods = append(methods, s)
				}
			}
		}
		for _, name := range methods {
			for _, impl := range present(w.expr(e.Impl.Node, sm.site)) {
				for _, fn := range w.methodValue(impl, goName(name)) {
					if fn.fn == nil || strings.Contains(fn.name, ".Unimplemented") {
						continue
					}
					p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: e.Protocol, ID: service + "/" + name}, handler: fn}, nil)
				}
			}
		}
	}
}

// methods lists the methods of a value that is registered whole: those that take a request and a place for the reply and
// return an error, see https://pkg.go.dev/net/rpc#Server.Register. Path is what stands before a method's name.
func (p *process) methods(sm siteModel) {
	w, e := p.w, sm.model.Endpoint
	for _, impl := range present(w.expr(e.Impl.Node, sm.site)) {
		typ := w.prog.types[trimPtr(impl.typ)]
		if typ == nil {
			continue
		}
		for _, m := range typ.Methods {
			if !ast.IsExported(m.Name) || !strings.HasSuffix(m.Sig, "(error)") {
				continue
			}
			for _, fn := range w.methodValue(impl, m.Name) {
				if fn.fn == nil || len(fn.fn.Params) < 3 || len(fn.fn.Results) != 1 {
					continue
				}
				for _, t := range w.texts(w.expr(e.Path.Node, sm.site)) {
					if prefix, ok := t.constant(); ok {
						if rest, ok := strings.CutPrefix(prefix, typ.ID); ok { // type(X) is a name with its package
							prefix = typ.ID[strings.LastIndexByte(typ.ID, '.')+1:] + rest
						}
						p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: e.Protocol, ID: prefix + m.Name}, handler: fn}, nil)
					}
				}
			}
		}
	}
}

// goName is a proto method's name as protoc-gen-go writes it: list_orders and listOrders are ListOrders.
func goName(name string) string {
	var b strings.Builder
	up := true
	for _, r := range name {
		if r == '_' {
			up = true
			continue
		}
		if up && r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		up = false
		b.WriteRune(r)
	}
	return b.String()
}

// operational names RPC services that are for operations and not a part of the architecture.
func operational(service string) bool {
	return strings.HasPrefix(service, "grpc.health.") || strings.HasPrefix(service, "grpc.reflection.") || strings.HasPrefix(service, "grpc.channelz.")
}

var (
	// Behind anything else than these a colon starts a verb, as in /orders/{id}:cancel. See https://google.aip.dev/136.
	colonParam = regexp.MustCompile(`(^|[/.-]):([A-Za-z_]\w*)(<[^/]*>)?[?+*]?`)
	braceParam = regexp.MustCompile(`\{([A-Za-z_]\w*)(\?|\.\.\.|:[^{}]*(\{[^{}]*\}[^{}]*)*|\$)?\}`)
	starParam  = regexp.MustCompile(`/\*(\w+)`)
	dots       = regexp.MustCompile(`(/\.)+/`)
	slashes    = regexp.MustCompile(`/{2,}`)
)

func (p *process) consumer(sm siteModel) {
	w, c := p.w, sm.model.Consume
	broker := w.broker(c.Broker, c.BrokerOf, sm.site)
	if !c.Handlers.IsZero() {
		p.handlers(sm, broker)
		return
	}
	var topics []string
	for _, elem := range w.list(c.Topic.Node, sm.site) {
		for _, t := range w.texts(elem) {
			topics = append(topics, plainName(broker, p.topic(t)))
		}
	}
	if len(topics) == 0 {
		topics = []string{"*"}
	}
	slices.Sort(topics)
	topics = slices.Compact(topics)
	if _, ok := c.Handler.Node.(catalog.Enclosing); ok || c.Handler.IsZero() {
		root, loop := receiveLoop(sm.site)
		if loop != nil {
			p.noteLoop(root, loop)
		}
		h := w.object(objectKey{kind: funcObject, frame: root.id, val: -1, fn: root.fn, name: root.fn.ID}, func(o *object) { o.frame = root })
		var feed []*object
		if loop == nil {
			feed = w.result(sm.frame, sm.call, 0)
		}
		for _, topic := range topics {
			p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: "consumer", ID: broker + ":" + topic}, handler: h, feed: feed}, root)
		}
		return
	}
	for _, h := range w.expr(c.Handler.Node, sm.site) {
		p.handler(sm, broker, topics, h)
	}
}

// handler adds a consumer of topics. An object that is no function stands for its methods, each of which is known by its own
// name.
func (p *process) handler(sm siteModel, broker string, topics []string, h *object) {
	inner, layers := p.w.unwrap(h)
	if inner.kind != funcObject {
		if typ := p.w.prog.types[trimPtr(inner.typ)]; typ != nil {
			for _, m := range typ.Methods {
				if ast.IsExported(m.Name) && strings.HasSuffix(m.Sig, "error)") {
					for _, fn := range p.w.methodValue(inner, m.Name) {
						p.handler(sm, broker, []string{m.Name}, fn)
					}
				}
			}
		}
		return
	}
	for _, topic := range topics {
		p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: "consumer", ID: broker + ":" + topic}, handler: inner, wrapped: layers}, nil)
	}
}

// handlers adds the consumers of a map from topics to functions, or of objects that know both.
func (p *process) handlers(sm siteModel, broker string) {
	w := p.w
	for _, elem := range w.list(sm.model.Consume.Handlers.Node, sm.site) {
		for _, o := range elem {
			if fns := w.attr(o, "handler"); len(fns) > 0 {
				for _, t := range w.texts(w.attr(o, "topic")) {
					for _, fn := range fns {
						p.handler(sm, broker, []string{p.topic(t)}, fn)
					}
				}
			}
		}
	}
	for _, m := range w.expr(sm.model.Consume.Handlers.Node, sm.site) {
		if m = unbox(m); m.kind != makeObject {
			continue
		}
		for _, s := range w.field(m, "[]", "").stores {
			fn := s.frame.fn
			addr := &fn.Values[fn.Stores[s.index].Addr]
			if len(addr.Args) < 2 {
				continue
			}
			for _, t := range w.texts(w.eval(s.frame, addr.Args[1])) {
				for _, h := range w.eval(s.frame, fn.Stores[s.index].Val) {
					p.handler(sm, broker, []string{p.topic(t)}, h)
				}
			}
		}
	}
}

// topic is the name of a topic or key as the Model shows it.
func (p *process) topic(t text) string {
	s := p.fill(t)
	if name, ok := s.constant(); ok {
		if typ := p.w.prog.types[name]; typ != nil {
			return p.w.messageName(typ)
		}
	}
	if !s.known() {
		if src, ok := s.source(); ok {
			return "{" + src.Name + "}"
		}
		return "*"
	}
	return strings.ReplaceAll(s.String(), "{}", "*")
}

// receiveLoop is the frame whose loop takes the messages: where a small function only fetches one, its caller's.
// The blocks of the loop come with it; there are none where the loop is over a channel that the site gives.
func receiveLoop(at site) (root *frame, loop map[int32]bool) {
	f, call := at.frame, at.call
	for f != nil && call >= 0 {
		if b := f.fn.Calls[call].Block; f.fn.Blocks[b].Cycle {
			return f, f.fn.cycle(b)
		}
		if f.parent == nil || f.call >= 0 && f.parent.fn.Calls[f.call].Go {
			break // a loop that starts goroutines takes no messages itself
		}
		f, call = f.parent, f.call
	}
	// Where a function hands the channel of messages on, its caller's is the loop.
	f, call = at.frame, at.call
	for f.parent != nil && f.call >= 0 && f.fn.returns(call) {
		f, call = f.parent, f.call
	}
	return f, nil
}

// noteLoop keeps the blocks of a receive loop; one function may hold several.
func (p *process) noteLoop(root *frame, loop map[int32]bool) {
	if p.loops == nil {
		p.loops = map[*frame]map[int32]bool{}
	}
	if p.loops[root] == nil {
		p.loops[root] = map[int32]bool{}
	}
	maps.Copy(p.loops[root], loop)
}

// returns reports whether a function returns the result of a call as it is.
func (fn *function) returns(call int32) bool {
	return slices.ContainsFunc(fn.Returns, func(r effects.Return) bool {
		return slices.ContainsFunc(r.Vals, func(v int32) bool {
			val := &fn.Values[fn.strip(v)]
			return val.Op == effects.OpCall && val.Args[0] == call && val.Type != "error"
		})
	})
}

// messageName is the name of a Go type that stands for its messages: what its method Kind says, else the type's name with its
// package.
func (w *world) messageName(t *effects.Type) string {
	if m := methodOf(t, "Kind"); m != nil {
		if fn := w.prog.funcs[m.Func]; fn != nil {
			if s, ok := w.texts(w.returned(w.enter(nil, -3, fn, nil, operand{}, nil), 0))[0].constant(); ok {
				return s
			}
		}
	}
	return t.ID[strings.LastIndexByte(t.ID, '/')+1:]
}

func (p *process) schedule(sm siteModel) {
	w, s := p.w, sm.model.Schedule
	for _, h := range w.expr(s.Handler.Node, sm.site) {
		inner, layers := w.unwrap(h)
		for _, fn := range append(w.handlers(inner), w.methodValue(inner, "Run")...) {
			name := w.texts(w.expr(s.Name.Node, sm.site))[0].String()
			if fn.fn != nil && (name == "{}" || name == "") {
				name = p.jobName(fn.fn)
			}
			p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: "cron", ID: "cron:" + name}, handler: fn, wrapped: layers}, nil)
		}
	}
}

// jobName names a scheduled function; a literal that only calls one function of the repository, with its arguments, is
// named after that one.
func (p *process) jobName(fn *function) string {
	if !strings.Contains(fn.Name, "$") {
		return fn.Name
	}
	name := ""
	for i := range fn.Calls {
		if c := &fn.Calls[i]; p.w.prog.funcs[c.Callee] != nil {
			if name != "" {
				return fn.Name
			}
			name = c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
		}
	}
	return cmp.Or(name, fn.Name)
}

// add completes an endpoint and enters its handler.
func (p *process) add(sm siteModel, e *endpoint, root *frame) {
	e.Service, e.reg, e.model = p.Name, sm.site, sm.model
	e.Registered = p.written(sm.site)
	if recv := p.w.expr(catalog.Recv{}, sm.site); len(recv) > 0 {
		e.at = recv[0]
	}
	var entry *frame
	if root == nil {
		root = p.enterHandler(e.handler)
		entry = root
	} else {
		entry = p.received(root, sm.site)
	}
	e.root = root
	if root == nil {
		if e.handler.name != "" {
			e.Handler = e.handler.name[strings.LastIndexByte(e.handler.name, '.')+1:]
		}
		p.endpoints = append(p.endpoints, e)
		return
	}
	fn := p.person(entry)
	e.Handler, e.Site = fn.Name, fn.Pos
	if fn.elsewhere() {
		e.Site = e.Registered // nobody wrote it here
	}
	p.endpoints = append(p.endpoints, e)
}

// enterHandler gives the frame in which a request comes in to a function.
func (p *process) enterHandler(o *object) *frame {
	if o.fn == nil {
		return nil
	}
	var args []operand
	if o.bound {
		args = []operand{o.recv}
	}
	f := p.w.enter(nil, -2, o.fn, args, o.captured(), p.boundTo(o))
	f.entry = true
	return f
}

// boundTo tells the handlers of two instances of one type apart.
func (p *process) boundTo(o *object) *object {
	if !o.bound {
		return nil
	}
	if objs := p.w.operand(o.recv); len(objs) == 1 {
		return objs[0]
	}
	return nil
}

// person finds the function that a person wrote behind a generated handler, or one of a first-party module. Generated code
// calls it through an interface;
// function values that it calls are middleware and hooks, and count only where there is nothing else.
func (p *process) person(f *frame) *function {
	work := []*frame{f}
	seen := map[*frame]bool{f: true}
	var hook *frame
	for len(work) > 0 && len(seen) < 200 {
		f := work[0]
		work = work[1:]
		if !f.fn.elsewhere() {
			return p.adapted(f).fn
		}
		next := func(child *frame, value bool) {
			if child == nil || seen[child] {
				return
			}
			seen[child] = true
			if value && !child.fn.elsewhere() {
				if hook == nil {
					hook = child
				}
				return
			}
			work = append(work, child)
		}
		for _, given := range [...]bool{true, false} { // logic.NewCreateLogic(ctx).Create(in): the constructor is not what answers
			for i := range f.fn.Calls {
				if f.fn.handsRequest(int32(i)) != given {
					continue
				}
				for _, child := range p.w.targets(f, int32(i)).frames {
					next(child, f.fn.Calls[i].Callee == "")
				}
			}
		}
		// Generated routers wrap the handler in closures that middleware calls.
		for v := range f.fn.Values {
			if f.fn.Values[v].Op != effects.OpClosure {
				continue
			}
			for _, o := range p.w.eval(f, int32(v)) {
				if o.fn != nil {
					next(p.w.enter(f, -1, o.fn, nil, operand{frame: f, val: int32(v)}, nil), false)
				}
			}
		}
	}
	if hook != nil {
		return p.adapted(hook).fn
	}
	return f.fn
}

// handsRequest reports whether a call gets the last parameter of a function: the request of an RPC method or an HTTP handler.
func (fn *function) handsRequest(call int32) bool {
	last := int32(len(fn.Params)) - 1
	return last >= 0 && slices.ContainsFunc(fn.Calls[call].Args, func(arg int32) bool { return fn.comesFrom(arg, last, 4) })
}

// adapted is the handler behind middleware and adapters: functions that hand on what they are given (the request and
// where the answer goes, a message) to the one function value or http.Handler that they were made with.
func (p *process) adapted(f *frame) *frame { return p.behind(f, map[*frame]bool{}) }

// behind is adapted without the frames that were seen.
func (p *process) behind(f *frame, seen map[*frame]bool) *frame {
	if seen[f] || len(seen) > maxParents {
		return nil
	}
	seen[f] = true
	var inner *frame
	for i := range f.fn.Calls {
		if !passesOn(f.fn, int32(i)) {
			continue
		}
		for _, child := range p.w.targets(f, int32(i)).frames {
			child = p.behind(child, seen)
			switch {
			case child == nil || child.fn.Generated:
			case inner != nil && inner.fn != child.fn:
				return f // it chooses, and so is a handler of its own
			default:
				inner = child
			}
		}
	}
	if inner == nil {
		return f
	}
	return inner
}

// received is the function that a receive loop hands its messages to, where that is a function value: then the loop, and the
// functions that it hands message and function to, are only the adapter of a package that does not know what it receives.
func (p *process) received(loop *frame, take site) *frame {
	message := func(o *object) bool {
		for o = unbox(o); o.kind == ptrObject; {
			o = unbox(o.base)
		}
		return o.kind == libObject && o.frame == take.frame && o.val == take.call
	}
	if handlers := p.handedTo(loop, message, map[*frame]bool{}); len(handlers) == 1 {
		return handlers[0]
	}
	return loop
}

// handedTo are the functions, one frame of each, that are called as values with a message, in a function or in those of its
// package that it hands the message to.
func (p *process) handedTo(f *frame, message func(*object) bool, seen map[*frame]bool) []*frame {
	seen[f] = true
	var handlers []*frame
	note := func(frames ...*frame) {
		for _, h := range frames {
			if !slices.ContainsFunc(handlers, func(o *frame) bool { return o.fn == h.fn }) {
				handlers = append(handlers, h)
			}
		}
	}
	for i := range f.fn.Calls {
		c := &f.fn.Calls[i]
		if len(seen) == 1 && !f.fn.Blocks[c.Block].Cycle || c.Method != "" {
			continue
		}
		if !slices.ContainsFunc(c.Args, func(arg int32) bool { return p.madeOf(f, arg, message, 6) }) {
			continue
		}
		for _, child := range p.w.targets(f, int32(i)).frames {
			switch {
			case c.Callee == "":
				note(child)
			case child.fn.pkg == f.fn.pkg && !seen[child] && slices.ContainsFunc(c.Args, func(arg int32) bool { return slices.ContainsFunc(p.w.eval(f, arg), message) }):
				note(p.handedTo(child, message, seen)...)
			}
		}
	}
	return handlers
}

// madeOf reports whether a value is a message, or a struct with parts of it.
func (p *process) madeOf(f *frame, v int32, message func(*object) bool, depth int) bool {
	if slices.ContainsFunc(p.w.eval(f, v), message) {
		return true
	}
	val := &f.fn.Values[v]
	switch {
	case depth == 0:
		return false
	case val.Op == effects.OpAlloc:
		return slices.ContainsFunc(f.fn.Stores, func(s effects.Store) bool {
			addr := &f.fn.Values[s.Addr]
			return addr.Op == effects.OpFieldPtr && addr.Args[0] == v && p.madeOf(f, s.Val, message, depth-1)
		})
	case val.Op == effects.OpLoad, val.Op == effects.OpField, val.Op == effects.OpFieldPtr, val.Op == effects.OpConvert, val.Op == effects.OpIface:
		return slices.ContainsFunc(val.Args, func(a int32) bool { return p.madeOf(f, a, message, depth-1) })
	}
	return false
}

// passesOn reports whether a call of a function value, or of an http.Handler, hands on all that comes with a request: the
// parameters of the function, without its receiver. A context may be derived, and a request replaced by one that holds it.
func passesOn(fn *function, call int32) bool {
	c := &fn.Calls[call]
	if c.Callee != "" && c.Iface != "net/http.Handler" {
		return false
	}
	params := fn.request()
	if len(params) == 0 {
		return false
	}
	for i := range params {
		index := int32(len(fn.Params) - len(params) + i)
		if !slices.ContainsFunc(c.Args, func(arg int32) bool {
			return fn.comesFrom(arg, index, 4) || fn.Values[arg].Type != "" && fn.Values[arg].Type == params[i].Type
		}) {
			return false
		}
	}
	return true
}

// comesFrom reports whether a value is a parameter, or the result of a method of it.
func (fn *function) comesFrom(v, param int32, depth int) bool {
	switch val := &fn.Values[v]; val.Op {
	case effects.OpParam:
		return val.N == param
	case effects.OpIface, effects.OpConvert, effects.OpLoad, effects.OpPhi:
		return depth > 0 && slices.ContainsFunc(val.Args, func(a int32) bool { return fn.comesFrom(a, param, depth-1) })
	}
	return false
}

// written is where a person wrote the call: generated code and first-party modules are left for their caller. What such a
// module does by itself is told where the repository hands it the handler, at last in main.
func (p *process) written(at site) effects.Pos {
	f, call := caller(at)
	if f.fn.pkg.Outside {
		for _, e := range p.endpoints {
			if e.root == f {
				return e.Registered
			}
		}
		return p.main.Pos
	}
	if call < 0 || int(call) >= len(f.fn.Calls) {
		return f.fn.Pos
	}
	return f.fn.Calls[call].Pos
}

// caller leaves generated code and first-party modules for the frame and call that lead into them, as far as there is one.
func caller(at site) (*frame, int32) {
	f, call := at.frame, at.call
	for f.fn.elsewhere() && f.parent != nil && f.call >= 0 {
		f, call = f.parent, f.call
	}
	return f, call
}
