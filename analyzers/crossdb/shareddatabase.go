package crossdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/sqltext"
)

// sharedDatabases reports the databases that several services are handed. Where other findings tell already that these
// services reach into each other's tables, they say it better, and nothing is added.
//
// It is a warning between bounded contexts, and an info where each keeps to a schema of its own, which the database can
// enforce, or where both are request-serving programs of one context, which is a matter of declaring it.
func sharedDatabases(m *arch.Model, o *ownership, told []finding.Finding) []finding.Finding {
	var fs []finding.Finding
	for i := range m.SharedData {
		s := &m.SharedData[i]
		if s.Kind != arch.SharedDatabase || !holdsTables(s.Store) || isInfrastructure(s.Store) || placeholder(s) {
			continue
		}
		f := finding.Finding{
			Rule: sharedDatabase, Severity: sharedDatabase.Severity, Confidence: "high",
			Services: s.Services, Subject: "database " + s.Store + ":" + s.Name, Evidence: finding.Along("", s.Evidence),
		}
		if loopback(s.Database) {
			f.Confidence = "medium" // each may run on a host of its own
		}
		idle := idlers(m, s)
		switch {
		case !together(s.Services, o, m, told):
			f.Message = fmt.Sprintf("%s share database %s", finding.List(s.Services), s.Name)
			if strings.HasPrefix(s.Name, secret) {
				f.Message = fmt.Sprintf("%s share the database of %s", finding.List(s.Services), s.Name)
			}
			switch {
			case len(idle) > 0 && len(idle) == len(s.Services)-1:
				f.Severity = finding.Info
				f.Message = fmt.Sprintf("%s %s given database %s, which %s uses, and never %s it: take it out of the configuration", finding.List(idle),
					finding.Agree(idle, "is", "are"), s.Name, finding.List(without(s.Services, idle)), finding.Agree(idle, "uses", "use"))
			case len(idle) > 0:
				f.Message += ", and " + finding.List(idle) + " never " + finding.Agree(idle, "uses", "use") + " it"
			case schemasApart(m, s):
				f.Severity = finding.Info
				f.Message += ", in schemas of their own"
			default:
				if across, unowned := acrossContexts(m, o, s); len(across) == 0 {
					f.Message += "; no table is used across bounded contexts yet"
				} else if len(unowned) > 0 {
					f.Message += "; nothing says whose " + listTables(unowned) + " " + finding.Agree(unowned, "is", "are")
				}
			}
		case programsOfOneContext(m, o, s):
			f.Severity = finding.Info
			f.Message = fmt.Sprintf("%s share database %s; if they are one bounded context, say so in .svclint.yml: owners: {\"database:%s\": [%s]}",
				finding.List(s.Services), s.Name, s.Name, strings.Join(s.Services, ", "))
		default:
			continue
		}
		if f.Pos = placeOf(f.Evidence); f.Severity == finding.Info {
			if i := slices.IndexFunc(f.Evidence, func(e finding.Step) bool { return slices.Contains(idle, e.Service) }); i >= 0 {
				f.Pos = f.Evidence[i].Pos // where there is something to take out
			}
		}
		fs = append(fs, f)
	}
	return fs
}

// isInfrastructure reports whether services share a store of this kind as they share a broker or a cluster: what is theirs
// are the streams and indices in it. The tables of an account in a cloud lie in no database that one could be given.
func isInfrastructure(store string) bool {
	switch store {
	case "elasticsearch", "opensearch", "eventstore", "etcd", "dynamodb", "clickhouse":
		return true
	}
	return false
}

// loopback reports whether an address is that of the process's own host.
func loopback(database string) bool {
	return strings.HasPrefix(database, "localhost") || strings.HasPrefix(database, "127.0.0.1")
}

// placeholder reports whether an address is what templates and defaults of drivers say, and no deployment has replaced it.
func placeholder(s *arch.SharedData) bool {
	switch strings.ToLower(s.Name) {
	case "test", "postgres", "mysql", "root", "mydb", "dbname", "database":
		return loopback(s.Database)
	}
	return false
}

// placeOf is the first place in Go code, where a linter can report; else the first of all.
func placeOf(steps []finding.Step) (pos effects.Pos) {
	for _, s := range steps {
		if strings.HasSuffix(s.Pos.File, ".go") {
			return s.Pos
		}
	}
	if len(steps) > 0 {
		pos = steps[0].Pos
	}
	return pos
}

