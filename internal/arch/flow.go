package arch

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/sqltext"
)

// flow is a Flow while it is being linked.
type flow struct {
	process  *process
	endpoint *endpoint // nil for start-up
	effects  []*effect
	acks     []site    // where the message is acknowledged
	locks    []site    // where a lock is taken that holds for all processes
	waits    []*effect // calls that only wait for the network: of interest where they leave the request's context

	around []*frame // the middleware that the request passes first

	// What onFailure remembers: the calls of each frame that lead to effects, and its answers.
	leading map[*frame][]int32
	failed  map[site]bool
}

// effect is an Effect while it is being linked, with what the join across services needs.
type effect struct {
	Effect
	at       site
	call     *catalog.Call
	data     *catalog.Data
	urls     []text   // HTTP: absolute URLs as far as they are known
	methods  []string // HTTP
	targets  []text   // RPC: addresses
	dsn      []text   // data: the database's address
	client   []*object
	relative bool // changes a value relative to what is stored
	guarding bool // the effect is itself a guard: only the first of several repetitions gets through
	root     *frame

	where, sets []string            // columns that an SQL statement asks for and sets
	inserted    []string            // columns that it inserts
	defines     []sqltext.Statement // what statements in code say of the table that they define
	keyed       bool                // a document that is inserted with its id
	newKey      bool                // an insert whose error is asked for a duplicate, while its own key is new each time
	behindKey   bool                // not reached again: an insert before it fails on its key
	locking     bool                // a read that locks what it reads
	versioned   bool                // an update that asks for the version it read
}

// flows makes a flow for start-up and one per endpoint.
func (p *process) makeFlows() {
	owned := map[*frame]bool{} // receive loops: part of their consumer's flow, not of start-up
	for _, e := range p.endpoints {
		for _, root := range e.roots() {
			if root.parent != nil || p.loops[root] != nil {
				owned[root] = true
			}
		}
	}
	fed := map[site]bool{}
	for _, e := range p.endpoints {
		if len(e.feed) == 0 {
			continue
		}
		for _, h := range p.startup.hits {
			if p.fed(h.site, e.root, e.feed) {
				fed[h.site] = true
				e.ranges = true
				owned[e.root] = false // the rest of the function is start-up
			}
		}
	}
	start := &flow{process: p}
	for _, h := range p.startup.hits {
		if !fed[h.site] && !p.handled(h.site, owned) {
			start.add(h, nil)
		}
	}
	p.flows = append(p.flows, start)
	topics := p.topics()
	for _, e := range p.endpoints {
		f := &flow{process: p, endpoint: e}
		for _, root := range p.middleware(e) {
			f.around = append(f.around, root)
			for _, h := range p.before(root) {
				f.add(h, root)
			}
		}
		for _, before := range f.effects {
			before.Middleware = true
		}
		dispatched := e.Protocol == "consumer" && len(topics) > 1
		for _, root := range e.roots() {
			k := p.w.newWalk(false)
			k.root = root
			k.visit(root)
			for _, h := range k.hits {
				if dispatched && p.forOthers(h.site, root, topicOf(e), topics) {
					continue
				}
				if p.inLoop(h.site, root) && (!e.ranges || root != e.root || p.fed(h.site, root, e.feed)) {
					f.add(h, root)
				}
			}
			f.undecided(k.lost)
		}
		if c := e.model.Consume; c != nil && c.Publish != nil {
			f.addPublish(effect{Effect: Effect{Site: e.Registered, Func: p.writtenIn(e.reg).Name, Path: f.path(e.reg, nil)}, at: e.reg, root: e.root}, c.Publish, e.reg)
		}
		p.flows = append(p.flows, f)
	}
	p.oneDatabase()
}

// roots are the frames in which an endpoint's handlers begin.
func (e *endpoint) roots() []*frame {
	if e.root == nil {
		return e.more
	}
	return append([]*frame{e.root}, e.more...)
}

// handled reports whether a site is part of a receive loop.
func (p *process) handled(at site, owned map[*frame]bool) bool {
	for f := at.frame; f != nil; f = f.parent {
		if owned[f] && p.inLoop(at, f) {
			return true
		}
	}
	return false
}

// fed reports whether a site below a root runs once per message of a channel: in a loop of a function that receives from it.
func (p *process) fed(at site, root *frame, feed []*object) bool {
	for f, call := at.frame, at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		if f.fn.Blocks[f.fn.Calls[call].Block].Cycle && p.receives(f, feed) {
			return true
		}
		if f == root {
			break
		}
	}
	return false
}

// receives reports whether a function receives from a channel.
func (p *process) receives(f *frame, feed []*object) bool {
	for i := range f.fn.Values {
		if v := &f.fn.Values[i]; v.Op == effects.OpElem && slices.ContainsFunc(p.w.eval(f, v.Args[0]), func(o *object) bool {
			return o.kind == libObject && slices.Contains(feed, o)
		}) {
			return true
		}
	}
	return false
}

