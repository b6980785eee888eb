package sqltext

import (
	"slices"
	"strings"
)

// Statement is what one statement does.
type Statement struct {
	// Verb is select, insert, upsert (an insert that changes the row that is already there: ON CONFLICT DO UPDATE, ON
	// DUPLICATE KEY UPDATE, REPLACE, MERGE), update, delete, truncate, create, alter or drop. Any other statement has its
	// first word in lower case (begin, set, call, ...), and a fragment has none.
	Verb string
	// Tables are those that are named, in order, each once per Op. Names are as written, without quotes; {} or {NAME} in
	// one is a part that is not known. Names of WITH clauses and temporary tables are no tables.
	Tables []Ref
	// References are the tables that foreign keys of a CREATE or ALTER TABLE point to.
	References []Ref
	// Object is what a create, alter or drop is about, in lower case: table, index, view, ...
	Object string

	// OnConflict says what an insert does where the row exists: nothing (ON CONFLICT DO NOTHING), ignore (INSERT IGNORE),
	// update (as an upsert), or, when empty, it fails. ConflictColumns are the columns of the conflict, where given.
	OnConflict      string
	ConflictColumns []string

	InsertColumns []string // columns that an insert names
	SetColumns    []string // columns that an update or upsert sets
	// RelativeColumns are those of SetColumns whose new value comes from the old one (n = n + 1), so that a repetition
	// changes the row again. Relative says that there are some.
	RelativeColumns []string
	Relative        bool
	// WhereColumns are the columns in the statement's own WHERE clause, without that of subqueries.
	WhereColumns []string
	// Conditional says that the statement tests a column that it also sets (SET status = 'paid' WHERE status = 'new', or a
	// version), so that a repetition finds nothing to do.
	Conditional bool

	// PrimaryKey and Unique are the columns of the constraints that a CREATE TABLE, ALTER TABLE or CREATE UNIQUE INDEX
	// defines; Unique holds the primary key too.
	PrimaryKey []string
	Unique     [][]string
	// KeyNames are the names of the keys in Unique, "" for those that the statement gives none. Dropped are the constraints that
	// an ALTER TABLE takes away, with that of a primary key as "PRIMARY KEY".
	KeyNames, Dropped []string
	// Columns are those that a CREATE TABLE lists.
	Columns []Column

	Returning bool // has a RETURNING or OUTPUT clause
	Locking   bool // reads for update or share
}

// Column is a column with the first word of its type, in lower case.
type Column struct{ Name, Type string }

// Ref is one use of a table or view.
type Ref struct {
	Schema string // what stands before the name, "" or public or db.dbo
	Name   string
	Op     Op
}

// Op is what a statement does with a table: read, write or ddl.
type Op string

// Parse reads the statements of a text. It gives at least one statement unless the text is empty.
func Parse(sql string) []Statement {
	tokens := lex(sql)
	var all []Statement
	for len(tokens) > 0 {
		n := slices.IndexFunc(tokens, func(t token) bool { return t.kind == end || t.is(";") })
		if n > 0 {
			p := &parser{tokens: append(slices.Clone(tokens[:n]), token{kind: end}), ctes: map[string]bool{}}
			p.statement(0)
			p.conclude()
			all = append(all, p.st)
		}
		tokens = tokens[n+1:]
	}
	return all
}

// Columns gives the columns that a fragment of a WHERE clause names, such as gorm's Where("id = ? AND status = ?").
func Columns(fragment string) []string {
	p := &parser{tokens: lex(fragment), ctes: map[string]bool{}}
	p.where(0)
	return p.st.WhereColumns
}

// conclude draws from what was read.
func (p *parser) conclude() {
	st := &p.st
	st.Relative = len(st.RelativeColumns) > 0
	st.Conditional = slices.ContainsFunc(st.WhereColumns, func(c string) bool {
		return slices.ContainsFunc(st.SetColumns, func(d string) bool { return strings.EqualFold(c, d) })
	})
}

// maxDepth bounds the nesting of parentheses.
const maxDepth = 200

type parser struct {
	tokens []token
	pos    int
	st     Statement
	ctes   map[string]bool // names of WITH clauses, in lower case
	// aliases of the statement being read, in lower case, each with the index of its table in st.Tables
	aliases map[string]int
	nested  int // statements around the one being read
}

