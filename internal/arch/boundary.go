package arch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// imports lists the packages of one service that another service links in. A package belongs to a service when it lies in
// that service's own folder.
func (l *linker) imports() []Import {
	var out []Import
	homes, contexts := l.homes(), l.contexts()
	for _, p := range l.processes {
		prog := p.w.prog
		seen := map[string]bool{}
		var visit func(pkg string)
		visit = func(pkg string) {
			ps := prog.pkgs[pkg]
			if ps == nil || seen[pkg] {
				return
			}
			seen[pkg] = true
			from := homeOf(homes, ps.Dir)
			if ps.Outside {
				return // what it imports is not this repository's to change
			}
			for _, imp := range ps.Imports {
				target := prog.pkgs[imp.Path]
				if target == nil {
					continue
				}
				to := homeOf(homes, target.Dir)
				if to != "" && to != from && !slices.Contains(homes[to], p.Name) && (from == "" || slices.Contains(homes[from], p.Name)) {
					out = append(out, Import{Service: p.Name, Of: homes[to][0], Package: target.Path, Importer: ps.Path, Site: imp.Pos, Contract: contract(prog, target)})
					continue
				}
				if dir := homeOf(contexts, target.Dir); to == "" && dir != "" && !slices.Contains(contexts[dir], p.Name) && homeOf(contexts, ps.Dir) != dir {
					if of := l.user(target.Path, contexts[dir]); of != "" {
						out = append(out, Import{Service: p.Name, Of: of, Package: target.Path, Importer: ps.Path, Site: imp.Pos, Contract: contract(prog, target)})
						continue
					}
				}
				visit(imp.Path)
			}
		}
		visit(p.main.pkg.Path)
	}
	return out
}

// user is the service of a bounded context that speaks for a package of it: the first that links it in, and of those one
// that touches data itself before one that does not.
func (l *linker) user(pkg string, services []string) string {
	first := ""
	for _, p := range l.processes {
		if !slices.Contains(services, p.Name) || !p.links(pkg) {
			continue
		}
		for _, fl := range p.flows {
			if slices.ContainsFunc(fl.effects, func(e *effect) bool { return e.Kind == KindData && e.Op == "write" && !isCache(e.Store) }) {
				return p.Name
			}
		}
		if first == "" {
			first = p.Name
		}
	}
	return first
}

// links reports whether a package is part of the process.
func (p *process) links(pkg string) bool { return p.packages()[pkg] }

// packages are those that the process is built of, by import path.
func (p *process) packages() map[string]bool {
	if p.linked == nil {
		p.linked = map[string]bool{}
		var visit func(path string)
		visit = func(path string) {
			if ps := p.w.prog.pkgs[path]; ps != nil && !p.linked[path] {
				p.linked[path] = true
				for _, imp := range ps.Imports {
					visit(imp.Path)
				}
			}
		}
		visit(p.main.pkg.Path)
	}
	return p.linked
}

// homes maps the folder that holds a service's code to the services in it. The folder of cmd/orders or orders/cmd/api is
// what tells services apart: only folders that no other main package shares count.
func (l *linker) homes() map[string][]string {
	entries := map[string][]string{}
	for _, p := range l.processes {
		entries[p.Entry] = append(entries[p.Entry], p.Name)
	}
	homes := map[string][]string{}
	for entry, names := range entries {
		home := entry
		// Climb out of cmd, cmd/api and the like as long as no other service lives there.
		for {
			up := path.Dir(home)
			base := path.Base(home)
			if up == "." || up == "/" || up == home {
				break
			}
			alone := true
			for other := range entries {
				if other != entry && (other == up || strings.HasPrefix(other, up+"/")) {
					alone = false
				}
			}
			if !alone || !(base == "cmd" || path.Base(up) == "cmd" || wrapper(base)) {
				break
			}
			home = up
		}
		homes[home] = append(homes[home], names...)
		slices.Sort(homes[home])
	}
	return homes
}

// contexts maps the folder of a bounded context to the services in it, where several services share one: app/order for
// app/order/cmd/api and app/order/cmd/rpc, when other services live in other folders of app. What lies in it and in no
// service's own folder belongs to all of them.
func (l *linker) contexts() map[string][]string {
	common := ""
	for i, p := range l.processes {
		if i == 0 {
			common = path.Dir(p.Entry)
		}
		for common != "." && !strings.HasPrefix(p.Entry, common+"/") {
			common = path.Dir(common)
		}
	}
	out := map[string][]string{}
	for _, p := range l.processes {
		rest := strings.TrimPrefix(p.Entry, common+"/")
		first, _, nested := strings.Cut(rest, "/")
		if !nested || wrapper(first) || first == "cmd" {
			continue
		}
		dir := path.Join(common, first)
		if !slices.Contains(out[dir], p.Name) {
			out[dir] = append(out[dir], p.Name)
		}
	}
	for dir, names := range out {
		if len(names) == len(l.processes) || len(names) == 1 && !l.fills(dir, names[0]) {
			delete(out, dir)
			continue
		}
		slices.Sort(names)
	}
	return out
}

