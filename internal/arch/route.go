package arch

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// refined leaves out registrations that a later call in the same chain replaces: HandleFunc("/x", h) where
// HandleFunc("/x", h).Methods("GET") says more.
func (p *process) refined() []siteModel {
	replaced := map[site]bool{}
	for _, sm := range p.w.found.endpoints {
		if !sm.model.Endpoint.Refines {
			continue
		}
		for _, o := range p.w.expr(catalog.Recv{}, sm.site) {
			for range maxParents {
				if o.kind != libObject || o.frame == nil {
					break
				}
				replaced[site{o.frame, o.val}] = true
				if o.spec == nil || o.spec.Parent.IsZero() {
					break
				}
				parents := p.w.expr(o.spec.Parent.Node, site{o.frame, o.val})
				if len(parents) == 0 {
					break
				}
				o = parents[0]
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(p.w.found.endpoints), func(sm siteModel) bool { return replaced[sm.site] || p.w.unserved(sm.site) })
}

// unserved reports whether a registration is at a router that goes nowhere: the function that makes it only registers at it,
// and neither serves, mounts, returns nor keeps it.
func (w *world) unserved(at site) bool {
	routers := w.expr(catalog.Recv{}, at)
	if len(routers) != 1 {
		return false
	}
	o := routers[0]
	for range maxParents {
		if o.kind == ptrObject && o.base != nil {
			o = o.base // the router group in an engine
			continue
		}
		if o.kind != libObject || o.frame == nil || o.spec == nil {
			return false
		}
		if o.spec.Parent.IsZero() {
			return o.spec.Kind == "router" && int(o.n) < 100 && o.frame.fn.onlyRegisters(o.val)
		}
		parents := w.expr(o.spec.Parent.Node, site{o.frame, o.val})
		if len(parents) != 1 {
			return false
		}
		o = parents[0]
	}
	return false
}

// onlyRegisters reports whether the result of a call is used for nothing but registrations.
func (fn *function) onlyRegisters(call int32) bool {
	same := make([]bool, len(fn.Values))
	isSame := func(v int32) bool { return v >= 0 && same[v] }
	for again := true; again; {
		again = false
		for i := range fn.Values {
			v := &fn.Values[i]
			if same[i] {
				continue
			}
			switch v.Op {
			case effects.OpCall:
				same[i] = v.Args[0] == call
			case effects.OpFieldPtr, effects.OpLoad, effects.OpConvert, effects.OpIface, effects.OpPhi:
				same[i] = slices.ContainsFunc(v.Args, isSame)
			default:
				if slices.ContainsFunc(v.Args, isSame) {
					return false
				}
			}
			again = again || same[i]
		}
	}
	for _, s := range fn.Stores {
		if same[s.Val] {
			return false
		}
	}
	for _, r := range fn.Returns {
		if slices.ContainsFunc(r.Vals, isSame) {
			return false
		}
	}
	for i := range fn.Calls {
		c := &fn.Calls[i]
		if isSame(c.Func) {
			return false
		}
		for j, arg := range c.Args {
			if same[arg] && (j > 0 || !c.Recv || fn.models == nil || !registersOnly(fn.models[i])) {
				return false
			}
		}
	}
	return true
}

// registersOnly reports whether a method of a router adds to it, and does nothing else that a model speaks of.
func registersOnly(models []*catalog.Model) bool {
	for _, m := range models {
		if m.Serve != nil || m.Endpoint == nil && m.Mount == nil && m.Use == nil && (m.Makes == nil || m.Makes.Parent.IsZero()) {
			return false
		}
	}
	return len(models) > 0
}

// mountRouters treats a router that is registered as a handler as mounted there.
func (p *process) mountRouters() {
	w := p.w
	for _, sm := range w.found.endpoints {
		e := sm.model.Endpoint
		if e.Handler.IsZero() || e.Protocol != "http" {
			continue
		}
		for _, o := range w.expr(e.Handler.Node, sm.site) {
			behind := p.answering(o)
			if isRouter(behind.object) {
				p.mountRouter(behind.object, behind.layers)
				continue
			}
			for _, fn := range w.handlers(behind.object) {
				if over := p.handsOver(sm, fn); over != nil {
					p.mountThrough(over, behind.layers)
				}
			}
		}
	}
}

// mountRouter treats a router as mounted where its layers strip a prefix: below, it sees the rest of the path. Otherwise it sees
// all of it.
func (p *process) mountRouter(router *object, layers []site) {
	for _, l := range layers {
		if l.frame != nil && strings.HasSuffix(l.info().Callee, ".StripPrefix") {
			p.w.mounts[router] = append(p.w.mounts[router], mountedAt{catalog.Arg{Index: 0}, l})
		}
	}
}

// mountThrough mounts the routers behind handlers that a person wrote.
func (p *process) mountThrough(over *handover, layers []site) {
	for _, to := range over.to {
		if !isRouter(to.object) {
			continue
		}
		p.mountRouter(to.object, append(slices.Clone(layers), to.layers...))
		if p.around == nil {
			p.around = map[*object][]*handover{}
		}
		if !slices.Contains(p.around[to.object], over) {
			p.around[to.object] = append(p.around[to.object], over)
		}
	}
}

func isRouter(o *object) bool { return o.spec != nil && o.spec.Kind == "router" }

// routes lists the HTTP endpoints of one registration: one per method, path and handler.
func (p *process) routes(sm siteModel) {
	w, e := p.w, sm.model.Endpoint
	if !e.Routes.IsZero() {
		for _, r := range w.list(e.Routes.Node, sm.site) {
			for _, o := range r {
				path := w.both(w.expr(e.Path.Node, sm.site), w.fieldOf(o, "Path"))
				p.route(sm, p.verbs([][]*object{w.fieldOf(o, "Method")}), path, w.fieldOf(o, "Handler"))
			}
		}
		return
	}
	verbs := []string{"*"}
	if !e.Method.IsZero() {
		verbs = p.verbs(w.list(e.Method.Node, sm.site))
	}
	p.route(sm, verbs, w.expr(e.Path.Node, sm.site), w.expr(e.Handler.Node, sm.site))
}

// verbs are HTTP methods in the form of endpoint ids; none is any.
func (p *process) verbs(methods [][]*object) []string {
	var out []string
	for _, m := range methods {
		for _, t := range p.w.texts(m) {
			if s, ok := t.constant(); ok && s != "" {
				out = append(out, strings.ToUpper(s))
			}
		}
	}
	if len(out) == 0 {
		return []string{"*"}
	}
	return out
}

func (p *process) route(sm siteModel, methods []string, paths, handlers []*object) {
	w, e := p.w, sm.model.Endpoint
	for _, h := range handlers {
		behind := p.answering(h)
		inner, layers := behind.object, behind.layers
		if isRouter(inner) || isStatic(inner) {
			continue
		}
		if p.dispatches(sm, inner, layers) {
			continue
		}
		for _, fn := range w.handlers(inner) {
			if models := w.prog.lookup(fn.name); fn.fn == nil && len(models) > 0 && models[0].Quiet {
				continue // a library's handler of which the catalog says that it is no part of the architecture
			}
			if p.procedures(sm, fn, layers) || p.dispatches(sm, fn, layers) {
				continue
			}
			if over := p.handsOver(sm, fn); over != nil && p.through(sm, over, layers) {
				continue
			}
			for _, t := range w.texts(paths) {
				if e.Protocol != "http" {
					p.named(sm, t, fn, layers)
					continue
				}
				route := p.routePath(t, e.Pattern)
				verbs := methods
				if e.Pattern {
					if m, rest, ok := strings.Cut(route, " "); ok {
						verbs, route = []string{m}, strings.TrimSpace(rest)
					}
					if i := strings.IndexByte(route, '/'); i > 0 {
						route = route[i:] // a host in front
					}
				}
				if !e.Path.IsZero() || !e.Routes.IsZero() {
					p.unknownPath(sm.site, p.fill(t), e.Pattern)
				}
				if e.Pattern {
					// A pattern has its method in front, so the prefix of a mux that is mounted cannot stand in the model.
					if prefix, ok := w.texts(each(w.expr(catalog.Recv{}, sm.site), func(o *object) []*object { return w.attr(o, "prefix") }))[0].constant(); ok {
						route = prefix + route
					}
				}
				route = normalPath(route)
				for _, verb := range verbs {
					if operationalRoute(verb, route) {
						continue
					}
					if verb == "OPTIONS" && len(verbs) > 1 {
						continue // CORS preflight beside the real method
					}
					p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: e.Protocol, ID: verb + " " + route}, handler: fn, wrapped: layers}, nil)
				}
			}
		}
	}
}

