package arch

import (
	"regexp"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/sqltext"
)

func (fl *flow) addData(e effect, m *catalog.Model, at site) {
	d := m.Data
	if d.Op == "tx" {
		return
	}
	w := fl.process.w
	e.Kind, e.Store, e.Op, e.Verb, e.data = KindData, d.Store, d.Op, d.Verb, d
	if !d.StoreOf.IsZero() {
		for _, t := range w.texts(w.expr(d.StoreOf.Node, at)) {
			if s := storeName(t.String()); s != "" {
				e.Store = s
			}
		}
	}
	if !d.Command.IsZero() {
		e.Op, e.Verb = w.command(d.Command, at)
	}
	if !d.Database.IsZero() {
		e.dsn = w.texts(w.expr(d.Database.Node, at))
	}
	e.Database = fl.database(e.dsn)
	if e.Store == "sql" {
		for _, t := range e.dsn {
			if scheme, _, ok := strings.Cut(fl.process.fill(t).String(), "://"); ok && storeName(scheme) != "" {
				e.Store = storeName(scheme) // a DSN says the dialect where no driver is named
			}
		}
	}
	fl.context(&e, d.Context, at)
	e.client = w.expr(d.Client.Node, at)
	if e.Store == "mongo" && e.Database != "" {
		e.Database = strings.Join(fl.onServer(strings.Split(e.Database, ","), e.client), ",")
	}
	e.Instrumented = fl.process.inSpan(at, e.root)
	if w.isTx(e.client) {
		e.Transaction = e.Store
	}
	if d.Verb == "migrate" {
		fl.addMigrations(e, d, at)
		return
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
				names[fl.dataName(t, m.Naming, e.client)] = true
			}
		}
	}
	related := fl.related(m, at, e.client)
	if d.Name.IsZero() && d.Key.IsZero() && !d.Relations.IsZero() {
		for _, table := range related { // an association: the relation is what is accessed
			names[table] = true
		}
		related = nil
	}
	if len(names) > 1 {
		delete(names, "*") // a way on which nothing was found says nothing against what was
	}
	if len(names) > 1 {
		delete(names, "") // the zero value of a variable or field is no name
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
	e.keyed = w.hasID(d, at)
	if d.Store == "mongo" {
		e.where = w.documentFields(w.expr(d.Filter.Node, at))
		if d.Verb == "index" {
			e.defines = w.indexes(d, at)
		}
	}
	e.relative = e.relative || w.relative(d, at) || w.readModifyWrite(d, at)
	if len(names) > 1 {
		e.where, e.defines = nil, nil // it is not known of which of them it is said
	}
	for _, name := range sortedKeys(names) {
		one := e
		one.Name = name
		if name == "*" && !d.Name.IsZero() {
			fl.unresolved(one, "the "+one.Store+" name")
			continue
		}
		one.guarding = e.Verb == "setnx"
		if n, known := w.duration(w.expr(d.Expiry.Node, at)); known && n == 0 && !d.Expiry.IsZero() {
			one.KeptForever = true
		}
		fl.effects = append(fl.effects, &one)
	}
	for _, table := range related {
		one := e
		one.Name, one.Op, one.Verb, one.relative = table, "read", "select", false
		fl.effects = append(fl.effects, &one)
	}
}

// oneDatabase gives the accesses of a process to a SQL database of which nothing is known the one that it has, where it has
// one: they are made in a transaction, or through a connection, that an interface hides.
func (p *process) oneDatabase() {
	var known, unknown []*effect
	for _, fl := range p.flows {
		for _, e := range fl.effects {
			switch {
			case e.Kind != KindData || !isSQL(e.Store):
			case e.Store == "sql":
				unknown = append(unknown, e)
			default:
				known = append(known, e)
			}
		}
	}
	if len(known) == 0 || slices.ContainsFunc(known, func(e *effect) bool { return e.Store != known[0].Store }) {
		return
	}
	same := !slices.ContainsFunc(known, func(e *effect) bool { return e.Database != known[0].Database })
	for _, e := range unknown {
		e.Store = known[0].Store
		if same && e.Database == "" && !slices.ContainsFunc(e.dsn, text.known) {
			e.Database, e.dsn = known[0].Database, known[0].dsn
		}
	}
}

