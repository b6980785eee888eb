package crossdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// definition is a table whose schema a service makes or changes.
type definition struct {
	service, store, database, table string
	site                            effects.Pos
}

// sharedMigrations reports the tables that services of several bounded contexts create or alter in one database, one finding
// per database and set of services. Only where both are certain to use one database is it one table.
func sharedMigrations(m *arch.Model, o *ownership) []finding.Finding {
	byTable := make(map[string][]definition)
	for _, d := range definitions(m, o) {
		byTable[d.table] = append(byTable[d.table], d)
	}
	type shared struct {
		tables []string
		by     []definition
	}
	groups := make(map[string]*shared)
	for _, table := range sortedKeys(byTable) {
		for rest := byTable[table]; len(rest) > 0; {
			first := rest[0]
			var same, others []definition
			for _, d := range rest {
				if d == first || storesAgree(first.store, d.store) && compareDatabases(first.database, d.database) == equal {
					same = append(same, d)
				} else {
					others = append(others, d)
				}
			}
			rest = others
			services := servicesOf(same)
			if !slices.ContainsFunc(services, func(s string) bool { return !o.contexts.same(s, services[0]) && !declaredTogether(m, s, services[0]) }) {
				continue
			}
			key := first.store + ":" + first.database + "\x00" + strings.Join(services, "\x00")
			if groups[key] == nil {
				groups[key] = &shared{}
			}
			groups[key].tables = append(groups[key].tables, table)
			groups[key].by = append(groups[key].by, same...)
		}
	}
	var fs []finding.Finding
	for _, key := range sortedKeys(groups) {
		g := groups[key]
		first := g.by[0]
		_, name := splitDatabase(first.database)
		f := finding.Finding{
			Rule: sharedMigration, Severity: sharedMigration.Severity, Confidence: "high",
			Services: servicesOf(g.by), Subject: "schema " + first.store + ":" + name,
		}
		both := "all"
		if len(f.Services) == 2 {
			both = "both"
		}
		f.Message = fmt.Sprintf("%s %s migrate %s in database %s", finding.List(f.Services), both, listTables(g.tables), name)
		for _, d := range g.by {
			f.Evidence = append(f.Evidence, finding.Step{Service: d.service, Pos: d.site, What: d.service + " defines table " + d.table})
		}
		f.Pos = placeOf(f.Evidence)
		fs = append(fs, f)
	}
	return fs
}

// definitions are the tables that services define when they run and in migrations beside their code, one per service and
// table. A migration that lies beside several contexts is nobody's in particular: who runs it is not known.
func definitions(m *arch.Model, o *ownership) []definition {
	var found []definition
	note := func(d definition) {
		if d.database == "" {
			d.database = databasesOf(m.Data, d.service, d.store, d.table)
		}
		if d.database == "" || !nameable(d.table) || slices.ContainsFunc(found, func(f definition) bool {
			return f.service == d.service && f.store == d.store && f.database == d.database && f.table == d.table
		}) {
			return
		}
		found = append(found, d)
	}
	for i := range m.Flows {
		flow := &m.Flows[i]
		for j := range flow.Effects {
			e := &flow.Effects[j]
			if e.Kind == arch.KindData && e.Op == "ddl" && e.Verb != "truncate" && holdsTables(e.Store) {
				note(definition{flow.Service, e.Store, e.Database, tableName(e.Name), e.Place()})
			}
		}
	}
	for _, table := range sortedKeys(o.rows) {
		for _, row := range o.rows[table] {
			if row.How == "migration" && !slices.ContainsFunc(o.rows[table], func(other arch.Owner) bool {
				return other.Site == row.Site && !o.contexts.same(other.Service, row.Service)
			}) {
				note(definition{row.Service, row.Store, row.Database, table, row.Site})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b definition) int { return strings.Compare(a.service, b.service) })
	return found
}

func servicesOf(ds []definition) []string {
	var names []string
	for _, d := range ds {
		names = append(names, d.service)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// listTables names up to three tables and counts the rest.
func listTables(tables []string) string {
	const shown = 3
	switch n := len(tables); {
	case n == 1:
		return "table " + tables[0]
	case n > shown:
		return fmt.Sprintf("tables %s and %d more", strings.Join(tables[:shown], ", "), n-shown)
	}
	return "tables " + finding.List(tables)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
