package arch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/spelling"
)

// mayBeService reports whether a main package is looked at: it may serve, or the configuration says that it is a service,
// and it does not say that it is none.
func (l *linker) mayBeService(u *unit, main *function) bool {
	dir := main.pkg.Dir
	return !l.in.Settings.Excluded(dir) && (u.prog.mayServe(main) || len(l.in.Settings.Of(dir)) > 0)
}

// nameRoles gives the processes of main packages in several roles the names of the configuration.
func (l *linker) nameRoles() {
	if l.in.Settings == nil {
		return
	}
	for _, s := range l.in.Settings.Services.Named {
		if s.Role == "" && len(l.in.Settings.Of(s.Entry)) == 1 {
			continue // named when its main package was found
		}
		for _, p := range l.processes {
			if p.Role == s.Role && (s.Entry == "" || s.Entry == p.Entry) && p.declared == "" {
				p.declared = s.Name
			}
		}
	}
}

// declaredOwners makes what the configuration says of owners rows of the Model, in place of what was found out. Where a
// migration or DDL proves what is declared, the row with the proof stays.
func (l *linker) declaredOwners(m *Model) {
	cfg := l.in.Settings
	if cfg == nil || len(cfg.Owners) == 0 {
		return
	}
	type table struct{ store, name string }
	in := map[table][]string{} // the databases in which it is touched
	for _, p := range l.processes {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if t := (table{e.Store, e.Name}); e.Kind == KindData && !slices.Contains(in[t], e.Database) {
					in[t] = append(in[t], e.Database)
				}
			}
		}
	}
	m.Owners = slices.DeleteFunc(m.Owners, func(o Owner) bool {
		databases := in[table{o.Store, o.Name}]
		if o.Database != "" {
			databases = []string{o.Database}
		}
		return slices.ContainsFunc(databases, func(d string) bool {
			r := cfg.Owner(o.Store, d, o.Name)
			return r != nil && (o.How == "only-writer" || !slices.Contains(r.Services, o.Service))
		})
	})
	proved := slices.Clone(m.Owners)
	for t, databases := range in {
		for _, d := range databases {
			r := cfg.Owner(t.store, d, t.name)
			if r == nil {
				continue
			}
			if !r.OfDatabase() {
				d = ""
			}
			for _, s := range r.Services {
				if slices.ContainsFunc(proved, func(o Owner) bool { return o.Store == t.store && o.Name == t.name && o.Service == s }) {
					continue
				}
				o := Owner{Store: t.store, Database: d, Name: t.name, Service: s, How: "declared", Site: cfg.Pos(r.Place)}
				if !slices.Contains(m.Owners, o) {
					m.Owners = append(m.Owners, o)
				}
			}
		}
	}
}

// checkSettings says where the configuration speaks of services that are not there.
func (l *linker) checkSettings(m *Model) {
	cfg := l.in.Settings
	if cfg == nil {
		return
	}
	problem := func(at config.Place, msg, hint string) {
		m.Coverage.Problems = append(m.Coverage.Problems, Problem{File: cfg.File, Line: at.Line, Msg: msg, Hint: hint})
	}
	var known []string
	for _, s := range m.Services {
		known = append(known, s.Name)
	}
	for _, s := range cfg.Services.Named {
		if slices.ContainsFunc(l.processes, func(p *process) bool { return p.declared == s.Name }) {
			continue
		}
		where, roles := "the repository", []string{}
		for _, p := range l.processes {
			if (s.Entry == "" || p.Entry == s.Entry) && p.Role != "" {
				roles = append(roles, p.Role)
			}
		}
		hint := "name the directory of a main package"
		if s.Entry != "" {
			where = s.Entry
		}
		msg := fmt.Sprintf("service %s: there is no main package in %s", s.Name, where)
		if s.Role != "" {
			msg = fmt.Sprintf("service %s: there is no role %s in %s", s.Name, s.Role, where)
			if hint = "leave the role out: it is one service there"; len(roles) > 0 {
				hint = "the roles are " + strings.Join(roles, ", ")
			}
		}
		problem(s.Place, msg, hint)
	}
	foreign := slices.Clone(known)
	for _, s := range m.ForeignServices {
		foreign = append(foreign, s.Name)
	}
	for _, u := range cfg.Unknown(foreign) {
		hint := "the services are " + strings.Join(known, ", ")
		if near := spelling.Nearest(u.Service, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		problem(u.Place, fmt.Sprintf("%s: there is no service %s", u.Key, u.Service), hint)
	}
}
