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
	homes := l.homes()
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
			for _, imp := range ps.Imports {
				target := prog.pkgs[imp.Path]
				if target == nil {
					continue
				}
				to := homeOf(homes, target.Dir)
				if to != "" && to != from && !slices.Contains(homes[to], p.Name) && (from == "" || slices.Contains(homes[from], p.Name)) {
					out = append(out, Import{Service: p.Name, Of: homes[to][0], Package: target.Path, Importer: ps.Path, Site: imp.Pos, Contract: contract(target)})
					continue
				}
				visit(imp.Path)
			}
		}
		visit(p.main.pkg.Path)
	}
	return out
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

// wrapper names folders that hold a main package for form's sake.
func wrapper(base string) bool {
	switch base {
	case "server", "app", "main", "api", "web", "rpc", "grpc", "http", "rest", "worker", "service", "svc":
		return true
	}
	return false
}

func homeOf(homes map[string][]string, dir string) string {
	best := ""
	for home := range homes {
		if (dir == home || strings.HasPrefix(dir, home+"/")) && len(home) > len(best) {
			best = home
		}
	}
	return best
}

// contract reports whether a package only holds what another service may know: generated stubs, data types, constants and
// clients, but no handlers, no storage and no logic that other services would have to agree on.
func contract(ps *pkgSummary) bool {
	if ps.generated {
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
	// Only constructors and accessors of plain types: nothing is called, computed or decided.
	for _, f := range ps.Funcs {
		if f.Name != "init" && (len(f.Calls) > 0 || len(f.Blocks) > 1 || computes(f)) {
			return false
		}
	}
	return true
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
		out = append(out, l.distributed(p)...)
	}
	return out
}

// chatty lists the calls that a process makes once per element while a request waits.
func (l *linker) chatty(p *process) (sites []effects.Pos, targets []string) {
	for _, fl := range p.flows {
		if fl.endpoint == nil {
			continue
		}
		for _, e := range fl.effects {
			if e.Kind == KindCall && e.InLoop {
				sites = addPos(sites, e.Site)
				if !slices.Contains(targets, e.To) {
					targets = append(targets, e.To)
				}
			}
		}
	}
	slices.Sort(targets)
	return sites, targets
}

// followed reports whether one request can make a call and also one that changes another service: the branches of a
// switch are not one after the other.
func followed(fl *flow, e *effect, l *linker) bool {
	return slices.ContainsFunc(fl.effects, func(o *effect) bool {
		return o.Kind == KindCall && o.To != e.To && !o.Async && l.mutates(o) && (follows(e.at, o.at) || follows(o.at, e.at))
	})
}

// follows reports whether control can get from one site to another.
func follows(a, b site) bool {
	common, aCall, bCall := meet(a, b)
	if common == nil || aCall == bCall {
		return common != nil
	}
	from, to := common.fn.Calls[aCall].Block, common.fn.Calls[bCall].Block
	if from == to {
		return aCall < bCall
	}
	return reaches(common.fn, from, to, -1)
}

// distributed lists the requests that change state in two or more other services, or in the service's own store and
// another service, one after the other.
func (l *linker) distributed(p *process) []Boundary {
	var out []Boundary
	seen := map[string]bool{}
	for _, fl := range p.flows {
		if fl.endpoint == nil {
			continue
		}
		var targets []string
		var sites []effects.Pos
		for _, e := range fl.effects {
			if e.Kind == KindCall && !e.Async && l.mutates(e) && e.To != p.Name && followed(fl, e, l) {
				sites = addPos(sites, e.Site)
				if !slices.Contains(targets, e.To) {
					targets = append(targets, e.To)
				}
			}
		}
		slices.Sort(targets)
		key := strings.Join(targets, ",")
		if len(targets) < 2 || seen[key] {
			continue
		}
		seen[key] = true
		out = append(out, Boundary{Kind: "distributed-transaction", Services: append([]string{p.Name}, targets...), Sites: sites,
			Why: fmt.Sprintf("%s changes state in %s one after the other, with nothing that undoes the first when a later one fails", fl.endpoint.ID, strings.Join(targets, ", "))})
	}
	return out
}
