package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/sqltext"
)

// uniqueKeys are the unique keys that are declared, by table: in the SQL files of the repository, in the statements that a
// program is seen to run, and in texts of the code of which it is not known who runs them, such as those of a program that only
// sets a database up. A file or such a text may be about anybody's table, a statement that is run is about that of its database.
type uniqueKeys struct {
	files, texts map[string][][]string // by table, in lower case
	run          map[keyOwner][]uniqueKey
	made         map[keyOwner]bool // the program is seen to make the table
}

// keyOwner says whose table a program defines: that of a database, or, where it is not known which, of the process.
type keyOwner struct {
	process         *process
	database, table string
}

type uniqueKey struct {
	name    string // "" where the statement gives none
	columns []string
}

// uniqueKeys collects them.
func (l *linker) uniqueKeys() uniqueKeys {
	k := uniqueKeys{map[string][][]string{}, map[string][][]string{}, map[keyOwner][]uniqueKey{}, map[keyOwner]bool{}}
	for _, f := range l.in.SQL {
		addKeys(k.files, f.Text)
	}
	for _, text := range l.definingTexts() {
		addKeys(k.texts, text)
	}
	for _, p := range l.processes {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				of := ownerOfKey(p, e)
				for _, st := range e.defines {
					for _, name := range st.Dropped {
						k.run[of] = slices.DeleteFunc(k.run[of], func(key uniqueKey) bool { return key.called(name, of.table) })
					}
					for i, columns := range st.Unique {
						k.run[of] = append(k.run[of], uniqueKey{st.KeyNames[i], columns})
					}
					k.made[of] = k.made[of] || st.Verb == "create" && st.Object == "table"
				}
			}
		}
	}
	return k
}

// addKeys notes the keys that the statements of a text declare.
func addKeys(keys map[string][][]string, text string) {
	for _, st := range sqltext.Parse(text) {
		for _, t := range st.Tables {
			if t.Op == "ddl" && len(st.Unique) > 0 {
				name := strings.ToLower(t.Name)
				keys[name] = append(keys[name], st.Unique...)
			}
		}
	}
}

// definingTexts are the constants of the code that are SQL and declare a key.
func (l *linker) definingTexts() []string {
	var out []string
	seen := map[string]bool{}
	for _, u := range l.in.Units {
		for _, s := range u.Summaries {
			for _, fn := range s.Funcs {
				for i := range fn.Values {
					if v := &fn.Values[i]; v.Op == effects.OpConst && !seen[v.Str] && declaresKey(v.Str) {
						seen[v.Str] = true
						out = append(out, v.Str)
					}
				}
			}
		}
	}
	return out
}

// declaresKey reports whether a text is SQL that may declare a key.
func declaresKey(s string) bool {
	const shortest = len("CREATE TABLE t(c INT UNIQUE)")
	if len(s) < shortest {
		return false
	}
	upper := strings.ToUpper(s)
	return (strings.Contains(upper, "UNIQUE") || strings.Contains(upper, "PRIMARY")) && sqltext.LooksLikeSQL(s)
}

// of are the keys of the table that an effect of a process touches. SQL says nothing of the collections of a document store; those
// have a key by themselves.
func (k uniqueKeys) of(p *process, e *effect) [][]string {
	table, owner := strings.ToLower(e.Name), ownerOfKey(p, e)
	keys := slices.Clone(k.files[table])
	if e.Store == "mongo" {
		keys = [][]string{{"_id"}}
	}
	for _, key := range k.run[owner] {
		keys = append(keys, key.columns)
	}
	if !k.made[owner] && e.Store != "mongo" {
		keys = append(keys, k.texts[table]...)
	}
	return keys
}

// called reports whether a constraint of a table has a name. Postgres makes one of the table and the columns where the statement
// gives none.
func (k uniqueKey) called(name, table string) bool {
	made := k.name
	switch made {
	case "":
		made = table + "_" + strings.Join(k.columns, "_") + "_key"
	case "PRIMARY KEY":
		made = table + "_pkey"
	}
	return strings.EqualFold(k.name, name) || strings.EqualFold(made, name)
}

func ownerOfKey(p *process, e *effect) keyOwner {
	of := keyOwner{database: e.Database, table: strings.ToLower(e.Name)}
	if of.database == "" {
		of.process = p
	}
	return of
}

// coversKey reports whether columns are all of a unique key, or more.
func coversKey(columns, key []string) bool {
	return len(key) > 0 && !slices.ContainsFunc(key, func(col string) bool { return !containsFold(columns, col) })
}