// named adds the endpoint of a protocol whose requests have a name and no route.
func (p *process) named(sm siteModel, name text, fn *object, layers []site) {
	filled := p.fill(name)
	id, ok := filled.constant()
	if !ok {
		p.unset(p.written(sm.site), "the name of a request that is answered", filled)
		return
	}
	p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: sm.model.Endpoint.Protocol, ID: strings.TrimPrefix(id, "/")}, handler: fn, wrapped: layers}, nil)
}

// routePath fills the holes of a path: what a deployment sets, else nothing, which is what an unset variable is behind the root or
// before something else. A path that is nothing but variables is not known, and not the root.
func (p *process) routePath(t text, pattern bool) string {
	var b strings.Builder
	unset := false
	for _, h := range p.fill(t) {
		switch h.Kind {
		case "":
			b.WriteString(h.Lit)
		case holeValue:
			b.WriteString("{}")
		default:
			unset = true
		}
	}
	path := b.String()
	if unset && (path == "" || pattern && strings.HasSuffix(path, " ")) {
		path += "{}"
	}
	return path
}

// unknownPath notes a route of whose path nothing is known: it ends in a hole, and no letter or digit of it stands in the code or
// in the configuration. What ends in a constant is known below a prefix that is not. With pattern it may begin with the method that
// it is for.
func (p *process) unknownPath(at site, path text, pattern bool) {
	if len(path) == 0 || path[len(path)-1].Kind == "" {
		return
	}
	for i, h := range path {
		if i == 0 && pattern {
			if verb, rest, ok := strings.Cut(h.Lit, " "); ok && verb == strings.ToUpper(verb) {
				h.Lit = rest
			}
		}
		if strings.ContainsFunc(h.Lit, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			return
		}
	}
	p.unset(p.written(at), pathOfRoute, path)
}

