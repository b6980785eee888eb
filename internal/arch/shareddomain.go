package arch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// sharedDomain lists the packages that belong to no service, that services of several bounded contexts link in, and that
// hold what belongs in one of them: entities, which are mapped to tables, and repositories, which read and write tables that
// they name themselves. A repository that is told its table is a library.
func (l *linker) sharedDomain() []Boundary {
	homes, contexts := l.homes(), l.contexts()
	contextOf := func(p *process) string {
		if dir := homeOf(contexts, p.Entry); dir != "" {
			return dir
		}
		return homeOf(homes, p.Entry)
	}
	type domain struct {
		users []*process
		what  map[string]effects.Pos // table -> where it is read or written
	}
	found := map[string]*domain{}
	for _, p := range l.processes {
		for path := range p.packages() {
			ps := p.w.prog.pkgs[path]
			if ps.Outside || ps.Name == "main" || homeOf(homes, ps.Dir) != "" || homeOf(contexts, ps.Dir) != "" {
				continue
			}
			d := found[path]
			if d == nil {
				d = &domain{what: map[string]effects.Pos{}}
				found[path] = d
			}
			d.users = append(d.users, p)
		}
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind != KindData || e.Op == "ddl" || isCache(e.Store) || !named(e.Name) || technical(e.Name) || e.at.frame == nil {
					continue
				}
				pkg := e.at.frame.fn.pkg
				if d := found[pkg.Path]; d != nil && pkg.names(e, e.Name) {
					if at, ok := d.what[e.Name]; !ok || e.Site.Compare(at) < 0 {
						d.what[e.Name] = e.Site
					}
				}
			}
		}
	}
	var out []Boundary
	for _, path := range sortedKeys(found) {
		d := found[path]
		var names, in []string
		for _, p := range d.users {
			names = append(names, p.Name)
			if c := contextOf(p); !slices.Contains(in, c) {
				in = append(in, c)
			}
		}
		if len(in) < 2 || len(d.what) == 0 {
			continue
		}
		slices.Sort(names)
		names = slices.Compact(names)
		tables := sortedKeys(d.what)
		b := Boundary{Kind: "shared-library-with-domain-logic", Services: names, Subject: path,
			Why: fmt.Sprintf("%s belongs to no service, reads or writes %s, and %s are built with it", path, strings.Join(tables, ", "), strings.Join(names, ", "))}
		for _, t := range tables {
			b.Sites = addPos(b.Sites, d.what[t])
			b.Steps = append(b.Steps, Step{Pos: d.what[t], What: "reads or writes " + t})
		}
		for _, p := range d.users {
			if from, at := p.importer(path); from != "" {
				b.Sites = addPos(b.Sites, at)
				b.Steps = append(b.Steps, Step{Service: p.Name, Func: from, Pos: at, What: from + " imports it"})
			}
		}
		out = append(out, b)
	}
	return out
}

// importer is a package of the process that imports another, and where; the first in order.
func (p *process) importer(path string) (string, effects.Pos) {
	for _, from := range sortedKeys(p.packages()) {
		ps := p.w.prog.pkgs[from]
		for _, imp := range ps.Imports {
			if imp.Path == path && !ps.Outside {
				return from, imp.Pos
			}
		}
	}
	return "", effects.Pos{}
}

// technical reports whether a table serves the delivery of messages, locks or migrations: a library may keep it for everyone.
func technical(table string) bool {
	if outbox(table) {
		return true
	}
	t := strings.ToLower(table)
	for _, word := range []string{"migration", "lock", "lease", "job", "audit", "event", "snapshot", "session", "schema_", "health"} {
		if strings.Contains(t, word) {
			return true
		}
	}
	return false
}

// named reports whether a table is known by name.
func named(table string) bool { return table != "" && !strings.ContainsAny(table, "*?{}:") }

// names reports whether a package says itself what table an access goes to: in a text, in SQL that it embeds, or, where no
// statement says it, by the type that is mapped to it.
func (ps *pkgSummary) names(e *effect, name string) bool {
	return ps.says(name) || e.Statement == "" && ps.maps(name)
}

func (ps *pkgSummary) says(name string) bool {
	says, known := ps.said[name]
	if !known {
		says = ps.searchName(name)
		if ps.said == nil {
			ps.said = map[string]bool{}
		}
		ps.said[name] = says
	}
	return says
}

func (ps *pkgSummary) searchName(name string) bool {
	if slices.ContainsFunc(ps.embedded, func(text string) bool { return mentions(text, name) }) {
		return true
	}
	for _, f := range ps.Funcs {
		for i := range f.Values {
			if v := &f.Values[i]; v.Op == effects.OpConst && len(v.Str) >= len(name) && mentions(v.Str, name) {
				return true
			}
		}
	}
	return false
}

// maps reports whether a package has a struct that a mapper keeps in a table.
func (ps *pkgSummary) maps(table string) bool {
	for _, t := range ps.Types {
		name := t.ID[strings.LastIndexByte(t.ID, '.')+1:]
		for _, n := range namings {
			if !t.Foreign && t.Kind == "struct" && n.named != nil && n.named(name) == table {
				return true
			}
		}
	}
	return false
}

// mentions reports whether a text holds a name as a word of its own.
func mentions(text, name string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool {
		return !(r == '_' || r == '-' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	}), name)
}
