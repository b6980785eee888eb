package sqltext

import (
	"slices"
	"strings"
)

// insert reads on behind INSERT or REPLACE.
func (p *parser) insert(replace bool, depth int) {
	verb, conflict := "insert", ""
	if replace {
		verb, conflict = "upsert", "update"
	}
	for {
		switch {
		case p.accept("OR"): // SQLite
			if p.accept("REPLACE") {
				verb, conflict = "upsert", "update"
			} else if p.accept("IGNORE") {
				conflict = "ignore"
			} else {
				p.step(depth)
			}
			continue
		case p.accept("IGNORE"):
			conflict = "ignore"
			continue
		case p.accept("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "INTO", "OVERWRITE", "TABLE", "ALL"):
			continue
		}
		break
	}
	p.verb(verb)
	if p.nested == 0 {
		p.st.OnConflict = conflict
	}
	if !p.cur().name() {
		p.clauses("read", depth)
		return
	}
	target, _ := p.qualified()
	if i := p.add(target, "write"); i >= 0 {
		p.aliases[strings.ToLower(target.Name)] = i
	}
	if p.accept("AS") || p.cur().kind == word && !p.cur().is(reserved...) && !p.cur().is("TABLE") {
		p.pos++
	}
	if p.cur().is("(") && !p.peek(1).is("SELECT", "WITH") {
		cols := p.columns()
		if p.nested == 0 {
			p.st.InsertColumns = cols
		}
	}
	if p.accept("SET") { // MySQL
		before := p.st.SetColumns
		p.assignments(depth)
		if p.nested == 0 {
			p.st.InsertColumns, p.st.SetColumns, p.st.RelativeColumns = p.st.SetColumns, before, nil
		}
	}
	p.clauses("read", depth)
}

// conflict reads ON CONFLICT and ON DUPLICATE KEY, from ON.
func (p *parser) conflict(depth int) {
	p.pos++
	if p.accept("DUPLICATE") {
		p.skip("KEY", "UPDATE")
		p.resolved("update")
		p.assignments(depth)
		return
	}
	p.pos++
	if p.cur().is("(") {
		cols := p.columns()
		if p.nested == 0 {
			p.st.ConflictColumns = cols
		}
	}
	for !p.done() && !p.cur().is("DO") { // ON CONSTRAINT x, WHERE of a partial index
		p.step(depth)
	}
	p.pos = min(p.pos+1, len(p.tokens)-1)
	if p.accept("NOTHING") {
		p.resolved("nothing")
		return
	}
	if p.accept("UPDATE") {
		p.resolved("update")
		p.accept("SET")
		p.assignments(depth)
	}
}

func (p *parser) resolved(how string) {
	if p.nested > 0 {
		return
	}
	p.st.OnConflict = how
	if how == "update" {
		p.st.Verb = "upsert"
	}
}

// update reads on behind UPDATE.
func (p *parser) update(depth int) {
	p.verb("update")
	p.skip("LOW_PRIORITY", "IGNORE", "ONLY")
	if p.accept("OR") {
		p.step(depth)
	}
	first := len(p.st.Tables)
	p.list("write", depth)
	for !p.done() && !p.cur().is("SET") { // joins, in MySQL
		if p.cur().is("JOIN") {
			p.pos++
			p.table("write", depth)
			continue
		}
		p.step(depth)
	}
	p.accept("SET")
	qualifiers := p.assignments(depth)
	p.multiTable(first, qualifiers)
	last := len(p.st.Tables)
	p.clauses("read", depth)
	p.target(first, last)
}

// multiTable marks those of an UPDATE's tables as read that no assignment names; without any name, only the first is
// written.
func (p *parser) multiTable(first int, qualifiers []string) {
	if len(p.st.Tables)-first < 2 {
		return
	}
	written := map[int]bool{}
	for _, q := range qualifiers {
		if i, ok := p.aliases[strings.ToLower(q)]; ok {
			written[i] = true
			continue
		}
		for i := first; i < len(p.st.Tables); i++ {
			if strings.EqualFold(p.st.Tables[i].Name, q) {
				written[i] = true
			}
		}
	}
	if len(written) == 0 {
		written[first] = true
	}
	for i := first; i < len(p.st.Tables); i++ {
		if !written[i] {
			p.st.Tables[i].Op = "read"
		}
	}
}

// target resolves UPDATE u SET ... FROM users u, and DELETE u FROM users u, where the written table is an alias of a table
// that comes later: the tables from first to last are the written ones, those behind it the rest.
func (p *parser) target(first, last int) {
	var gone []int
	for i := first; i < last; i++ {
		t := p.st.Tables[i]
		if t.Op != "write" || t.Schema != "" {
			continue
		}
		if j, ok := p.aliases[strings.ToLower(t.Name)]; ok && j >= last {
			p.st.Tables[j].Op = "write"
			gone = append(gone, i)
		}
	}
	for _, i := range slices.Backward(gone) {
		p.st.Tables = slices.Delete(p.st.Tables, i, i+1)
	}
}

// delete reads on behind DELETE.
func (p *parser) delete(depth int) {
	p.verb("delete")
	p.skip("LOW_PRIORITY", "QUICK", "IGNORE")
	first := len(p.st.Tables)
	if p.accept("FROM") {
		p.list("write", depth)
		p.clauses("read", depth)
		return
	}
	for p.cur().name() && !p.cur().is(reserved...) { // DELETE a, b FROM ...
		r, _ := p.qualified()
		if p.accept(".") {
			p.accept("*")
		}
		p.add(r, "write")
		if !p.accept(",") {
			break
		}
	}
	last := len(p.st.Tables)
	p.clauses("read", depth)
	p.target(first, last)
	p.sameTable(first, last)
}

// sameTable removes the read of a table that DELETE users FROM users names twice.
func (p *parser) sameTable(first, last int) {
	for i := first; i < min(last, len(p.st.Tables)); i++ {
		read := p.st.Tables[i]
		read.Op = "read"
		if j := slices.Index(p.st.Tables, read); j > i {
			p.st.Tables = slices.Delete(p.st.Tables, j, j+1)
		}
	}
}

// merge reads on behind MERGE.
func (p *parser) merge(depth int) {
	p.verb("upsert")
	p.resolved("update")
	p.accept("INTO")
	p.table("write", depth)
	if p.accept("USING") {
		p.table("read", depth)
	}
	for !p.done() {
		switch {
		case p.cur().is("UPDATE") && p.peek(1).is("SET"):
			p.pos += 2
			p.assignments(depth)
		case p.cur().is("INSERT") && p.peek(1).is("("):
			p.pos++
			if cols := p.columns(); p.nested == 0 {
				p.st.InsertColumns = cols
			}
		default:
			p.step(depth)
		}
	}
}

// assignments reads x = expr, y = expr ... and gives the qualifiers that stand before columns.
func (p *parser) assignments(depth int) (qualifiers []string) {
	for !p.done() {
		var cols []string
		switch {
		case p.cur().is("("): // (a, b) = (...)
			cols = p.columns()
		case p.cur().kind == hole && !p.peek(1).is("=", "."):
			p.pos++ // SET {}
			p.accept(",")
			continue
		case p.cur().name() && !p.cur().is(reserved...):
			r, _ := p.qualified()
			cols = []string{r.Name}
			if r.Schema != "" {
				qualifiers = append(qualifiers, r.Schema[strings.LastIndexByte(r.Schema, '.')+1:])
			}
		default:
			return qualifiers
		}
		if p.cur().is("[") { // an element of an array
			for !p.done() && !p.accept("]") {
				p.step(depth)
			}
		}
		start := p.pos
		if !p.accept("=", ":=") && !p.accept("+") {
			return qualifiers
		}
		for !p.done() && !p.cur().is(",", "WHERE", "FROM", "RETURNING", "ORDER", "LIMIT", "WHEN", "OUTPUT") &&
			!(p.cur().is("ON") && p.peek(1).is("CONFLICT", "DUPLICATE")) {
			p.step(depth)
		}
		if p.nested == 0 {
			p.st.SetColumns = append(p.st.SetColumns, cols...)
			if len(cols) == 1 && relative(cols[0], p.tokens[start:p.pos]) {
				p.st.RelativeColumns = append(p.st.RelativeColumns, cols[0])
			}
		}
		if !p.accept(",") {
			return qualifiers
		}
	}
	return qualifiers
}

// relative says that value, the tokens behind a column, computes from the column's old value. The old value in EXCLUDED.x or
// VALUES(x) is the new row's, and one that is merely compared or kept changes nothing.
func relative(column string, value []token) bool {
	if len(value) > 1 && value[0].is("+", "-") && value[1].is("=") {
		return true
	}
	reads, computes := false, false
	for i, t := range value {
		if t.is("+", "-", "*", "/", "||") || t.is("CONCAT", "ARRAY_APPEND", "ARRAY_CAT", "JSON_ARRAY_APPEND") {
			computes = true
		}
		if t.kind != word && t.kind != quoted || !strings.EqualFold(t.text, column) {
			continue
		}
		if i > 1 && value[i-1].is(".") && value[i-2].is("EXCLUDED", "NEW") || i > 1 && value[i-1].is("(") && value[i-2].is("VALUES") {
			continue
		}
		if i+1 < len(value) && value[i+1].is("(") || i+1 < len(value) && value[i+1].is(".") {
			continue
		}
		reads = true
	}
	return reads && computes
}

// copy reads on behind COPY, of PostgreSQL.
func (p *parser) copy(depth int) {
	if p.cur().is("(") {
		p.verb("select")
		p.parens(depth)
		return
	}
	if !p.cur().name() {
		return
	}
	r, _ := p.qualified()
	var cols []string
	if p.cur().is("(") {
		cols = p.columns()
	}
	if p.cur().is("TO") {
		p.verb("select")
		p.add(r, "read")
	} else {
		p.verb("insert")
		p.add(r, "write")
		p.st.InsertColumns = cols
	}
	for !p.done() {
		p.step(depth)
	}
}
