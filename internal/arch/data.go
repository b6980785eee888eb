package arch

import (
	"path"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/sqltext"
)

func (fl *flow) addData(e effect, d *catalog.Data, at site) {
	if d.Op == "tx" {
		return
	}
	w := fl.process.w
	e.Kind, e.Store, e.Op, e.Verb = KindData, d.Store, d.Op, d.Verb
	if !d.StoreOf.IsZero() {
		for _, t := range w.texts(w.expr(d.StoreOf.Node, at)) {
			if s := storeName(t.String()); s != "" {
				e.Store = s
			}
		}
	}
	if !d.Database.IsZero() {
		e.dsn = w.texts(w.expr(d.Database.Node, at))
	}
	e.Database = fl.database(e.dsn)
	fl.context(&e, d.Context, at)
	e.client = w.expr(d.Client.Node, at)
	e.Instrumented = fl.process.inSpan(at, e.root)
	if e.Transaction == "" && w.isTx(e.client) {
		e.Transaction = e.Store
	}
	if !d.SQL.IsZero() {
		known := false
		for _, t := range w.texts(w.expr(d.SQL.Node, at)) {
			if t = fl.process.fill(t); t.known() {
				known = true
				fl.addSQL(e, t.String())
			}
		}
		if known || d.Name.IsZero() {
			if !known {
				fl.unresolved(e, "the SQL text of "+calledName(at.frame, at.call))
			}
			return
		}
	}
	names := map[string]bool{}
	exprs := []catalog.Expr{d.Name}
	if d.Name.IsZero() {
		exprs = []catalog.Expr{d.Key}
	}
	for _, x := range exprs {
		for _, elem := range w.list(x.Node, at) {
			for _, t := range w.texts(elem) {
				names[fl.dataName(t)] = true
			}
		}
	}
	if len(names) == 0 {
		names["*"] = true
	}
	// A variable that is empty at first makes a name without its variable part, which is not another name.
	for n := range names {
		for m := range names {
			if m != n && strings.Contains(m, "*") && strings.ReplaceAll(m, "*", "") == n {
				delete(names, n)
			}
		}
	}
	e.relative = e.relative || w.relative(d, at)
	for _, name := range sortedKeys(names) {
		one := e
		one.Name = name
		if name == "*" && !d.Name.IsZero() {
			fl.unresolved(one, "the "+one.Store+" name")
			continue
		}
		one.guarding = d.Verb == "setnx"
		fl.effects = append(fl.effects, &one)
	}
}

// dataName is a table, collection or key as the Model shows it. A Go type stands for the table that ORMs make of it.
func (fl *flow) dataName(t text) string {
	if s, ok := t.constant(); ok {
		if typ := fl.process.w.prog.types[s]; typ != nil {
			return fl.process.w.tableOf(typ)
		}
		return s
	}
	return fl.process.topic(t)
}

// tableOf names the table of a model struct: by its TableName method, else by the usual naming of ORMs, the snake case
// plural.
func (w *world) tableOf(t *effects.Type) string {
	if m := methodOf(t, "TableName"); m != nil {
		if fn := w.prog.funcs[m.Func]; fn != nil {
			f := w.enter(nil, -3, fn, nil, operand{}, nil)
			if s, ok := w.texts(w.returned(f, 0))[0].constant(); ok {
				return s
			}
		}
	}
	return plural(snake(path.Ext("." + t.ID)[1:]))
}

func snake(name string) string {
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 {
			before := rs[i-1] >= 'a' && rs[i-1] <= 'z' || rs[i-1] >= '0' && rs[i-1] <= '9'
			after := i+1 < len(rs) && rs[i+1] >= 'a' && rs[i+1] <= 'z'
			if before || after {
				b.WriteByte('_')
			}
		}
		if upper {
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func plural(s string) string {
	switch {
	case strings.HasSuffix(s, "y") && len(s) > 1 && !strings.ContainsRune("aeiou", rune(s[len(s)-2])):
		return s[:len(s)-1] + "ies"
	case strings.HasSuffix(s, "s"), strings.HasSuffix(s, "x"), strings.HasSuffix(s, "z"), strings.HasSuffix(s, "ch"), strings.HasSuffix(s, "sh"):
		return s + "es"
	}
	return s + "s"
}

// addSQL makes an effect per table of each statement.
func (fl *flow) addSQL(e effect, statement string) {
	for _, st := range sqltext.Parse(statement) {
		for _, ref := range st.Tables {
			one := e
			one.Name, one.Op, one.Verb = ref.Name, string(ref.Op), st.Verb
			if strings.Trim(one.Name, "{}") == "" {
				fl.process.gap(one.Site, "the name of a table in SQL text", oneLine(statement), notFollowed)
				continue
			}
			if one.Op == "read" {
				one.Verb = "select"
			}
			one.Statement = oneLine(statement)
			for _, other := range st.Tables {
				if other.Name != ref.Name && !slices.Contains(one.Joined, other.Name) {
					one.Joined = append(one.Joined, other.Name)
				}
			}
			if one.Op == "write" {
				one.relative = st.Relative
				one.Guard, one.guarding = sqlGuard(&st, statement)
				one.relative = one.relative && one.Guard == ""
			}
			if one.Guard != "" {
				at := one.Site
				one.GuardSite = &at
			}
			fl.effects = append(fl.effects, &one)
		}
	}
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 160 {
		s = s[:157] + "..."
	}
	return s
}

// storeName is a store as the Model names it, from a driver's name.
func storeName(driver string) string {
	switch strings.ToLower(driver) {
	case "postgres", "pgx", "postgresql", "cloudsqlpostgres", "pq":
		return "postgres"
	case "mysql", "mariadb":
		return "mysql"
	case "sqlite", "sqlite3":
		return "sqlite"
	case "sqlserver", "mssql":
		return "sqlserver"
	case "clickhouse":
		return "clickhouse"
	}
	return ""
}

// database is what is known of the database that an access goes to: host and name of its DSN, or the variable that
// holds it.
func (fl *flow) database(dsn []text) string {
	var out []string
	for _, t := range dsn {
		if s := databaseName(fl.process.fill(t)); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ",")
}

// databaseName reduces a DSN to host and database, so that no password gets into a report.
func databaseName(t text) string {
	s := t.String()
	if s == "{}" || s == "" {
		return ""
	}
	if _, rest, ok := strings.Cut(s, "://"); ok {
		if i := strings.LastIndexByte(rest, '@'); i >= 0 {
			rest = rest[i+1:]
		}
		rest, _, _ = strings.Cut(rest, "?")
		return rest
	}
	if strings.Contains(s, "dbname=") || strings.Contains(s, "host=") {
		var host, name string
		for _, field := range strings.Fields(s) {
			if v, ok := strings.CutPrefix(field, "host="); ok {
				host = v
			}
			if v, ok := strings.CutPrefix(field, "dbname="); ok {
				name = v
			}
		}
		return strings.TrimPrefix(host+"/"+name, "/")
	}
	// user:password@tcp(host:port)/name?options
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
		s, _, _ = strings.Cut(s, "?")
		return strings.NewReplacer("tcp(", "", ")", "").Replace(s)
	}
	return s
}

// isTx reports whether a client is a transaction.
func (w *world) isTx(client []*object) bool {
	for _, o := range client {
		if o.spec != nil && o.spec.Kind == "tx" {
			return true
		}
	}
	return false
}