// inLoop reports whether a site below a root is reached from within the loop that takes the messages, where the root has
// one: what stands before and after it is set-up.
func (p *process) inLoop(at site, root *frame) bool {
	loop := p.loops[root]
	if loop == nil {
		return true
	}
	for f, call := at.frame, at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		if f == root {
			return loop[f.fn.Calls[call].Block]
		}
	}
	return true
}

// add turns a hit into effects.
func (fl *flow) add(h hit, root *frame) {
	base := effect{at: h.site, root: root}
	p := fl.process
	base.Site = p.written(h.site)
	in := p.writtenIn(h.site)
	base.Func = in.Name
	if in.Generated && fl.endpoint != nil && fl.endpoint.Registered.IsValid() {
		base.Site = fl.endpoint.Registered // all of it is generated: the handler of a gateway
	}
	base.Path = fl.path(h.site, root)
	base.InLoop, base.Async = p.repeated(h.site, root)
	base.Transaction = cmp.Or(h.frame.tx, h.frame.fn.transactionAt(h.call))
	fl.resilience(&base, h.site)
	m := h.model
	switch {
	case m.Ack != nil:
		fl.acks = append(fl.acks, h.site)
	case m.Guard != nil && m.Guard.Kind == "lock":
		fl.locks = append(fl.locks, h.site)
	}
	switch {
	case m.Call != nil:
		made := h.site
		if h.made.frame != nil {
			made = h.made
		}
		fl.addCall(base, m, h.site, made)
	case m.Data != nil:
		fl.addData(base, m, h.site)
	case m.Publish != nil:
		fl.addPublish(base, m.Publish, h.site)
	case m.Waits != nil:
		fl.addWait(base, m.Waits, h.site)
	}
}

// writtenIn is the function that holds the place that written gives.
func (p *process) writtenIn(at site) *function {
	f, _ := caller(at)
	return f.fn
}

// repeated says how a site is run relative to its root: per element of a collection, in a goroutine of its own.
func (p *process) repeated(at site, root *frame) (inLoop, async bool) {
	for f, call := at.frame, at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		c := &f.fn.Calls[call]
		inLoop = inLoop || f.perElement(call) || f.yields() || root != nil && p.perReceived(site{f, call}, root)
		async = async || c.Go && !waits(f.fn)
		if f == root {
			break
		}
	}
	// What a library does with a callback is only known to the frame.
	if root == nil || root.parent == nil {
		inLoop = inLoop || at.frame.inLoop
		async = async || at.frame.async
	}
	return inLoop, async
}

// perReceived reports whether a call is made for each of what comes out of a channel that the request itself made: a pool of
// workers, to which the elements of a collection are handed. What comes out of other channels are messages.
func (p *process) perReceived(at site, root *frame) bool {
	fn, c := at.frame.fn, at.info()
	if root.parent != nil || !fn.Blocks[c.Block].Cycle {
		return false
	}
	for i := range fn.Values {
		v := &fn.Values[i]
		if v.Op != effects.OpElem || !strings.Contains(fn.Values[v.Args[0]].Type, "chan ") || !slices.ContainsFunc(c.Args, func(a int32) bool { return fn.holds(a, int32(i), 8) }) {
			continue
		}
		for _, o := range p.w.eval(at.frame, v.Args[0]) {
			if o.kind != makeObject {
				continue
			}
			for f := o.frame; f != nil; f = f.parent {
				if f == root {
					return true
				}
			}
		}
	}
	return false
}

// holds reports whether a value is made of another one.
func (fn *function) holds(v, of int32, depth int) bool {
	val := &fn.Values[v]
	switch {
	case v == of:
		return true
	case depth == 0 || val.Op == effects.OpCall:
		return false
	case val.Op == effects.OpLoad:
		if slices.ContainsFunc(fn.Stores, func(s effects.Store) bool { return s.Addr == val.Args[0] && fn.holds(s.Val, of, depth-1) }) {
			return true
		}
	}
	return slices.ContainsFunc(val.Args, func(a int32) bool { return fn.holds(a, of, depth-1) })
}

// path is the way from the entry of the flow to a site, as a reader would follow it.
func (fl *flow) path(at site, root *frame) []Step {
	p := fl.process
	last := Step{Func: p.writtenIn(at).Name, Pos: p.written(at)} // said in words when the flow is finished
	var steps []Step
	for f, call := at.frame, at.call; f != nil; f, call = f.parent, f.call {
		if call >= 0 && !f.fn.elsewhere() && f.fn.Calls[call].Pos != last.Pos {
			steps = append(steps, Step{Func: f.fn.Name, Pos: f.fn.Calls[call].Pos, What: "calls " + calledName(f, call)})
		}
		if f == root {
			break
		}
	}
	if e := fl.endpoint; e != nil && slices.Contains(fl.around, root) {
		steps = append(steps, Step{Func: root.fn.Name, Pos: root.fn.Pos, What: "stands before " + e.ID})
	} else if e != nil && e.Site.IsValid() {
		steps = append(steps, Step{Func: e.Handler, Pos: e.Site, What: "handles " + e.ID})
	}
	slices.Reverse(steps)
	return append(steps, last)
}

