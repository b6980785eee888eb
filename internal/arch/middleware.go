package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// This file finds what a person's own middleware does on the way to a handler: asks the auth service who is there, looks a
// session up, counts requests. Middleware that a route is wrapped in stands on the path to the handler anyway; here is what
// routers use, the interceptors of servers, and what stands around a whole router or around what a library answers with.

// middleware lists the functions that a request passes before an endpoint's handler, a frame of each.
func (p *process) middleware(e *endpoint) []*frame {
	if e.Protocol == "consumer" || e.Protocol == "cron" {
		return nil
	}
	w := p.w
	var out []*frame
	note := func(objs []*object, server bool) {
		for _, o := range objs {
			for _, f := range p.passed(unbox(o), e, server) {
				if !slices.Contains(out, f) && !slices.ContainsFunc(e.roots(), func(root *frame) bool { return root.fn == f.fn }) {
					out = append(out, f)
				}
			}
		}
	}
	routers := w.routers(e.at)
	for _, sm := range p.servers(e.Protocol, routers) {
		options := each(w.expr(sm.model.Serve.Options.Node, sm.site), w.members)
		note(options, true)
		note(each(options, func(o *object) []*object { return each(w.attr(o, "instrument"), w.members) }), true)
		note(w.expr(sm.model.Serve.Handler.Node, sm.site), true)
	}
	for _, router := range slices.Backward(routers) { // the outermost first
		note(each(w.attr(router, "middleware"), w.members), false)
		for _, u := range w.uses[router] {
			note(each(w.operand(u), w.members), false)
		}
	}
	if m := e.model.Endpoint; m != nil {
		for _, elem := range w.list(m.Middleware.Node, e.reg) {
			note(elem, false)
		}
	}
	for _, over := range p.wrapping(e) {
		for _, f := range over.frames {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// before lists what middleware does by itself. Many endpoints share it.
func (p *process) before(root *frame) []hit {
	hits, known := p.ahead[root]
	if !known {
		k := p.w.newWalk(false)
		k.root, k.before, k.leaves = root, true, p.passedOn
		k.visit(root)
		hits = slices.DeleteFunc(k.hits, func(h hit) bool { return !p.onWay(root, h.site) })
		if p.ahead == nil {
			p.ahead = map[*frame][]hit{}
		}
		p.ahead[root] = hits
	}
	return hits
}

// routers are the router or server that something is registered at, and those above it.
func (w *world) routers(at *object) []*object {
	var out []*object
	for o := at; o != nil && len(out) < maxParents; {
		out = append(out, o)
		if o.spec == nil || o.spec.Parent.IsZero() || o.frame == nil {
			break
		}
		parents := w.expr(o.spec.Parent.Node, site{o.frame, o.val})
		if len(parents) == 0 {
			break
		}
		o = parents[0]
	}
	return out
}

// servers are where the process starts to answer for an endpoint: where it serves one of the endpoint's routers, else all that
// speak the protocol if they are one.
func (p *process) servers(protocol string, routers []*object) []siteModel {
	var all, its []siteModel
	for _, sm := range p.w.found.serves {
		if sm.model.Serve.Protocol != protocol {
			continue
		}
		all = append(all, sm)
		served := p.w.expr(sm.model.Serve.Handler.Node, sm.site)
		if slices.ContainsFunc(routers, func(router *object) bool { return slices.Contains(served, router) }) {
			its = append(its, sm)
		}
	}
	if len(its) == 0 && len(all) == 1 {
		return all
	}
	return its
}

// passed are the frames in which a request passes a piece of middleware: of the middleware itself where it is called with the
// request (func(*gin.Context), a gRPC interceptor), of the handler that it makes where it is called with the next handler. What
// a server holds may be anything, and counts only in one of those forms.
func (p *process) passed(o *object, e *endpoint, server bool) []*frame {
	w := p.w
	if o.kind != funcObject || o.fn == nil || o.fn.Generated {
		return nil
	}
	params := o.fn.request()
	if len(params) == 1 && len(o.fn.Results) == 1 && params[0].Type == o.fn.Results[0] {
		next := w.object(objectKey{kind: libObject, name: "the next handler"}, nil)
		args := []operand{{objs: one(next)}}
		if o.bound {
			args = append([]operand{o.recv}, args...)
		}
		made := w.enter(nil, -2, o.fn, args, o.captured(), p.boundTo(o))
		w.flush()
		var out []*frame
		for _, h := range w.returned(made, 0) {
			for _, h := range w.handlers(h) {
				if h.fn != nil {
					out = append(out, p.enterHandler(h))
				}
			}
		}
		return out
	}
	f := p.enterHandler(o)
	if server && !interceptor(params, e) {
		return p.wrappers(f, nil)
	}
	return []*frame{f}
}

// wrappers are the HTTP handlers around a router, the outermost first: each hands its request on to the one that it was made
// with.
func (p *process) wrappers(f *frame, out []*frame) []*frame {
	for i := range f.fn.Calls {
		if !passesOn(f.fn, int32(i)) || slices.Contains(out, f) {
			continue
		}
		out = append(out, f)
		if next := p.w.targets(f, int32(i)).frames; len(next) == 1 {
			return p.wrappers(next[0], out)
		}
		return out
	}
	return out
}

// members are the elements of a list; what is none is its own.
func (w *world) members(o *object) []*object {
	var out []*object
	for _, elem := range w.flatten(o) {
		out = add(out, elem)
	}
	return out
}

// captured is where the variables come from that a function value captures.
func (o *object) captured() operand {
	if o.frame != nil && !o.bound && o.val >= 0 {
		return operand{frame: o.frame, val: o.val}
	}
	return operand{}
}

// interceptor reports whether parameters are those of a gRPC interceptor for an endpoint: of unary methods for a method that
// takes a context, of streams for others.
func interceptor(params []effects.Param, e *endpoint) bool {
	if len(params) != 4 || e.root == nil {
		return false
	}
	unary := slices.ContainsFunc(e.root.fn.Params, func(p effects.Param) bool { return p.Type == "context.Context" })
	return unary && params[0].Type == "context.Context" || !unary && strings.HasSuffix(params[1].Type, "grpc.ServerStream")
}