// unset notes a text that decides what is answered and is not known in the end: no deployment sets it, or the code does not say it.
func (p *process) unset(at effects.Pos, what string, t text) {
	if slices.ContainsFunc(t, func(h part) bool { return h.Kind == holeValue }) {
		p.gap(at, what, "", notFollowed)
	} else {
		p.gap(at, what, t.String(), "no manifest or default sets it")
	}
}

// normalPath writes every path parameter as {name}.
func normalPath(s string) string {
	s = strings.ReplaceAll(s, "{$}", "")
	s = braceParam.ReplaceAllString(s, "{$1}")
	s = colonParam.ReplaceAllString(s, "$1{$2}")
	s = starParam.ReplaceAllString(s, "/{$1}")
	s = dots.ReplaceAllString(s, "/")
	s = slashes.ReplaceAllString(s, "/")
	if !strings.HasPrefix(s, "/") {
		s = "/" + s
	}
	if len(s) > 1 {
		s = strings.TrimSuffix(s, "/")
	}
	return s
}

// operationalRoute tells health checks, metrics, profiles and the like from endpoints of the architecture. Who asks how a process
// is only reads, and asks for the process as a whole: what stands below a path parameter is about one thing of the business
// (/orders/{id}/status), and so is what stands below the names of such things. Where the first segments are only the prefix of
// a service behind a gateway, one of them may stand before a word that is said of processes only: /orders/healthz.
func operationalRoute(verb, route string) bool {
	if strings.Contains(route, "/debug/pprof") || strings.Contains(route, "/swagger") || strings.HasPrefix(route, "/debug/vars") {
		return true
	}
	switch verb {
	case "*", "GET", "HEAD", "OPTIONS":
	default:
		return false
	}
	allowed := 0
	switch strings.TrimLeft(strings.ToLower(path.Base(route)), "_") {
	case "health", "healthz", "healthcheck", "health-check", "livez", "liveness", "readyz", "readiness", "ping", "favicon.ico":
		allowed = 1
	case "live", "ready", "metrics", "version", "status", "heartbeat":
	default:
		return false
	}
	business := 0
	for _, segment := range strings.Split(strings.Trim(path.Dir(route), "/"), "/") {
		switch {
		case aboutProcess(segment):
		case strings.Contains(segment, "{"):
			return false
		default:
			business++
		}
	}
	return business <= allowed
}

var apiVersion = regexp.MustCompile(`^v\d+(\.\d+)*((alpha|beta)\d*)?$`)

// aboutProcess reports whether a segment of a path is about the process and its API, and not about the business. A prefix
// that is not known says nothing of the business.
func aboutProcess(segment string) bool {
	segment = strings.TrimLeft(strings.ToLower(segment), "_")
	switch segment {
	case "", "{}", "-", ".", "api", "apis", "rest", "http", "internal", "public", "private", "admin", "ops", "system", "sys", "debug",
		"actuator", "manage", "management", "monitor", "monitoring", "probe", "probes", "health", "healthz", "healthcheck",
		"health-check", "status", "server", "service":
		return true
	}
	return apiVersion.MatchString(segment)
}

// handlers lists the functions that answer for a handler value: the function itself, or ServeHTTP of a type.
func (w *world) handlers(o *object) []*object {
	switch o = unbox(o); o.kind {
	case funcObject:
		return one(o)
	case nilObject, textObject:
		return nil
	}
	return w.methodValue(o, "ServeHTTP")
}

// procedures lists the RPC methods behind a generated HTTP handler that only picks one of several objects of kind rpc by the
// path, as Connect generates it. It reports whether the handler is such a one.
func (p *process) procedures(sm siteModel, handler *object, layers []site) bool {
	w := p.w
	if handler.fn == nil || !handler.fn.Generated || handler.frame == nil || handler.val < 0 || handler.bound {
		return false
	}
	found := false
	for _, captured := range handler.frame.fn.Values[handler.val].Args {
		for _, o := range each(w.eval(handler.frame, captured), w.load) {
			if o.spec == nil || o.spec.Kind != "rpc" {
				continue
			}
			found = true
			for _, id := range w.texts(w.attr(o, "id")) {
				s, ok := id.constant()
				if !ok || operational(strings.TrimPrefix(s, "/")) {
					continue
				}
				for _, h := range w.attr(o, "handler") {
					if strings.Contains(unbox(h).name, ".Unimplemented") {
						continue
					}
					protocol := w.texts(w.attr(o, "protocol"))[0].String()
					wrapped := append(slices.Clone(layers), site{o.frame, o.val})
					p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: protocol, ID: strings.TrimPrefix(s, "/")}, handler: unbox(h), wrapped: wrapped}, nil)
				}
			}
		}
	}
	return found
}
