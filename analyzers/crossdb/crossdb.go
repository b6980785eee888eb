package crossdb

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
)

//go:embed doc.go
var doc string

// Analyzer reports the findings of Check that lie in one package.
var Analyzer = &analysis.Analyzer{
	Name: "crossdb",
	Doc:  finding.PassDoc(doc, "crossdb"),
	URL:  "https://pkg.go.dev/github.com/svclint/svclint/analyzers/crossdb",
	Run:  pipeline.Run(Check),
}

// Check returns one finding per rule, service and table or key, and one per database that is shared or migrated by several.
func Check(m *arch.Model) []finding.Finding {
	o := newOwnership(m)
	var trespasses []trespass
	for i := range m.Flows {
		flow := &m.Flows[i]
		for j := range flow.Effects {
			trespasses = append(trespasses, judge(o, flow, &flow.Effects[j])...)
		}
	}
	fs := report(trespasses)
	fs = append(fs, contested(o)...)
	fs = append(fs, sharedMigrations(m, o)...)
	fs = append(fs, sharedDatabases(m, o, fs)...)
	fs = append(fs, foreignKeys(m, o)...)
	finding.Sort(fs)
	return fs
}

// trespass is one access of a service to one table of another.
type trespass struct {
	rule    *finding.Rule
	service string
	effect  *arch.Effect
	table   string // as the finding names it
	own     string // with foreign-join: the table that the foreign one is joined with
	title   title
}

// judge returns what one effect of a flow does to tables of others. One statement is one trespass per foreign table: a
// write of it if it changes it, a join if it mixes it with tables of another owner, else a read.
func judge(o *ownership, flow *arch.Flow, e *arch.Effect) []trespass {
	if e.Kind != arch.KindData || e.Op == "ddl" || !holdsTables(e.Store) {
		return nil
	}
	service := flow.Service
	tables := append([]string{e.Name}, e.Joined...)
	titles := make([]title, len(tables))
	for i, name := range tables {
		titles[i] = o.title(service, e.Store, e.Database, name)
	}
	var found []trespass
	for i, t := range titles {
		if t.whose != foreign || i > 0 && hasEffect(flow, e, tables[i]) {
			continue
		}
		tr := trespass{service: service, effect: e, table: tableName(tables[i]), title: t}
		other := slices.IndexFunc(titles, func(u title) bool {
			return u.whose == own || u.whose == foreign && !t.sharesOwnerWith(o, u)
		})
		switch {
		case i == 0 && e.Op == "write":
			tr.rule = foreignWrite
		case other >= 0:
			tr.rule, tr.own = foreignJoin, tableName(tables[other])
		default:
			tr.rule = foreignRead
		}
		found = append(found, tr)
	}
	return found
}

// hasEffect reports whether a statement's joined table has an effect of its own, which says what is done to it.
func hasEffect(flow *arch.Flow, statement *arch.Effect, table string) bool {
	return slices.ContainsFunc(flow.Effects, func(e arch.Effect) bool {
		return e.Kind == arch.KindData && e.Site == statement.Site && e.Place() == statement.Place() && e.Name == table
	})
}

// report makes one finding of all trespasses of one kind by one service on one table, at the first place.
func report(trespasses []trespass) []finding.Finding {
	slices.SortStableFunc(trespasses, func(a, b trespass) int {
		return cmp.Or(
			strings.Compare(a.rule.ID, b.rule.ID),
			strings.Compare(a.service, b.service),
			strings.Compare(a.table, b.table),
			a.effect.Place().Compare(b.effect.Place()),
			len(a.effect.Path)-len(b.effect.Path),
		)
	})
	var fs []finding.Finding
	for len(trespasses) > 0 {
		first := trespasses[0]
		n := 1
		for n < len(trespasses) && trespasses[n].rule == first.rule && trespasses[n].service == first.service && trespasses[n].table == first.table {
			n++
		}
		fs = append(fs, describe(trespasses[:n]))
		trespasses = trespasses[n:]
	}
	return fs
}