func (p *parser) peek(n int) token {
	if i := p.pos + n; 0 <= i && i < len(p.tokens) {
		return p.tokens[i]
	}
	return token{kind: end}
}

func (p *parser) cur() token { return p.peek(0) }

func (p *parser) accept(words ...string) bool {
	if p.cur().is(words...) {
		p.pos++
		return true
	}
	return false
}

// skip passes over any of the words, in any order and number.
func (p *parser) skip(words ...string) {
	for p.accept(words...) {
	}
}

// done says that the statement, or the parenthesis that it stands in, ends here.
func (p *parser) done() bool { return p.cur().kind == end || p.cur().is(")") }

// statement reads one statement up to its end or the closing parenthesis.
func (p *parser) statement(depth int) {
	outer := p.aliases
	p.aliases = map[string]int{}
	defer func() { p.aliases = outer }()

	open := 0
	for p.accept("(") { // (SELECT ...) UNION ...
		open++
	}
	p.body(depth)
	for ; open > 0 && p.accept(")"); open-- {
		p.clauses("read", depth)
	}
}

// body reads a statement from its verb on.
func (p *parser) body(depth int) {
	if p.cur().is("EXPLAIN", "DESCRIBE", "DESC") {
		p.pos++
		p.skip("ANALYZE", "VERBOSE", "FORMAT", "EXTENDED", "QUERY", "PLAN")
	}
	if p.accept("WITH") {
		p.with(depth)
	}
	verb := p.cur()
	if verb.kind != word {
		p.clauses("read", depth)
		return
	}
	switch verb.upper {
	case "SELECT", "VALUES", "TABLE":
		p.pos++
		p.verb("select")
		if verb.upper == "TABLE" {
			p.table("read", depth)
		}
		p.clauses("read", depth)
	case "INSERT", "REPLACE":
		p.pos++
		p.insert(verb.upper == "REPLACE", depth)
	case "UPDATE":
		p.pos++
		p.update(depth)
	case "DELETE":
		p.pos++
		p.delete(depth)
	case "MERGE":
		p.pos++
		p.merge(depth)
	case "TRUNCATE":
		p.pos++
		p.verb("truncate")
		p.skip("TABLE", "ONLY")
		p.list("write", depth)
	case "CREATE":
		p.pos++
		p.create(depth)
	case "ALTER":
		p.pos++
		p.alter(depth)
	case "DROP":
		p.pos++
		p.drop(depth)
	case "COPY":
		p.pos++
		p.copy(depth)
	case "LOCK":
		p.pos++
		p.verb("lock")
		p.skip("TABLE", "TABLES", "ONLY")
		p.list("read", depth)
	case "FROM", "JOIN", "LEFT", "RIGHT", "INNER", "CROSS", "FULL", "NATURAL", "WHERE", "AND", "OR", "ORDER", "GROUP", "HAVING", "LIMIT",
		"ON", "SET", "RETURNING", "UNION":
		p.fragment(verb.upper, depth)
	default:
		if p.peek(1).is("=", "<", ">", "<=", ">=", "<>", "!=", "IN", "LIKE", "ILIKE", "IS", "BETWEEN", ".", ",") {
			p.where(depth) // a condition alone
			p.clauses("read", depth)
			return
		}
		p.verb(strings.ToLower(verb.text))
		for !p.done() {
			p.step(depth)
		}
	}
}

// verb sets the verb of the whole text's statement; those inside it have none.
func (p *parser) verb(v string) {
	if p.nested == 0 {
		p.st.Verb = v
	}
}

// fragment reads a part of a statement that begins with a clause. SET x = 1 WHERE is one of an UPDATE, but SET x TO and
// SET SESSION are statements.
func (p *parser) fragment(first string, depth int) {
	switch first {
	case "AND", "OR":
		p.where(depth)
	case "SET":
		if !p.peek(2).is("=", ".") {
			p.verb("set")
			p.pos = len(p.tokens) - 1
			return
		}
		p.pos++
		p.assignments(depth)
	}
	p.clauses("read", depth)
}

// with reads the WITH clause behind its first word.
func (p *parser) with(depth int) {
	p.skip("RECURSIVE")
	for p.cur().name() && !p.done() {
		name, _ := p.qualified()
		p.ctes[strings.ToLower(name.Name)] = true
		if p.cur().is("(") && !p.peek(-1).is("AS") {
			p.columns()
		}
		p.accept("AS")
		p.skip("NOT", "MATERIALIZED")
		if p.cur().is("(") {
			p.parens(depth)
		}
		if !p.accept(",") {
			return
		}
	}
}