// dataName is a table, collection or key as the Model shows it. A Go type stands for the table that ORMs make of it.
func (fl *flow) dataName(t text, mapper string, client []*object) string {
	if s, ok := t.constant(); ok {
		if typ := fl.process.w.prog.types[s]; typ != nil {
			return fl.process.w.tableOf(typ, mapper, client)
		}
		return strings.Trim(s, "`\"")
	}
	return manyStars.ReplaceAllString(fl.process.topic(t), "*")
}

// manyStars are parts of a key that are unknown one after the other: together they are one.
var manyStars = regexp.MustCompile(`\*{2,}`)

// related lists the tables of the relations that an access touches too.
func (fl *flow) related(m *catalog.Model, at site, client []*object) []string {
	w, d := fl.process.w, m.Data
	if d.Relations.IsZero() {
		return nil
	}
	of := d.Of
	if of.IsZero() {
		of = d.Name
	}
	var out []string
	for _, t := range w.texts(w.expr(of.Node, at)) {
		id, _ := t.constant()
		typ := w.prog.types[id]
		if typ == nil {
			continue
		}
		for _, elem := range w.list(d.Relations.Node, at) {
			for _, f := range w.texts(elem) {
				for _, relation := range strings.Split(f.String(), ";") {
					tables := w.related(typ, relation, m.Naming, client)
					if strings.Contains(relation, " ") {
						tables = joinedTables(relation)
					}
					for _, table := range tables {
						if !slices.Contains(out, table) {
							out = append(out, table)
						}
					}
				}
			}
		}
	}
	return out
}

// joinedTables are the tables in the JOIN clauses that a mapper is given as text.
func joinedTables(clauses string) []string {
	var out []string
	for _, st := range sqltext.Parse("SELECT * FROM joined " + clauses) {
		for _, ref := range st.Tables {
			if ref.Name != "joined" && strings.Trim(ref.Name, "{}") != "" {
				out = append(out, ref.Name)
			}
		}
	}
	return out
}