// together reports whether nothing is left to say about services in one database: they are one bounded context, are
// declared to be one owner, or the findings told before tie them to each other.
func together(services []string, o *ownership, m *arch.Model, told []finding.Finding) bool {
	group := make(map[string]string) // a service's representative
	find := func(s string) string {
		for group[s] != "" {
			s = group[s]
		}
		return s
	}
	join := func(a, b string) {
		if a, b = find(a), find(b); a != b {
			group[a] = b
		}
	}
	for i, a := range services {
		for _, b := range services[i+1:] {
			if o.contexts.same(a, b) || declaredTogether(m, a, b) {
				join(a, b)
			}
		}
	}
	for i := range told {
		for _, s := range told[i].Services[1:] {
			join(told[i].Services[0], s)
		}
	}
	return !slices.ContainsFunc(services, func(s string) bool { return find(s) != find(services[0]) })
}

// acrossContexts are the tables of a shared database that services of several contexts touch, and those of them without a
// known owner.
func acrossContexts(m *arch.Model, o *ownership, s *arch.SharedData) (across, unowned []string) {
	for _, t := range m.SharedData {
		if t.Kind == arch.SharedTable && t.Store == s.Store && t.Database == s.Database &&
			slices.ContainsFunc(t.Services, func(service string) bool { return !o.contexts.same(service, t.Services[0]) }) {
			across = append(across, t.Name)
			if t.Owner == "" && len(o.rows[tableName(t.Name)]) == 0 {
				unowned = append(unowned, t.Name)
			}
		}
	}
	return across, unowned
}

// declaredTogether reports whether the configuration makes two services one owner of anything.
func declaredTogether(m *arch.Model, a, b string) bool {
	return m.Settings != nil && slices.ContainsFunc(m.Settings.Owners, func(r config.OwnerRule) bool {
		return slices.Contains(r.Services, a) && slices.Contains(r.Services, b)
	})
}

// programsOfOneContext reports whether a database is shared by two different main packages of one context that both answer
// requests: an API and an RPC server, say. A worker or relay beside its API is how it should be, and so are the roles of one
// program.
func programsOfOneContext(m *arch.Model, o *ownership, s *arch.SharedData) bool {
	var entries []string
	for i := range m.Services {
		service := &m.Services[i]
		if slices.Contains(s.Services, service.Name) && !slices.Contains(entries, service.Entry) && answers(m, service.Name) {
			entries = append(entries, service.Entry)
		}
	}
	for i, a := range s.Services {
		for _, b := range s.Services[i+1:] {
			if !o.contexts.same(a, b) || declaredTogether(m, a, b) {
				return false
			}
		}
	}
	return len(entries) > 1
}

func answers(m *arch.Model, service string) bool {
	return slices.ContainsFunc(m.Endpoints, func(e arch.Endpoint) bool {
		return e.Service == service && e.Protocol != "consumer" && e.Protocol != "cron"
	})
}

// idlers are the services that are handed a database and touch nothing in it.
func idlers(m *arch.Model, s *arch.SharedData) []string {
	var idle []string
	for _, service := range s.Services {
		if !slices.ContainsFunc(m.Data, func(d arch.Data) bool {
			return d.Service == service && d.Store == s.Store && compareDatabases(d.Database, s.Database) != differs
		}) {
			idle = append(idle, service)
		}
	}
	return idle
}

func without(names, some []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(some, name) })
}

// schemasApart reports whether the statements in a database name the schema, and no two services the same. Statements that
// are not known as far as their table do not count.
func schemasApart(m *arch.Model, s *arch.SharedData) bool {
	user := make(map[string]string) // of a schema
	for i := range m.Flows {
		flow := &m.Flows[i]
		if !slices.Contains(s.Services, flow.Service) {
			continue
		}
		for j := range flow.Effects {
			e := &flow.Effects[j]
			if e.Kind != arch.KindData || e.Store != s.Store || compareDatabases(e.Database, s.Database) == differs {
				continue
			}
			schema, known := schemaOf(e)
			if !known {
				continue
			}
			if schema == "" || user[schema] != "" && user[schema] != flow.Service {
				return false
			}
			user[schema] = flow.Service
		}
	}
	users := slices.Sorted(maps.Values(user))
	return len(slices.Compact(users)) == len(s.Services)
}

// schemaOf is the schema that a statement names before the table that it touches, "" for none or the default one; known says
// whether the table was found in it.
func schemaOf(e *arch.Effect) (schema string, known bool) {
	for _, statement := range sqltext.Parse(e.Statement) {
		for _, ref := range statement.Tables {
			if tableName(ref.Name) == tableName(e.Name) {
				schema = strings.ToLower(ref.Schema)
				if schema == "public" || schema == "dbo" {
					schema = ""
				}
				return schema, true
			}
		}
	}
	return "", false
}