// fills reports whether a folder is a service's alone by its form, as that of orders/cmd/api is. The main package beside a
// library (engine/agent beside engine/pkg) uses it as everybody does.
func (l *linker) fills(dir, service string) bool {
	for _, p := range l.processes {
		if p.Name == service {
			first, _, _ := strings.Cut(strings.TrimPrefix(p.Entry, dir+"/"), "/")
			if first == "cmd" || wrapper(first) {
				return true
			}
		}
	}
	return false
}

// wrapper names folders that hold a main package for form's sake.
func wrapper(base string) bool {
	switch base {
	case "server", "app", "main", "api", "web", "rpc", "grpc", "http", "rest", "worker", "service", "svc":
		return true
	}
	return false
}

// homeOf is the innermost of the homes that a folder is or lies in; "" for none.
func homeOf(homes map[string][]string, dir string) string {
	for {
		if _, ok := homes[dir]; ok {
			return dir
		}
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			return ""
		}
		dir = dir[:i]
	}
}

// contract reports whether a package only holds what another service may know: generated stubs, data types, constants and
// clients, but no handlers, no storage and no logic that other services would have to agree on.
func contract(prog *program, ps *pkgSummary) bool {
	if ps.generated && !ps.stores(prog) {
		return true
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(ps.Dir), func(r rune) bool { return r == '/' || r == '_' || r == '-' }) {
		switch word {
		case "client", "clients", "proto", "protos", "pb", "genproto", "api", "apis", "contract", "contracts", "events", "event", "messages",
			"sdk", "gen", "generated", "kitex", "types":
			return true
		}
	}
	if path.Base(ps.Dir) != "" && strings.HasSuffix(path.Base(ps.Dir), "client") || strings.HasSuffix(path.Base(ps.Dir), "pb") {
		return true
	}
	// What lies in the tree of a program or below internal was not put there for others.
	if slices.ContainsFunc(strings.Split(ps.Dir, "/"), func(elem string) bool { return elem == "cmd" || elem == "internal" }) {
		return false
	}
	// Only constructors and accessors of plain types: nothing is called, computed or decided.
	for _, f := range ps.Funcs {
		if f.Name != "init" && (len(f.Calls) > 0 || len(f.Blocks) > 1 || computes(f)) {
			return false
		}
	}
	return true
}

// stores reports whether a package reads or writes data itself, as generated queries and models do.
func (ps *pkgSummary) stores(prog *program) bool {
	for _, f := range ps.Funcs {
		for i := range f.Calls {
			c := &f.Calls[i]
			for _, m := range prog.lookup(c.Callee) {
				if m.Data != nil {
					return true
				}
			}
		}
	}
	return false
}

func computes(f *effects.Func) bool {
	for i := range f.Values {
		if v := &f.Values[i]; v.Op == effects.OpBinary && v.Type != "string" && strings.Contains("+-*/%", v.Str) {
			return true
		}
	}
	return false
}

// boundary lists what is to be said about the boundaries themselves.
func (l *linker) boundary(m *Model) []Boundary {
	var out []Boundary
	for _, c := range m.Cycles {
		b := Boundary{Kind: "cycle", Services: c, Why: "they call each other synchronously: none of them works when one does not"}
		for _, call := range m.Calls {
			if slices.Contains(c, call.From) && slices.Contains(c, call.To) {
				b.Sites = append(b.Sites, call.Sites...)
			}
		}
		sortPos(b.Sites)
		out = append(out, b)
	}
	type pair struct{ a, b string }
	internals := map[pair][]effects.Pos{}
	for _, i := range m.Imports {
		if !i.Contract {
			internals[pair{i.Service, i.Of}] = addPos(internals[pair{i.Service, i.Of}], i.Site)
		}
	}
	for p, sites := range internals {
		out = append(out, Boundary{Kind: "imports-other-service-internals", Services: []string{p.a, p.b}, Sites: sites,
			Why: fmt.Sprintf("%s links in packages of %s that are not its contract", p.a, p.b)})
	}
	for _, p := range l.processes {
		sites, targets := l.chatty(p)
		if len(sites) > 0 {
			out = append(out, Boundary{Kind: "chatty", Services: append([]string{p.Name}, targets...), Sites: sites,
				Why: fmt.Sprintf("%s asks %s once per element of a collection", p.Name, strings.Join(targets, " and "))})
		}
		out = append(out, l.askedTwice(p)...)
		out = append(out, l.askedOften(p)...)
		out = append(out, l.seams(p)...)
		out = append(out, l.hardCoded(p)...)
	}
	out = append(out, l.godServices()...)
	out = append(out, l.sharedDomain()...)
	return append(out, l.lockStep()...)
}