// addSQL makes an effect per table of each statement.
func (fl *flow) addSQL(e effect, statement string) {
	for _, st := range sqltext.Parse(statement) {
		fl.process.tablesBehind(&st, statement)
		for _, ref := range st.Tables {
			one := e
			one.Name, one.Op, one.Verb = ref.Name, string(ref.Op), st.Verb
			if strings.Trim(one.Name, "{}") == "" {
				fl.process.gap(one.Site, "the name of a table in SQL text", oneLine(statement), notFollowed)
				continue
			}
			switch {
			case one.Op == "read":
				one.Verb = "select"
			case one.Op == "write" && st.Verb == "select":
				one.Verb = "call" // of a stored function that writes
			}
			one.Statement = oneLine(statement)
			one.inserted = st.InsertColumns
			if one.Op == "ddl" {
				one.defines = []sqltext.Statement{st}
			}
			one.where, one.sets, one.versioned, one.locking = st.WhereColumns, st.SetColumns, versioned(&st), st.Locking
			for _, other := range st.Tables {
				if other.Name != ref.Name && !slices.Contains(one.Joined, other.Name) {
					one.Joined = append(one.Joined, other.Name)
				}
			}
			if one.Op == "write" {
				one.relative = st.Relative
				one.Guard, one.guarding = sqlGuard(&st, statement)
				if one.Guard == "conditional-update" && fl.endpoint != nil && fl.endpoint.Protocol != "cron" && picksNext(statement) {
					one.Guard, one.guarding = "", false
				}
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
		if s := fl.process.databaseOf(t); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ",")
}

// databaseOf is the database of a DSN. What a deployment sets to something that it does not say is not what the code falls
// back to; and an address that stands in a secret is known by that secret.
func (p *process) databaseOf(dsn text) string {
	dsn = slices.Clone(dsn)
	for i, part := range dsn {
		if part.Kind == holeEnv && p.unknown[part.Name] != "" {
			dsn[i].Default = nil
		}
	}
	filled := p.fill(dsn)
	if h, ok := filled.source(); ok && h.Kind == holeEnv && strings.HasPrefix(p.unknown[h.Name], "secret ") {
		return strings.ReplaceAll(p.unknown[h.Name], "/", ".")
	}
	return databaseName(filled)
}

// stated is the call of a helper that is told which table or key to touch, in the innermost package that names it; nil where
// that is the package of the access itself, or none.
func (fl *flow) stated(e *effect) *effects.Pos {
	word, _, _ := strings.Cut(constantPrefix(e.Name[strings.LastIndexByte(e.Name, '.')+1:]), ":")
	migration := e.Op == "ddl" && e.Statement == "" // what it defines stands in files
	if e.Kind != KindData || migration || word == "" || e.at.frame == nil || e.at.frame.fn.pkg.names(e, word) {
		return nil
	}
	for f := e.at.frame; f != e.root && f.parent != nil && f.call >= 0; f = f.parent {
		if f.parent.fn.pkg.names(e, word) {
			at := fl.process.written(site{f.parent, f.call})
			return &at
		}
	}
	return nil
}

// onServer puts the server before databases that are named apart from it: the same name on two servers is two databases.
func (fl *flow) onServer(databases []string, client []*object) []string {
	w := fl.process.w
	var out []string
	for _, t := range w.texts(each(client, func(o *object) []*object { return w.attr(o, "dsn") })) {
		server, _, _ := strings.Cut(databaseName(fl.process.fill(t)), "/")
		if server == "" {
			continue
		}
		for _, name := range databases {
			out = append(out, server+"/"+name)
		}
	}
	if len(out) == 0 {
		return databases
	}
	return out
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

// mergeKeys leaves out the keys of a cache that a more general key of the same service covers: user:admin-* is known to be
// some user:* where another call has that.
func (m *Model) mergeKeys() {
	for i := range m.Data {
		d := &m.Data[i]
		if !isCache(d.Store) {
			continue
		}
		j := slices.IndexFunc(m.Data, func(o Data) bool {
			return o.Service == d.Service && o.Store == d.Store && o.Database == d.Database && o.Name != d.Name && covers(o.Name, d.Name)
		})
		if j < 0 {
			continue
		}
		general := &m.Data[j]
		for _, site := range d.Sites {
			general.Sites = addPos(general.Sites, site)
		}
		for _, op := range d.Ops {
			if !slices.Contains(general.Ops, op) {
				general.Ops = append(general.Ops, op)
				slices.Sort(general.Ops)
			}
		}
		d.Sites = nil
	}
	m.Data = slices.DeleteFunc(m.Data, func(d Data) bool { return len(d.Sites) == 0 })
}

// covers reports whether every key of the pattern b is one of the pattern a. Both are compared segment by segment, as
// user:* is about users and not about user:*:orders; something constant has to come first.
func covers(a, b string) bool {
	as, bs := strings.Split(a, ":"), strings.Split(b, ":")
	if len(as) != len(bs) || strings.HasPrefix(a, "*") {
		return false
	}
	for i := range as {
		prefix, suffix, open := strings.Cut(as[i], "*")
		switch {
		case as[i] == bs[i]:
		case !open, strings.Contains(suffix, "*"):
			return false
		case !strings.HasPrefix(bs[i], prefix), !strings.HasSuffix(strings.TrimPrefix(bs[i], prefix), suffix):
			return false
		}
	}
	return true
}