func calledName(f *frame, call int32) string {
	c := &f.fn.Calls[call]
	name := c.Callee
	if c.Method != "" {
		name = path.Base(c.Iface) + "." + c.Method
		if strings.HasPrefix(c.Iface, "interface") {
			name = c.Method
		}
	}
	if name == "" {
		return "a function value"
	}
	return path.Base(name)
}

// addCall adds a request. The context is what the call at a site passes; all else is said where the function that does it was
// made, which is the same site but for invokers.
func (fl *flow) addCall(e effect, m *catalog.Model, at, made site) {
	w, c := fl.process.w, m.Call
	e.Kind, e.Protocol, e.call = KindCall, c.Protocol, c
	e.client = w.expr(c.Client.Node, made)
	fl.context(&e, c.Context, at)
	e.Instrumented = fl.process.instrumentedCall(m, at, e.client)
	if !c.ID.IsZero() {
		if ids := w.texts(w.expr(c.ID.Node, made)); !slices.ContainsFunc(ids, func(t text) bool { _, ok := fullMethod(t); return ok }) {
			fl.process.gap(e.Site, "the method of an RPC", spell(ids), notFollowed)
		}
		for _, t := range w.texts(w.expr(c.ID.Node, made)) {
			if s, ok := fullMethod(t); ok {
				one := e
				one.ID = s
				one.targets = w.texts(w.expr(c.Target.Node, made))
				w.clientLimits(&one, made)
				w.limit(&one, w.expr(c.Timeout.Node, made))
				if !operational(one.ID) {
					fl.effects = append(fl.effects, &one)
				}
			}
		}
		return
	}
	w.clientLimits(&e, made)
	w.limit(&e, w.expr(c.Timeout.Node, made))
	e.urls = w.texts(w.expr(c.URL.Node, made))
	for _, t := range w.texts(w.expr(c.Method.Node, made)) {
		if s, ok := t.constant(); ok && s != "" {
			e.methods = append(e.methods, strings.ToUpper(s))
		}
	}
	fl.effects = append(fl.effects, &e)
}

func (fl *flow) addPublish(e effect, c *catalog.Publish, at site) {
	w := fl.process.w
	e.Kind, e.Broker = KindPublish, w.broker(c.Broker, c.BrokerOf, at)
	fl.context(&e, c.Context, at)
	e.client = w.expr(c.Client.Node, at)
	e.Instrumented = w.has("messaging", e.client...) || fl.process.carriesTrace(at) || fl.process.sendsHeaders(at)
	if w.deduplicated(at) {
		site := e.Site
		e.Guard, e.GuardSite = "idempotency-key", &site
	}
	seen := map[string]bool{}
	key := func(text) string { return "" }
	if !c.Key.IsZero() {
		key = fl.process.keys(c, at)
	}
	for _, elem := range w.list(c.Topic.Node, at) {
		for _, t := range w.texts(elem) {
			topic := routed(plainName(e.Broker, fl.process.topic(t)), key(t))
			if topic == "" || seen[topic] {
				continue
			}
			seen[topic] = true
			one := e
			one.Topic = topic
			fl.effects = append(fl.effects, &one)
		}
	}
	if len(seen) == 0 {
		e.Topic = "*"
	}
	if len(seen) == 0 || seen["*"] {
		fl.unresolved(e, "the topic of "+calledName(at.frame, at.call))
	}
	if len(seen) == 0 {
		fl.effects = append(fl.effects, &e)
	}
}

// broker is what a model says, or what the object that it names knows better.
func (w *world) broker(name string, of catalog.Expr, at site) string {
	if !of.IsZero() {
		for _, t := range w.texts(w.expr(of.Node, at)) {
			if s, ok := t.constant(); ok && s != "" {
				return s
			}
		}
	}
	return name
}

func (fl *flow) unresolved(e effect, what string) {
	fl.process.gap(e.Site, what, "", notFollowed)
}

// fullMethod is the id of an RPC: a constant, or the last two elements of a URL whose base may not be known.
func fullMethod(t text) (string, bool) {
	s, ok := t.constant()
	if ok && !strings.Contains(s, "://") {
		return strings.TrimPrefix(s, "/"), true
	}
	if len(t) == 0 || t[len(t)-1].Kind != "" {
		return "", false
	}
	elems := strings.Split(t[len(t)-1].Lit, "/")
	if len(elems) < 3 {
		return "", false
	}
	return strings.Join(elems[len(elems)-2:], "/"), true
}
