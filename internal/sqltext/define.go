package sqltext

import (
	"cmp"
	"slices"
	"strings"
)

// create reads on behind CREATE.
func (p *parser) create(depth int) {
	p.verb("create")
	temporary, unique := false, false
	for {
		switch {
		case p.accept("TEMP", "TEMPORARY"):
			temporary = true
			continue
		case p.accept("UNIQUE"):
			unique = true
			continue
		case p.accept("OR", "REPLACE", "GLOBAL", "LOCAL", "UNLOGGED", "EXTERNAL", "FOREIGN", "MATERIALIZED", "VIRTUAL", "CLUSTERED",
			"NONCLUSTERED", "FULLTEXT", "RECURSIVE", "ALGORITHM"):
			continue
		}
		break
	}
	p.object()
	switch p.st.Object {
	case "table":
		p.skip("IF", "NOT", "EXISTS")
		if !p.cur().name() {
			return
		}
		r, _ := p.qualified()
		if temporary {
			p.ctes[strings.ToLower(r.Name)] = true
		}
		p.add(r, "ddl")
		if p.cur().is("(") && !p.peek(1).is("SELECT", "WITH") {
			p.definitions(depth)
		}
		p.accept("AS")
		if p.cur().is("LIKE") {
			p.pos++
			p.table("read", depth)
		}
		p.rest(depth)
	case "view":
		p.skip("IF", "NOT", "EXISTS")
		if !p.cur().name() {
			return
		}
		r, _ := p.qualified()
		p.add(r, "ddl")
		for !p.done() && !p.cur().is("AS") {
			p.step(depth)
		}
		p.accept("AS")
		p.rest(depth)
	case "index":
		p.skip("CONCURRENTLY", "IF", "NOT", "EXISTS")
		name := ""
		if !p.cur().is("ON") && p.cur().name() {
			r, _ := p.qualified()
			name = r.Name
		}
		if !p.accept("ON") {
			return
		}
		p.accept("ONLY")
		if !p.cur().name() {
			return
		}
		r, _ := p.qualified()
		p.add(r, "ddl")
		if p.accept("USING") {
			p.pos++
		}
		if p.cur().is("(") {
			if cols := p.columns(); unique && !p.whereGiven(cols) {
				p.key(name, cols)
			}
		}
		p.pos = len(p.tokens) - 1
	default:
		p.pos = len(p.tokens) - 1
	}
}

// rest reads a query at the end of a definition.
func (p *parser) rest(depth int) {
	p.nested++
	defer func() { p.nested-- }()
	for !p.done() {
		if p.cur().is("SELECT", "WITH") {
			p.statement(depth + 1)
			return
		}
		p.step(depth)
	}
}

// object reads what a definition is about.
func (p *parser) object() {
	if p.cur().kind == word {
		if p.nested == 0 {
			p.st.Object = strings.ToLower(p.cur().text)
		}
		p.pos++
	}
}

// definitions reads the columns and constraints of a table, in parentheses.
func (p *parser) definitions(depth int) {
	p.pos++
	for !p.done() {
		p.definition(depth)
		for !p.done() && !p.cur().is(",") {
			p.step(depth)
		}
		p.accept(",")
	}
	p.accept(")")
}

// definition reads one column or constraint, and stops at its end or before.
func (p *parser) definition(depth int) {
	name := ""
	if p.accept("CONSTRAINT") && p.cur().name() && !p.cur().is("PRIMARY", "UNIQUE", "FOREIGN", "CHECK") {
		name = p.cur().text
		p.pos++
	}
	switch {
	case p.cur().is("PRIMARY") && p.peek(1).is("KEY"):
		p.pos += 2
		p.skip("CLUSTERED", "NONCLUSTERED")
		if p.cur().is("(") {
			p.st.PrimaryKey = p.columns()
			p.key(cmp.Or(name, primaryKey), p.st.PrimaryKey)
		}
		return
	case p.cur().is("UNIQUE"):
		p.pos++
		p.skip("KEY", "INDEX", "CLUSTERED", "NONCLUSTERED", "NULLS", "NOT", "DISTINCT")
		if p.cur().name() {
			r, _ := p.qualified()
			name = r.Name
		}
		if p.cur().is("(") {
			p.key(name, p.columns())
		}
		return
	case p.cur().is("FOREIGN"):
		p.references(depth)
		return
	case p.cur().is("KEY", "INDEX", "FULLTEXT", "CHECK", "EXCLUDE", "LIKE", "PERIOD", "SPATIAL") && !p.peek(1).is(",", ")"):
		return
	case !p.cur().name():
		return
	}
	r, _ := p.qualified()
	p.st.Columns = append(p.st.Columns, Column{r.Name, strings.ToLower(p.cur().text)})
	for !p.done() && !p.cur().is(",") {
		switch {
		case p.cur().is("PRIMARY") && p.peek(1).is("KEY"):
			p.st.PrimaryKey = []string{r.Name}
			p.key(primaryKey, p.st.PrimaryKey)
			p.pos++
		case p.cur().is("UNIQUE"):
			p.key("", []string{r.Name})
			p.pos++
		case p.cur().is("REFERENCES"):
			p.references(depth)
		default:
			p.step(depth)
		}
	}
}

