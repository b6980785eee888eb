package arch

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// Some generators write an http.Handler that finds the operation itself, so that no router knows its routes. What such a
// handler answers stands in its methods:
//
//	ogen    ServeHTTP calls handleGetPetRequest, which names its method and route in the attributes of a span
//	twirp   ServeHTTP calls serveMakeHat; PathPrefix says what stands before MakeHat
//	gqlgen  the library calls the resolvers of a generated schema, one method per field

// dispatches lists the operations behind a handler that is one of these, and reports whether it is.
func (p *process) dispatches(sm siteModel, handler *object, layers []site) bool {
	if handler.spec != nil && handler.spec.Kind == "graphql" {
		p.routed = append(p.routed, p.written(site{handler.frame, handler.val}))
		p.resolvers(sm, handler, layers)
		return true
	}
	w := p.w
	name, found := strings.CutSuffix(handler.name, ".ServeHTTP")
	if !found || handler.fn == nil || !handler.fn.Generated || !handler.bound {
		return false
	}
	root := p.enterHandler(handler)
	prefix := p.strippedPrefix(layers)
	answers := false
	for i := range root.fn.Calls {
		callee := root.fn.Calls[i].Callee
		method, own := strings.CutPrefix(callee, name+".")
		if !own {
			continue
		}
		for _, f := range w.targets(root, int32(i)).frames {
			if op, ok := strings.CutPrefix(method, "handle"); ok && strings.HasSuffix(op, "Request") {
				op = strings.TrimSuffix(op, "Request")
				if verb, route := spanRoute(f.fn); route != "" {
					answers = true
					p.operation(sm, verb+" "+normalPath(prefix+route), p.implementations(f, op, 0), layers)
				}
			} else if op, ok := strings.CutPrefix(method, "serve"); ok && op != "" {
				for _, path := range p.twirpPrefixes(handler) {
					answers = true
					p.operation(sm, "POST "+normalPath(prefix+path+op), p.implementations(f, op, 0), layers)
				}
			}
		}
	}
	return answers
}

func (p *process) operation(sm siteModel, id string, impls []*object, layers []site) {
	for _, fn := range impls {
		p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: "http", ID: id}, handler: fn, wrapped: layers}, nil)
	}
}

// strippedPrefix is what http.StripPrefix takes from the path before the handler sees it.
func (p *process) strippedPrefix(layers []site) string {
	for _, l := range layers {
		if l.frame != nil && strings.HasSuffix(l.info().Callee, "net/http.StripPrefix") {
			if s, ok := p.w.texts(p.w.expr(catalog.Arg{Index: 0}, l))[0].constant(); ok {
				return s
			}
		}
	}
	return ""
}

// spanRoute is the method and route that a generated handler gives to its span, by OpenTelemetry's attribute names.
func spanRoute(fn *function) (verb, route string) {
	for i := range fn.Calls {
		c := &fn.Calls[i]
		if !strings.HasSuffix(c.Callee, "/attribute.Key.String") || len(c.Args) < 2 {
			continue
		}
		key, value := &fn.Values[c.Args[0]], &fn.Values[c.Args[1]]
		if key.Op != effects.OpConst || value.Op != effects.OpConst {
			continue
		}
		switch key.Str {
		case "http.route":
			route = value.Str
		case "http.request.method", "http.method":
			verb = value.Str
		}
	}
	return verb, route
}

// implementations finds the method of a person's type that a generated function calls through an interface, itself or in the
// functions of the same package that it calls or makes.
func (p *process) implementations(f *frame, method string, depth int) []*object {
	w := p.w
	var out []*object
	for i := range f.fn.Calls {
		c := &f.fn.Calls[i]
		if c.Iface != "" && c.Method == method {
			for _, recv := range present(w.eval(f, c.Args[0])) {
				out = add(out, w.methodValue(recv, method))
			}
		}
	}
	for v := range f.fn.Values {
		if val := &f.fn.Values[v]; val.Op == effects.OpBound && strings.HasSuffix(val.Str, "."+method) {
			out = add(out, w.eval(f, int32(v)))
		}
	}
	out = slices.DeleteFunc(out, func(o *object) bool { return o.fn == nil || o.fn.Generated })
	if len(out) > 0 || depth > 3 {
		return out
	}
	for i := range f.fn.Calls {
		for _, child := range w.targets(f, int32(i)).frames {
			if child.fn.Generated && child.fn.pkg == f.fn.pkg {
				if out = p.implementations(child, method, depth+1); len(out) > 0 {
					return out
				}
			}
		}
	}
	return nil
}