// clauses walks the rest of a statement and reads the clauses that it knows; tables of FROM and JOIN are used as op.
func (p *parser) clauses(op Op, depth int) {
	for !p.done() {
		t := p.cur()
		switch {
		case t.is("FROM") && !p.peek(-1).is("DISTINCT"):
			p.pos++
			p.list(op, depth)
		case t.is("JOIN", "STRAIGHT_JOIN", "APPLY"):
			p.pos++
			p.table(op, depth)
		case t.is("USING") && !p.peek(1).is("("):
			p.pos++
			p.list(op, depth)
		case t.is("WHERE"):
			p.pos++
			p.where(depth)
		case t.is("RETURNING", "OUTPUT"):
			p.pos++
			if p.nested == 0 {
				p.st.Returning = true
			}
		case t.is("FOR") && (p.peek(1).is("UPDATE", "SHARE") || p.peek(1).is("NO", "KEY") && p.st.Verb != ""):
			p.pos++
			p.skip("NO", "KEY", "UPDATE", "SHARE")
			p.st.Locking = true
		case t.is("LOCK") && p.peek(1).is("IN") && p.peek(2).is("SHARE"):
			p.pos += 3
			p.st.Locking = true
		case t.is("ON") && p.peek(1).is("CONFLICT", "DUPLICATE"):
			p.conflict(depth)
		case t.is("SELECT") && p.nested == 0 && p.st.Verb == "":
			p.pos++ // a fragment in front of a statement
			p.verb("select")
		case t.is("UNION", "INTERSECT", "EXCEPT"):
			p.pos++
		default:
			p.step(depth)
		}
	}
}

// step passes over one token, or over a parenthesis and what stands in it.
func (p *parser) step(depth int) {
	if p.cur().is("(") {
		p.parens(depth)
		return
	}
	if p.cur().kind != end {
		p.pos++
	}
}

// parens reads a parenthesis: a statement inside another, or an expression that may hold some.
func (p *parser) parens(depth int) {
	p.pos++
	if depth > maxDepth {
		p.pos = len(p.tokens) - 1
		return
	}
	if p.cur().is("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES", "MERGE", "TABLE") && !p.peek(1).is("(", ")", ",") || p.cur().is("SELECT", "VALUES") {
		p.nested++
		p.statement(depth + 1)
		p.nested--
	} else {
		for !p.done() {
			p.step(depth + 1)
		}
	}
	p.accept(")")
}

// list reads a list of tables, with the joins between them.
func (p *parser) list(op Op, depth int) {
	p.table(op, depth)
	for p.accept(",") {
		p.table(op, depth)
	}
}

