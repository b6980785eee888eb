package arch

import (
	"path"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/sqltext"
)

// flow is a Flow while it is being linked.
type flow struct {
	process  *process
	endpoint *endpoint // nil for start-up
	effects  []*effect
}

// effect is an Effect while it is being linked, with what the join across services needs.
type effect struct {
	Effect
	at       site
	call     *catalog.Call
	urls     []text   // HTTP: absolute URLs as far as they are known
	methods  []string // HTTP
	targets  []text   // RPC: addresses
	client   []*object
	relative bool // changes a value relative to what is stored
	guarding bool // the effect is itself a guard: only the first of several repetitions gets through
	root     *frame
}

// flows makes a flow for start-up and one per endpoint.
func (p *process) makeFlows() {
	owned := map[*frame]bool{} // receive loops: part of their consumer's flow, not of start-up
	for _, e := range p.endpoints {
		if e.root != nil && e.root.parent != nil {
			owned[e.root] = true
		}
	}
	start := &flow{process: p}
	for _, h := range p.startup.hits {
		if !under(h.frame, owned) {
			start.add(h, nil)
		}
	}
	p.flows = append(p.flows, start)
	for _, e := range p.endpoints {
		f := &flow{process: p, endpoint: e}
		if e.root != nil {
			k := p.w.newWalk(false)
			k.visit(e.root)
			for _, h := range k.hits {
				f.add(h, e.root)
			}
		}
		p.flows = append(p.flows, f)
	}
}

func under(f *frame, owned map[*frame]bool) bool {
	for ; f != nil; f = f.parent {
		if owned[f] {
			return true
		}
	}
	return false
}

// add turns a hit into effects.
func (fl *flow) add(h hit, root *frame) {
	base := effect{at: h.site, root: root}
	p := fl.process
	base.Site = p.written(h.site)
	base.Func = p.writtenIn(h.site).Name
	base.Path = fl.path(h.site, root)
	base.InLoop, base.Async = p.repeated(h.site, root)
	base.Transaction = h.frame.tx
	m := h.model
	switch {
	case m.Call != nil:
		fl.addCall(base, m, h.site)
	case m.Data != nil:
		fl.addData(base, m.Data, h.site)
	case m.Publish != nil:
		fl.addPublish(base, m.Publish, h.site)
	}
}

// writtenIn is the function that holds the place that written gives.
func (p *process) writtenIn(at site) *function {
	f := at.frame
	for f.fn.Generated && f.parent != nil && f.call >= 0 {
		f = f.parent
	}
	return f.fn
}

// repeated says how a site is run relative to its root: per element of a collection, in a goroutine of its own.
func (p *process) repeated(at site, root *frame) (inLoop, async bool) {
	for f, call := at.frame, at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		c := &f.fn.Calls[call]
		inLoop = inLoop || f.fn.Blocks[c.Block].Loop > 0 || f.fn.Yield
		async = async || c.Go && !waits(f.fn)
		if f == root {
			break
		}
	}
	// What a library does with a callback is only known to the frame.
	if root == nil || root.parent == nil {
		inLoop = inLoop || at.frame.inLoop
		async = async || at.frame.async
	}
	return inLoop, async
}

// path is the way from the entry of the flow to a site, as a reader would follow it.
func (fl *flow) path(at site, root *frame) []Step {
	p := fl.process
	last := Step{Func: p.writtenIn(at).Name, Pos: p.written(at)} // said in words when the flow is finished
	var steps []Step
	for f, call := at.frame, at.call; f != nil; f, call = f.parent, f.call {
		if call >= 0 && !f.fn.Generated && f.fn.Calls[call].Pos != last.Pos {
			steps = append(steps, Step{Func: f.fn.Name, Pos: f.fn.Calls[call].Pos, What: "calls " + calledName(f, call)})
		}
		if f == root {
			break
		}
	}
	if e := fl.endpoint; e != nil && e.Site.IsValid() {
		steps = append(steps, Step{Func: e.Handler, Pos: e.Site, What: "handles " + e.ID})
	}
	slices.Reverse(steps)
	return append(steps, last)
}

func calledName(f *frame, call int32) string {
	c := &f.fn.Calls[call]
	name := c.Callee
	if c.Method != "" {
		name = path.Base(c.Iface) + "." + c.Method
		if strings.HasPrefix(c.Iface, "interface") {
			name = c.Method
		}
	}
	if name == "" {
		return "a function value"
	}
	return path.Base(name)
}

func (fl *flow) addCall(e effect, m *catalog.Model, at site) {
	w, c := fl.process.w, m.Call
	e.Kind, e.Protocol, e.call = KindCall, c.Protocol, c
	e.client = w.expr(c.Client.Node, at)
	fl.context(&e, c.Context, at)
	e.Instrumented = w.instrumentedCall(m, at, e.client)
	e.Deadline = e.Deadline || w.clientDeadline(e.client)
	if !c.ID.IsZero() {
		for _, t := range w.texts(w.expr(c.ID.Node, at)) {
			if s, ok := t.constant(); ok {
				one := e
				one.ID = strings.TrimPrefix(s, "/")
				one.targets = w.texts(w.expr(c.Target.Node, at))
				if !operational(one.ID) {
					fl.effects = append(fl.effects, &one)
				}
			}
		}
		return
	}
	e.urls = w.texts(w.expr(c.URL.Node, at))
	for _, t := range w.texts(w.expr(c.Method.Node, at)) {
		if s, ok := t.constant(); ok && s != "" {
			e.methods = append(e.methods, strings.ToUpper(s))
		}
	}
	fl.effects = append(fl.effects, &e)
}

func (fl *flow) addPublish(e effect, c *catalog.Publish, at site) {
	w := fl.process.w
	e.Kind, e.Broker = KindPublish, c.Broker
	fl.context(&e, c.Context, at)
	e.client = w.expr(c.Client.Node, at)
	e.Instrumented = w.has("messaging", e.client...) || fl.process.carriesTrace(at) || fl.process.sendsHeaders(at)
	seen := map[string]bool{}
	for _, elem := range w.list(c.Topic.Node, at) {
		for _, t := range w.texts(elem) {
			topic := fl.process.topic(t)
			if topic == "" || seen[topic] {
				continue
			}
			seen[topic] = true
			one := e
			one.Topic = topic
			fl.effects = append(fl.effects, &one)
		}
	}
	if len(seen) == 0 {
		e.Topic = "*"
		fl.effects = append(fl.effects, &e)
	}
}

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
	e.Database = fl.database(d, at)
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
			one.Name, one.Op, one.Verb = ref.Name, string(ref.Op), string(st.Verb)
			if strings.Trim(one.Name, "{}") == "" {
				fl.unresolved(one, "the name of a table in SQL text")
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
func (fl *flow) database(d *catalog.Data, at site) string {
	if d.Database.IsZero() {
		return ""
	}
	var out []string
	for _, t := range fl.process.w.texts(fl.process.w.expr(d.Database.Node, at)) {
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

func (fl *flow) unresolved(e effect, what string) {
	fl.process.gaps = append(fl.process.gaps, Unresolved{
		Service: fl.process.Name, Site: e.Site, What: what, Value: "", Reason: "the value is made at run time, or in a way that svclint does not follow",
	})
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