// twirpPrefixes is what the PathPrefix method of a Twirp server gives: /twirp/pkg.Service/.
func (p *process) twirpPrefixes(server *object) []string {
	var out []string
	recv := p.w.only(server.recv)
	if recv == nil {
		return nil
	}
	for _, fn := range p.w.methodValue(recv, "PathPrefix") {
		if fn.fn == nil {
			continue
		}
		f := p.w.enter(nil, -2, fn.fn, []operand{fn.recv}, operand{}, recv)
		p.w.flush()
		for _, t := range p.w.texts(p.w.returned(f, 0)) {
			if s, ok := t.constant(); ok && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// resolvers lists the fields of a GraphQL schema that gqlgen generated: for each type that the resolver root names, the
// methods of the resolver that a person wrote.
func (p *process) resolvers(sm siteModel, server *object, layers []site) {
	w := p.w
	roots := each(w.attr(server, "schema"), func(schema *object) []*object { return w.fieldOf(schema, "resolvers") })
	for _, root := range present(roots) {
		typ := w.prog.types[trimPtr(root.typ)]
		if typ == nil {
			continue
		}
		for _, m := range typ.Methods {
			if !ast.IsExported(m.Name) {
				continue
			}
			for _, fn := range w.methodValue(root, m.Name) {
				if fn.fn == nil || len(fn.fn.Results) != 1 || len(fn.fn.Params) > 1 {
					continue
				}
				f := w.enter(nil, -2, fn.fn, []operand{fn.recv}, operand{}, root)
				w.flush()
				for _, resolver := range present(w.returned(f, 0)) {
					p.fields(sm, m.Name, resolver, layers)
				}
			}
		}
	}
}

// fields lists the resolver methods of one GraphQL type: those that take a context and may fail.
func (p *process) fields(sm siteModel, object string, resolver *object, layers []site) {
	typ := p.w.prog.types[trimPtr(resolver.typ)]
	if typ == nil {
		return
	}
	for _, m := range typ.Methods {
		if !ast.IsExported(m.Name) || !strings.HasPrefix(m.Sig, "(context.Context") || !strings.HasSuffix(m.Sig, "error)") {
			continue
		}
		for _, fn := range p.w.methodValue(resolver, m.Name) {
			if fn.fn != nil {
				p.add(sm, &endpoint{Endpoint: Endpoint{Protocol: "graphql", ID: object + "." + fieldName(m.Name)}, handler: fn, wrapped: layers}, nil)
			}
		}
	}
}

// fieldName is a GraphQL field as its Go method is named by gqlgen: createOrder of CreateOrder, and id of ID, urlPath of
// URLPath, since gqlgen spells initialisms as Go does.
func fieldName(method string) string {
	upper := 0
	for upper < len(method) && 'A' <= method[upper] && method[upper] <= 'Z' {
		upper++
	}
	if upper > 1 && upper < len(method) && 'a' <= method[upper] && method[upper] <= 'z' {
		upper-- // the last capital begins the next word
	}
	return strings.ToLower(method[:upper]) + method[upper:]
}

// served lists the operations of a handler that a server is given outright, without a router around it.
func (p *process) served() {
	for _, sm := range p.w.found.serves {
		if sm.model.Serve.Handler.IsZero() {
			continue
		}
		for _, h := range p.w.expr(sm.model.Serve.Handler.Node, sm.site) {
			behind := p.answering(h)
			for _, fn := range append(p.w.handlers(behind.object), behind.object) {
				if p.dispatches(sm, fn, behind.layers) {
					break
				}
				if over := p.handsOver(sm, fn); over != nil {
					p.through(sm, over, behind.layers)
				}
			}
		}
	}
}
