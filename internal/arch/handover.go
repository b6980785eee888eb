package arch

import (
	"maps"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// This file follows a request through handlers that a person wrote, to what a library made and they hand it on to:
//
//	func graphql(srv *handler.Server) gin.HandlerFunc {
//		return func(c *gin.Context) { srv.ServeHTTP(c.Writer, c.Request) }
//	}
//
// What stands at such a route is the GraphQL server, router or file server, and the functions around it are its middleware.

// handover says what a handler hands its requests on to.
type handover struct {
	handler *object
	to      []handed
	frames  []*frame      // the functions on the way there, the outermost first
	calls   map[site]bool // the calls that hand the request on, in those functions
	other   bool          // some requests get an answer of a person's own
}

// handed is what answers, an object of a library or a generated handler, with the library calls that wrap it.
type handed struct {
	object *object
	layers []site
}

// handsOver follows a handler that a person wrote. It is nil where the handler answers itself.
func (p *process) handsOver(sm siteModel, handler *object) *handover {
	if handler.kind != funcObject || handler.fn == nil || handler.fn.Generated {
		return nil
	}
	if e := sm.model.Endpoint; e != nil && e.Protocol != "http" {
		return nil
	}
	h, known := p.handovers[handler]
	if !known {
		h = &handover{handler: handler, calls: map[site]bool{}}
		if !p.follow(p.enterHandler(handler), h, map[*frame]bool{}) {
			h = nil
		}
		if p.handovers == nil {
			p.handovers, p.passedOn = map[*object]*handover{}, map[site]bool{}
		}
		p.handovers[handler] = h
		if h != nil {
			maps.Copy(p.passedOn, h.calls)
		}
	}
	// A handler that sends the request through its own router once more is an alias of another route.
	if h == nil || slices.ContainsFunc(h.to, func(to handed) bool { return slices.Contains(p.above(sm), to.object) }) {
		return nil
	}
	return h
}

// follow notes what a function hands its request on to, itself or in the functions that it gives the request to, and reports
// whether there is anything.
func (p *process) follow(f *frame, h *handover, seen map[*frame]bool) bool {
	if f == nil || seen[f] || len(seen) > maxParents {
		return false
	}
	seen[f] = true
	at := len(h.frames)
	h.frames = append(h.frames, f)
	leads := false
	for i := range f.fn.Calls {
		asked, ok := f.fn.asksHandler(int32(i))
		if !ok && !f.fn.givesRequest(int32(i)) {
			continue
		}
		found := false
		if ok {
			for _, o := range present(p.w.eval(f, asked)) {
				found = p.made(o, h) || found
			}
		}
		frames := p.w.targets(f, int32(i)).frames
		if ok && !found && len(frames) == 0 && f.fn.Calls[i].Callee != "" {
			h.other = true // a proxy, or a handler of which nothing is known
		}
		for _, child := range frames {
			switch {
			case ok && child.fn.Generated: // see made
			case p.follow(child, h, seen):
				found = true
			case ok && slices.Equal(child.fn.Results, f.fn.Results):
				h.other = true
			}
		}
		if found {
			h.calls[site{f, int32(i)}] = true
			leads = true
		}
	}
	if !leads || slices.ContainsFunc(h.frames[:at], func(o *frame) bool {
		return o.fn == f.fn && o.closure.frame == f.closure.frame && o.closure.val == f.closure.val
	}) {
		h.frames = slices.Delete(h.frames, at, at+1) // it leads nowhere, or is there already, from another branch
	}
	return leads
}

// made notes what answers where a library or generated code made it, and reports whether it did.
func (p *process) made(o *object, h *handover) bool {
	to := p.answering(o)
	if answers(to.object) {
		h.note(to)
		return true
	}
	found := false
	for _, fn := range p.w.handlers(to.object) {
		if fn.fn != nil && fn.fn.Generated {
			h.note(handed{fn, to.layers})
			found = true
		}
	}
	return found
}

func (h *handover) note(to handed) {
	if !slices.ContainsFunc(h.to, func(o handed) bool { return o.object == to.object }) {
		h.to = append(h.to, to)
	}
}

// answers reports whether an object of a library answers requests by what the catalog says of it.
func answers(o *object) bool {
	return isRouter(o) || o.spec != nil && (o.spec.Kind == "graphql" || isStatic(o))
}

// isStatic reports whether an object answers, and is no endpoint of the architecture: files, health, debugging.
func isStatic(o *object) bool {
	return o.spec != nil && (o.spec.Kind == "static" || o.spec.Kind == "operations")
}

// answering is what is behind the library functions that wrap a handler. The value of its method ServeHTTP stands for what a
// library made.
func (p *process) answering(o *object) handed {
	inner, layers := p.w.unwrap(o)
	if inner.kind == funcObject && inner.fn == nil && inner.bound && strings.HasSuffix(inner.name, ".ServeHTTP") {
		if recv := present(p.w.operand(inner.recv)); len(recv) == 1 {
			if made, more := p.w.unwrap(recv[0]); answers(made) {
				return handed{made, append(layers, more...)}
			}
		}
	}
	return handed{inner, layers}
}

// asksHandler recognizes a call that hands the request on to a handler, and gives the handler: ServeHTTP of anything, or a
// function value.
func (fn *function) asksHandler(call int32) (handler int32, ok bool) {
	c := &fn.Calls[call]
	if c.Go || len(c.Args) == 0 {
		return 0, false
	}
	request := c.Args[len(c.Args)-1]
	switch {
	case c.Method == "ServeHTTP" || c.Recv && strings.HasSuffix(c.Callee, ".ServeHTTP"):
		return c.Args[0], fn.ofRequest(request, 8)
	case c.Callee == "" && c.Iface == "" && c.Func >= 0:
		return c.Func, fn.ofRequest(request, 8)
	}
	return 0, false
}

// givesRequest reports whether a call gives a function of a person's the request that the caller got.
func (fn *function) givesRequest(call int32) bool {
	c := &fn.Calls[call]
	if c.Go || fn.callees[call] == nil || fn.callees[call].Generated {
		return false
	}
	return slices.ContainsFunc(c.Args, func(arg int32) bool {
		typ := fn.Values[arg].Type
		return fn.ofRequest(arg, 8) && (typ == requestType || slices.ContainsFunc(fn.request(), func(p effects.Param) bool { return p.Type == typ }))
	})
}

const requestType = "*net/http.Request"

// request are the parameters of a function without its receiver.
func (fn *function) request() []effects.Param {
	if fn.Method && len(fn.Params) > 0 {
		return fn.Params[1:]
	}
	return fn.Params
}

// ofRequest reports whether a value is a parameter of a function or a part of one, such as the request in the context of a
// framework. A request that is made here is none, also where it is made of parts of the one that came: it is another question.
func (fn *function) ofRequest(v int32, depth int) bool {
	if depth == 0 {
		return false
	}
	of := func(a int32) bool { return fn.ofRequest(a, depth-1) }
	switch val := &fn.Values[v]; val.Op {
	case effects.OpParam:
		return int(val.N) >= len(fn.Params)-len(fn.request())
	case effects.OpField, effects.OpFieldPtr, effects.OpLoad, effects.OpPhi, effects.OpConvert, effects.OpIface, effects.OpAssert:
		return slices.ContainsFunc(val.Args, of)
	case effects.OpAlloc: // a variable that a closure captures
		return slices.ContainsFunc(fn.Stores, func(s effects.Store) bool { return s.Addr == v && of(s.Val) })
	case effects.OpCall:
		c := &fn.Calls[val.Args[0]]
		return slices.ContainsFunc(c.Args, func(a int32) bool {
			return of(a) && (val.Type != requestType || (c.Recv || c.Iface != "") && a == c.Args[0] || fn.Values[a].Type == requestType)
		})
	}
	return false
}

// above are the routers that a registration is at.
func (p *process) above(sm siteModel) []*object {
	var at *object
	if recv := p.w.expr(catalog.Recv{}, sm.site); len(recv) > 0 {
		at = recv[0]
	}
	return p.w.routers(at)
}

// through adds what stands at a route behind handlers that a person wrote, and reports whether that is all: no request is
// answered by the handlers themselves.
func (p *process) through(sm siteModel, h *handover, layers []site) bool {
	for _, to := range h.to {
		first := len(p.endpoints)
		inner := append(slices.Clone(layers), to.layers...)
		if !p.procedures(sm, to.object, inner) && !p.dispatches(sm, to.object, inner) && !answers(to.object) {
			h.other = true // generated, and in no way that dispatches knows
		}
		for _, e := range p.endpoints[first:] {
			e.through = h
		}
	}
	return !h.other && !p.answersToo(h)
}

// wrapping is what a person wrote around all that an endpoint gets: around routers above it, the outermost first, and around
// what answers.
func (p *process) wrapping(e *endpoint) []*handover {
	var out []*handover
	for _, router := range slices.Backward(p.w.routers(e.at)) {
		if !p.servesItself(router) {
			out = append(out, p.around[router]...)
		}
	}
	if e.through != nil {
		out = append(out, e.through)
	}
	return out
}

// servesItself reports whether a router gets requests that pass no other one.
func (p *process) servesItself(router *object) bool {
	return slices.ContainsFunc(p.w.found.serves, func(sm siteModel) bool {
		return slices.Contains(p.w.expr(sm.model.Serve.Handler.Node, sm.site), router)
	})
}

// answersToo reports whether the functions around what a library made do something that is not on the way there: with files
// behind them anything at all, since those are no endpoint whose middleware it could be.
func (p *process) answersToo(h *handover) bool {
	static := !slices.ContainsFunc(h.to, func(to handed) bool { return !isStatic(to.object) })
	for _, f := range h.frames {
		k := p.w.newWalk(false)
		k.root, k.before, k.leaves = f, true, p.passedOn
		k.visit(f)
		for _, hit := range k.hits {
			if m := hit.model; m.Call == nil && m.Data == nil && m.Publish == nil {
				continue
			}
			if static || !p.onWay(f, hit.site) {
				return true
			}
		}
	}
	return false
}

// onWay reports whether a request that passes a site below a frame is handed on in the frame, before or after that. A frame that
// hands nothing on is a way of its own.
func (p *process) onWay(f *frame, at site) bool {
	for at.frame != f && at.frame.parent != nil && at.call >= 0 {
		at = site{at.frame.parent, at.frame.call}
	}
	if at.frame != f || at.call < 0 {
		return true
	}
	block, hands := f.fn.Calls[at.call].Block, false
	for i := range f.fn.Calls {
		if !p.passedOn[site{f, int32(i)}] {
			continue
		}
		hands = true
		if b := f.fn.Calls[i].Block; b == block || f.fn.onward(block, b) || f.fn.onward(b, block) {
			return true
		}
	}
	return !hands
}