const primaryKey = "PRIMARY KEY" // the name of one that has none

// key notes a unique key.
func (p *parser) key(name string, cols []string) {
	if len(cols) > 0 {
		p.st.Unique, p.st.KeyNames = append(p.st.Unique, cols), append(p.st.KeyNames, name)
	}
}

// whereGiven reports whether an index is only about rows that have something in one of its columns: WHERE route IS NOT NULL.
// Rows that have not are none of its business.
func (p *parser) whereGiven(cols []string) bool {
	for i := p.pos; i < len(p.tokens)-3; i++ {
		if p.tokens[i+1].is("IS") && p.tokens[i+2].is("NOT") && p.tokens[i+3].is("NULL") &&
			slices.ContainsFunc(cols, func(c string) bool { return strings.EqualFold(c, p.tokens[i].text) }) {
			return true
		}
	}
	return false
}

// dropped reads on behind the DROP of an ALTER TABLE.
func (p *parser) dropped() {
	switch {
	case p.cur().is("PRIMARY") && p.peek(1).is("KEY"):
		p.st.Dropped = append(p.st.Dropped, primaryKey)
		p.pos++
	case p.accept("CONSTRAINT", "INDEX", "KEY"):
		p.skip("IF", "EXISTS")
		if p.cur().name() {
			p.st.Dropped = append(p.st.Dropped, p.cur().text)
		}
	}
}

// references reads on to the table of a foreign key.
func (p *parser) references(depth int) {
	for !p.done() && !p.cur().is(",", "REFERENCES") {
		p.step(depth)
	}
	if p.accept("REFERENCES") && p.cur().name() {
		r, _ := p.qualified()
		r.Op = "read"
		p.st.References = append(p.st.References, r)
	}
}

// alter reads on behind ALTER.
func (p *parser) alter(depth int) {
	p.verb("alter")
	p.skip("FOREIGN", "MATERIALIZED", "EXTERNAL")
	p.object()
	if p.st.Object != "table" && p.st.Object != "view" {
		p.pos = len(p.tokens) - 1
		return
	}
	p.skip("IF", "EXISTS", "ONLY")
	if !p.cur().name() {
		return
	}
	r, _ := p.qualified()
	p.add(r, "ddl")
	for !p.done() {
		switch {
		case p.accept("ADD"):
			p.skip("COLUMN", "IF", "NOT", "EXISTS")
			p.definition(depth)
		case p.accept("DROP"):
			p.dropped()
		case p.cur().is("RENAME") && p.peek(1).is("TO") && p.peek(2).name():
			p.pos += 2
			r, _ := p.qualified()
			p.add(r, "ddl")
		default:
			p.step(depth)
		}
	}
}

// drop reads on behind DROP.
func (p *parser) drop(depth int) {
	p.verb("drop")
	p.skip("TEMPORARY", "MATERIALIZED", "FOREIGN")
	p.object()
	if p.st.Object == "table" || p.st.Object == "view" {
		p.skip("IF", "EXISTS")
		p.list("ddl", depth)
	}
	if p.st.Object == "index" { // MySQL: DROP INDEX x ON t
		for !p.done() && !p.accept("ON") {
			p.step(depth)
		}
		p.table("ddl", depth)
	}
	p.pos = len(p.tokens) - 1
}