// table reads one table, subquery or function behind FROM, JOIN and their like, with its alias.
func (p *parser) table(op Op, depth int) {
	p.skip("ONLY", "LATERAL", "OUTER")
	index := -1
	switch {
	case p.cur().is("("):
		if p.peek(1).is("SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "(") || depth > maxDepth {
			p.parens(depth)
			break
		}
		p.pos++ // tables in parentheses
		p.list(op, depth+1)
		for !p.done() {
			if p.cur().is("JOIN") {
				p.pos++
				p.table(op, depth+1)
				continue
			}
			p.step(depth + 1)
		}
		p.accept(")")
	case p.cur().name() && !p.cur().is(reserved...):
		ref, glued := p.qualified()
		if p.cur().is("(") && (glued || !p.peek(1).is("SELECT")) && op == "read" {
			p.parens(depth) // a function that gives rows
			break
		}
		index = p.add(ref, op)
	default:
		return
	}
	p.accept("*") // PostgreSQL: with the tables that inherit
	if p.accept("AS") || (p.cur().kind == word || p.cur().kind == quoted) && !p.cur().is(reserved...) {
		if p.cur().name() {
			if index >= 0 {
				p.aliases[strings.ToLower(p.cur().text)] = index
			}
			p.pos++
		}
		if p.cur().is("(") && p.peek(1).name() {
			p.columns()
		}
	}
}

// qualified reads a name with what stands before it; glued says that no space follows it.
func (p *parser) qualified() (Ref, bool) {
	parts := []string{p.cur().text}
	p.pos++
	for p.cur().is(".") {
		p.pos++
		if p.cur().is(".") { // db..table
			continue
		}
		if !p.cur().name() {
			break
		}
		parts = append(parts, p.cur().text)
		p.pos++
	}
	last := len(parts) - 1
	return Ref{Schema: strings.Join(parts[:last], "."), Name: parts[last]}, p.cur().glued
}

// add enters a table, and gives its index, or -1 where the name is none.
func (p *parser) add(r Ref, op Op) int {
	r.Op = op
	lower := strings.ToLower(r.Name)
	if r.Name == "" || r.Schema == "" && (p.ctes[lower] || lower == "dual") || strings.HasPrefix(lower, "#") {
		return -1
	}
	if i := slices.Index(p.st.Tables, r); i >= 0 {
		return i
	}
	p.st.Tables = append(p.st.Tables, r)
	return len(p.st.Tables) - 1
}

// columns reads a list of names in parentheses; of (a DESC, lower(b)) it gives a alone.
func (p *parser) columns() []string {
	var cols []string
	p.pos++
	for !p.done() {
		if p.cur().name() && !p.peek(1).is("(") {
			r, _ := p.qualified()
			cols = append(cols, r.Name)
		}
		for !p.done() && !p.cur().is(",") {
			p.step(0)
		}
		p.accept(",")
	}
	p.accept(")")
	return cols
}

// where reads a condition up to the next clause.
func (p *parser) where(depth int) {
	for !p.done() && !p.cur().is("GROUP", "ORDER", "LIMIT", "OFFSET", "RETURNING", "UNION", "INTERSECT", "EXCEPT", "HAVING", "WINDOW",
		"DO", "FETCH", "SET", "WHEN", "ON", "LOCK") && !(p.cur().is("FOR") && p.peek(1).is("UPDATE", "SHARE", "NO", "KEY")) {
		p.condition(depth)
	}
}

// condition reads one token of a condition, and the columns in it.
func (p *parser) condition(depth int) {
	t := p.cur()
	switch {
	case t.is("(") && (p.peek(1).is("SELECT", "WITH") || depth > maxDepth):
		p.parens(depth)
	case t.is("("):
		p.pos++
		for !p.done() {
			p.condition(depth + 1)
		}
		p.accept(")")
	case t.is("::"):
		p.pos++
		if p.cur().name() {
			p.qualified()
		}
	case t.kind == word && conditionWords[t.upper]:
		p.pos++
	case t.kind == word || t.kind == quoted:
		before := p.peek(-1)
		r, _ := p.qualified()
		double := t.kind == quoted && r.Schema == "" && before.is("=", "<>", "!=", "<", ">", "LIKE") // a string, in MySQL
		if !p.cur().is("(") && !double {
			p.whereColumn(r.Name)
		}
	default:
		p.pos++
	}
}

func (p *parser) whereColumn(c string) {
	if p.nested == 0 && !slices.Contains(p.st.WhereColumns, c) {
		p.st.WhereColumns = append(p.st.WhereColumns, c)
	}
}

var conditionWords = set("AND OR NOT IN IS NULL LIKE ILIKE SIMILAR BETWEEN EXISTS ANY ALL SOME TRUE FALSE ESCAPE CASE WHEN THEN ELSE END " +
	"INTERVAL CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME DISTINCT FROM REGEXP RLIKE GLOB MATCH BINARY COLLATE CAST AS DATE TIMESTAMP " +
	"DAY HOUR MINUTE SECOND MONTH YEAR ARRAY ROW UNKNOWN CURRENT OF AT TIME ZONE XOR DIV MOD SYSDATE LOCALTIMESTAMP")

// reserved words end a list of tables: they are no aliases and no tables.
var reserved = strings.Fields("WHERE SET FROM JOIN LEFT RIGHT INNER OUTER FULL CROSS NATURAL ON USING GROUP ORDER HAVING LIMIT OFFSET UNION " +
	"INTERSECT EXCEPT FOR VALUES SELECT RETURNING WINDOW FETCH DO WHEN AS AND OR STRAIGHT_JOIN LOCK USE FORCE IGNORE WITH DEFAULT " +
	"OVERRIDING OUTPUT TABLESAMPLE PARTITION APPLY CASCADE RESTRICT RESTART CONTINUE IN TO NOT IS BY NOWAIT SKIP INTO PROCEDURE QUALIFY")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
