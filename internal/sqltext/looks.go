package sqltext

// LooksLikeSQL says that a text, which may be any string of a program, begins as a statement does: not only with its verb,
// as "update your profile" does too, but with what the grammar wants behind it.
func LooksLikeSQL(s string) bool {
	t := lex(s)
	for len(t) > 1 && t[0].is("(", ";") {
		t = t[1:]
	}
	if t[0].is("EXPLAIN") {
		t = t[1:]
		if t[0].is("ANALYZE") {
			t = t[1:]
		}
	}
	if t[0].kind != word {
		return false
	}
	loud := t[0].text == t[0].upper // nobody writes prose in capitals
	at := func(i int) token {
		if i < len(t) {
			return t[i]
		}
		return token{kind: end}
	}
	// ends says that a name may end at i: the text does, or a keyword or symbol follows.
	ends := func(i int) bool {
		return at(i).kind == end || at(i).kind == symbol || at(i).kind == hole || at(i).is(reserved...)
	}
	switch t[0].upper {
	case "SELECT":
		return looksSelect(t, loud)
	case "INSERT", "REPLACE":
		for i := 1; i < 4; i++ {
			if at(i).is("INTO") {
				return at(i+1).name() && (ends(i+2) || at(i+2).is("AS") || loud)
			}
		}
	case "UPDATE":
		for i := 2; i < min(len(t), 40); i++ {
			if at(i).is("SET") {
				return at(i+1).kind == hole || at(i+1).is("(") || at(i+1).name() && at(i+2).is("=", ".")
			}
			if at(i).is("FROM", "WHERE") {
				return false
			}
		}
		return loud && at(1).kind == hole
	case "DELETE":
		return at(1).is("FROM") && (at(2).name() || at(2).is("ONLY")) && (loud || ends(3)) || loud && at(1).name() && at(2).is("FROM")
	case "WITH":
		i := 1
		if at(i).is("RECURSIVE") {
			i++
		}
		return at(i).name() && (at(i+1).is("AS") && (at(i+2).is("(", "NOT", "MATERIALIZED")) || at(i+1).is("(") && loud)
	case "MERGE":
		return at(1).is("INTO") && at(2).name() && loud
	case "TRUNCATE":
		return at(1).is("TABLE") && at(2).name() && ends(3) || loud && at(1).name() && ends(2)
	case "CREATE":
		for i := 1; i < 6; i++ {
			if at(i).is("TABLE") {
				return at(i+1).is("IF") && at(i+2).is("NOT") || at(i+1).name() && (at(i+2).is("(", ".", "AS") && (loud || !at(i+2).is("AS")))
			}
			if at(i).is("INDEX", "VIEW", "SCHEMA", "DATABASE", "EXTENSION", "TYPE", "FUNCTION", "TRIGGER", "SEQUENCE") {
				return loud && at(i+1).name() || at(i+1).is("IF") && at(i+2).is("NOT") || at(i).is("INDEX") && at(i+2).is("ON")
			}
		}
	case "ALTER":
		return at(1).is("TABLE") && at(2).name() && (loud || at(3).is("ADD", "DROP", "ALTER", "RENAME", "MODIFY", "CHANGE"))
	case "DROP":
		return at(1).is("TABLE", "INDEX", "VIEW", "DATABASE", "SCHEMA") && (loud && at(2).name() || at(2).is("IF") && at(3).is("EXISTS"))
	}
	return false
}

// looksSelect tells a query from a sentence such as "select an item from the list".
func looksSelect(t []token, loud bool) bool {
	words, from := 0, 0 // words in a row without anything between, and where FROM is
	for i := 1; i < len(t) && from == 0; i++ {
		switch {
		case t[i].is("FROM"):
			from = i
		case t[i].is("DISTINCT", "ALL", "AS"):
			words = 0
		case t[i].kind == word:
			if words++; words > 1 && !loud {
				return false
			}
		default:
			words = 0
		}
	}
	if from == 0 { // SELECT 1, SELECT version()
		return len(t) > 2 && (loud || t[1].kind == number || len(t) > 3 && t[2].is("("))
	}
	if from == 1 || from+1 >= len(t) || !t[from+1].name() && !t[from+1].is("(") {
		return false
	}
	next := t[min(from+2, len(t)-1)]
	if loud || next.kind != word || next.is(reserved...) {
		return true
	}
	after := t[min(from+3, len(t)-1)] // an alias
	return after.is(reserved...) || after.is(",", ";")
}
