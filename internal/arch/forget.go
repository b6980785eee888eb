package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/sqltext"
)

// seenTables are the tables that hold nothing but which messages have been seen: every column belongs to a key or is a time, and
// the name of the table or of a key says that it is about messages, and not, say, about who follows whom. Their names are in
// lower case. A table in partitions is none, since partitions are dropped.
func (l *linker) seenTables() map[string]bool {
	tables := map[string]bool{}
	for _, f := range l.in.SQL {
		for _, st := range sqltext.Parse(f.Text) {
			if st.Verb != "create" || st.Object != "table" || len(st.Unique) == 0 || len(st.References) > 0 || len(st.Columns) == 0 {
				continue
			}
			only := !slices.ContainsFunc(st.Columns, func(c sqltext.Column) bool {
				inKey := slices.ContainsFunc(st.Unique, func(key []string) bool { return containsFold(key, c.Name) })
				return !inKey && !strings.HasPrefix(c.Type, "time") && !strings.HasPrefix(c.Type, "date")
			})
			if only && !strings.Contains(strings.ToLower(f.Text), "partition") {
				for _, t := range st.Tables {
					if t.Op == "ddl" && (outbox(t.Name) || slices.ContainsFunc(slices.Concat(st.Unique...), namesMessage)) {
						tables[strings.ToLower(t.Name)] = true
					}
				}
			}
		}
	}
	return tables
}

// namesMessage reports whether a column is named after the key of a message or request.
func namesMessage(column string) bool {
	column = strings.ToLower(column)
	for _, word := range []string{"message", "msg", "event_id", "idempoten", "delivery_id", "request_id", "dedup"} {
		if strings.Contains(column, word) {
			return true
		}
	}
	return false
}

// forgotten reports whether anything in the repository takes rows away from a table of a service: something that a service
// does to the same database, a SQL file, a job's command, or a text in code of which it is not known who runs it. Where a
// service changes tables that are not known, it may be this one.
func (l *linker) forgotten(of *process, seen *effect) bool {
	table := strings.ToLower(seen.Name)
	takes := func(text string) bool {
		text = strings.ToLower(text)
		return strings.Contains(text, table) && (strings.Contains(text, "delete") || strings.Contains(text, "truncate") || strings.Contains(text, "partition"))
	}
	run := map[string]bool{} // functions that are known to delete, for some service
	for _, p := range l.processes {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind != KindData || e.Op != "write" || isCache(e.Store) {
					continue
				}
				deletes := strings.EqualFold(e.Name, seen.Name) && (e.Verb == "delete" || e.Verb == "truncate")
				if p == of && strings.ContainsAny(e.Name, "*{") || deletes && (p == of || e.Database == "" || e.Database == seen.Database) {
					return true
				}
				if deletes {
					run[e.at.frame.fn.ID] = true
				}
			}
		}
	}
	for _, f := range l.in.SQL {
		for _, st := range sqltext.Parse(f.Text) {
			if (st.Verb == "delete" || st.Verb == "truncate" || st.Object == "function" || st.Object == "procedure" || st.Object == "event") && takes(f.Text) {
				return true
			}
		}
	}
	if slices.ContainsFunc(l.in.Deployments, func(d Deployment) bool { return takes(strings.Join(d.Command, " ")) }) {
		return true
	}
	for _, u := range l.in.Units {
		for _, s := range u.Summaries {
			for _, fn := range s.Funcs {
				if !run[fn.ID] && slices.ContainsFunc(fn.Values, func(v effects.Value) bool { return v.Op == effects.OpConst && takes(v.Str) }) {
					return true
				}
			}
		}
	}
	return false
}