// describe writes the finding of one group of trespasses, the first of which gives the place.
func describe(group []trespass) finding.Finding {
	t := group[0]
	f := finding.Finding{
		Rule:       t.rule,
		Severity:   t.rule.Severity,
		Confidence: "high",
		Services:   append([]string{t.service}, t.title.owners()...),
		Pos:        t.effect.Place(),
		Subject:    t.effect.Store + ":" + t.table,
	}
	thing := noun(t.effect.Store)
	switch t.rule {
	case foreignWrite:
		f.Message = fmt.Sprintf("%s %s %s %s %s", t.service, writes(group), thing, t.table, t.title.said())
	case foreignJoin:
		f.Message = fmt.Sprintf("%s joins %s %s with %s %s in one statement", t.service, thing, t.own, t.table, t.title.said())
	default:
		f.Message = fmt.Sprintf("%s reads %s %s %s", t.service, thing, t.table, t.title.said())
	}
	if !t.title.certain {
		f.Confidence = "medium"
		f.Message += ", if both use one database (its address could not be compared)"
	}
	f.Evidence = finding.Trail(t.service, t.effect)
	if t.effect.Statement != "" {
		f.Evidence = append(f.Evidence, finding.Step{Service: t.service, Pos: t.effect.Place(), What: "statement: " + t.effect.Statement})
	}
	for _, o := range t.title.rows {
		f.Evidence = append(f.Evidence, finding.Step{Service: o.Service, Pos: o.Site, What: o.Service + " " + proof(o, thing)})
	}
	seen := map[effects.Pos]bool{t.effect.Place(): true}
	for _, more := range group[1:] {
		what := fmt.Sprintf("also %s %s %s", finding.Verb(more.effect), thing, t.table)
		f.Evidence = append(f.Evidence, finding.Places(t.service, what, []effects.Pos{more.effect.Place()}, seen)...)
	}
	return f
}

// contested reports the tables that services of several bounded contexts write in one database and that none of them
// creates: nobody owns them.
func contested(o *ownership) []finding.Finding {
	var fs []finding.Finding
	for _, c := range o.contests {
		first := c.writes[0]
		thing := noun(first.effect.Store)
		f := finding.Finding{
			Rule:       foreignWrite,
			Severity:   foreignWrite.Severity,
			Confidence: "high",
			Services:   c.services(),
			Pos:        first.effect.Place(),
			Subject:    first.effect.Store + ":" + c.table,
			Message: fmt.Sprintf("%s all write %s %s and no migration says whose it is",
				finding.List(c.services()), thing, c.table),
		}
		if len(f.Services) == 2 {
			f.Message = strings.Replace(f.Message, " all write ", " both write ", 1)
		}
		seen := map[effects.Pos]bool{}
		for _, w := range c.writes {
			what := fmt.Sprintf("%s %s %s %s", w.service, finding.Verb(w.effect), thing, c.table)
			f.Evidence = append(f.Evidence, finding.Places(w.service, what, []effects.Pos{w.effect.Place()}, seen)...)
		}
		fs = append(fs, f)
	}
	return fs
}

// said is whose the table is, as the end of "reads table orders ...".
func (t title) said() string {
	owners := t.owners()
	if i := slices.IndexFunc(t.rows, func(o arch.Owner) bool { return o.How == "declared" }); i >= 0 {
		return fmt.Sprintf("of %s (%s says so)", serviceList(owners), t.rows[i].Site.File)
	}
	if len(owners) > 1 {
		if t.rows[0].How == "" {
			return fmt.Sprintf("that %s write and nobody owns", finding.List(owners))
		}
		return fmt.Sprintf("that %s each create", finding.List(owners))
	}
	switch t.rows[0].How {
	case "migration":
		return fmt.Sprintf("of service %s (its migrations create it)", owners[0])
	case "ddl":
		return fmt.Sprintf("of service %s (its code creates it)", owners[0])
	case "only-writer":
		return fmt.Sprintf("of service %s (the only one that writes it)", owners[0])
	}
	return "of service " + owners[0]
}

func serviceList(names []string) string {
	if len(names) == 1 {
		return "service " + names[0]
	}
	return "services " + finding.List(names)
}

func proof(o arch.Owner, thing string) string {
	switch o.How {
	case "declared":
		return fmt.Sprintf("is declared the owner of %s %s", thing, tableName(o.Name))
	case "migration":
		return fmt.Sprintf("creates %s %s in its migrations", thing, tableName(o.Name))
	case "ddl":
		return fmt.Sprintf("creates %s %s", thing, tableName(o.Name))
	case "only-writer":
		return fmt.Sprintf("writes %s %s and nobody else does", thing, tableName(o.Name))
	}
	return fmt.Sprintf("writes %s %s", thing, tableName(o.Name))
}

// writes is the verb of a group of writes: the exact one if all of them do the same.
func writes(group []trespass) string {
	v := finding.Verb(group[0].effect)
	for _, t := range group[1:] {
		if finding.Verb(t.effect) != v {
			return "writes"
		}
	}
	return v
}

// noun is what the store calls the thing that holds rows.
func noun(store string) string {
	switch store {
	case "mongo", "mongodb", "firestore":
		return "collection"
	case "elasticsearch", "opensearch":
		return "index"
	}
	return "table"
}
