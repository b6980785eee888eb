package sqltext

import "strings"

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
		if !p.cur().is("ON") && p.cur().name() {
			p.qualified()
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
			if cols := p.columns(); unique && len(cols) > 0 {
				p.st.Unique = append(p.st.Unique, cols)
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
	if p.accept("CONSTRAINT") && p.cur().name() && !p.cur().is("PRIMARY", "UNIQUE", "FOREIGN", "CHECK") {
		p.pos++
	}
	switch {
	case p.cur().is("PRIMARY") && p.peek(1).is("KEY"):
		p.pos += 2
		p.skip("CLUSTERED", "NONCLUSTERED")
		if p.cur().is("(") {
			p.st.PrimaryKey = p.columns()
			p.st.Unique = append(p.st.Unique, p.st.PrimaryKey)
		}
		return
	case p.cur().is("UNIQUE"):
		p.pos++
		p.skip("KEY", "INDEX", "CLUSTERED", "NONCLUSTERED", "NULLS", "NOT", "DISTINCT")
		if p.cur().name() {
			p.qualified()
		}
		if p.cur().is("(") {
			if cols := p.columns(); len(cols) > 0 {
				p.st.Unique = append(p.st.Unique, cols)
			}
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
			p.st.Unique = append(p.st.Unique, p.st.PrimaryKey)
			p.pos++
		case p.cur().is("UNIQUE"):
			p.st.Unique = append(p.st.Unique, []string{r.Name})
			p.pos++
		case p.cur().is("REFERENCES"):
			p.references(depth)
		default:
			p.step(depth)
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
