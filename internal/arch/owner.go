package arch

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/sqltext"
)

// owners finds who owns each table: the service next to whose code a migration creates it, the service that creates it at
// run time, else its only writer.
func (l *linker) owners(m *Model) {
	type table struct{ store, name string }
	touched := map[table]bool{}
	writers := map[table][]*effect{}
	writing := map[table]map[string]bool{}
	var ddl []Owner
	for _, p := range l.processes {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind != KindData || isCache(e.Store) {
					continue
				}
				t := table{e.Store, e.Name}
				touched[t] = true
				switch e.Op {
				case "ddl":
					if e.Verb == "drop" || e.Verb == "truncate" {
						continue // taking a table away does not make it one's own
					}
					ddl = append(ddl, Owner{Store: e.Store, Database: e.Database, Name: e.Name, Service: p.Name, How: "ddl", Site: e.Site})
				case "write":
					if writing[t] == nil {
						writing[t] = map[string]bool{}
					}
					writing[t][p.Name] = true
					writers[t] = append(writers[t], e)
				}
			}
		}
	}
	seen := map[Owner]bool{}
	note := func(o Owner) {
		k := Owner{Store: o.Store, Name: o.Name, Service: o.Service}
		if !seen[k] {
			seen[k] = true
			m.Owners = append(m.Owners, o)
		}
	}
	// maybe are the services that write a table of the name in a SQL store that one of both accesses does not tell.
	maybe := func(t table) map[string]bool {
		services := map[string]bool{}
		for o, by := range writing {
			if o.name == t.name && isSQL(o.store) && isSQL(t.store) && (o.store == "sql" || t.store == "sql") {
				maps.Copy(services, by)
			}
		}
		return services
	}
	owned := map[table]bool{}
	for _, f := range l.in.SQL {
		services := l.near(f.Path)
		if len(services) == 0 {
			continue
		}
		for _, st := range sqltext.Parse(f.Text) {
			if st.Verb != "create" {
				continue
			}
			for _, ref := range st.Tables {
				for t := range touched {
					if t.name == ref.Name && ref.Op == "ddl" && isSQL(t.store) {
						for _, s := range services {
							note(Owner{Store: t.store, Name: t.name, Service: s, How: "migration", Site: effects.Pos{File: f.Path, Line: lineOf(f.Text, ref.Name)}})
						}
						owned[t] = true
					}
				}
			}
		}
	}
	for _, o := range ddl {
		if t := (table{o.Store, o.Name}); !owned[t] {
			note(o)
		}
	}
	for _, o := range ddl {
		owned[table{o.Store, o.Name}] = true
	}
	for t := range touched {
		if owned[t] || len(writing[t]) != 1 {
			continue
		}
		if slices.ContainsFunc(sortedKeys(maybe(t)), func(service string) bool { return !writing[t][service] }) {
			continue
		}
		es := writers[t]
		slices.SortFunc(es, func(a, b *effect) int { return a.Site.Compare(b.Site) })
		note(Owner{Store: t.store, Database: es[0].Database, Name: t.name, Service: sortedKeys(writing[t])[0], How: "only-writer", Site: es[0].Site})
	}
}

func isSQL(store string) bool {
	switch store {
	case "sql", "postgres", "mysql", "sqlite", "sqlserver", "clickhouse", "cockroach", "oracle":
		return true
	}
	return false
}

func lineOf(text, name string) int {
	if i := strings.Index(strings.ToLower(text), strings.ToLower(name)); i >= 0 {
		return 1 + strings.Count(text[:i], "\n")
	}
	return 1
}

// near finds the services to which a file belongs: those whose main package shares the longest way down with it, when
// that way leads into something that not every service shares. A folder that is named after a service is its, too.
func (l *linker) near(file string) []string {
	dir := path.Dir(file)
	best := 0
	var out []string
	for _, p := range l.processes {
		n := sharedSegments(dir, p.Entry)
		switch {
		case n > best:
			best, out = n, []string{p.Name}
		case n == best && n > 0:
			out = append(out, p.Name)
		}
	}
	entries := map[string]bool{}
	all := map[string]bool{}
	for _, p := range l.processes {
		all[p.Entry] = true
		if slices.Contains(out, p.Name) {
			entries[p.Entry] = true
		}
	}
	if len(entries) > 0 && (len(entries) < len(all) || len(all) == 1) {
		return out
	}
	// migrations/orders/0001.sql, sql/orders.sql. What all services lie in is named after the system, not after one of them:
	// note_app/sql/init.sql is not the service note's.
	out = nil
	below := strings.Join(strings.Split(file, "/")[best:], "/")
	words := strings.FieldsFunc(strings.ToLower(strings.TrimSuffix(below, path.Ext(below))), func(r rune) bool { return r == '/' || r == '_' || r == '-' || r == '.' })
	for _, p := range l.processes {
		name := strings.ToLower(p.Name)
		base := strings.TrimSuffix(strings.TrimSuffix(name, "-service"), "service")
		if slices.Contains(words, name) || base != "" && slices.Contains(words, base) {
			out = append(out, p.Name)
		}
	}
	return out
}

func sharedSegments(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] && as[n] != "." {
		n++
	}
	return n
}
