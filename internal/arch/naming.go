package arch

import (
	"path"
	"reflect"
	"strings"

	"github.com/jinzhu/inflection"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// This file names the tables of Go types as each object-relational mapper does. A type that says its table's name itself,
// by a method TableName or a tag, is asked first; else each has a rule to make one of the type's name.

// naming is a mapper's rule.
type naming struct {
	// method says that a method TableName of the type is asked.
	method bool
	// tagged is the name in the tag of a field, "" for fields that say nothing about the table.
	tagged func(effects.Field) string
	// named makes a table's name of a type's.
	named func(string) string
	// joined is the table that joins two types, named by the tag of the field that relates them.
	joined func(effects.Field) string
}

var namings = map[string]naming{
	"gorm":  {method: true, named: func(s string) string { return inflection.Plural(gormSnake(s)) }, joined: gormJoined},
	"bun":   {tagged: bunTable, named: func(s string) string { return inflection.Plural(underscore(s)) }, joined: bunJoined},
	"gopg":  {tagged: gopgTable, named: func(s string) string { return inflection.Plural(underscore(s)) }, joined: gopgJoined},
	"xorm":  {method: true, named: everyUpper},
	"beego": {method: true, named: everyUpper, joined: beegoJoined},
	"gorp":  {named: func(s string) string { return s }},
}

// tableOf names the table of a Go type. The client is the connection or statement, which may have rules of its own.
func (w *world) tableOf(t *effects.Type, mapper string, client []*object) string {
	if name := w.tables[t.ID]; name != "" {
		return name
	}
	n, ok := namings[mapper]
	if !ok {
		n = namings["gorm"]
	}
	if m := methodOf(t, "TableName"); m != nil && n.method {
		if fn := w.prog.funcs[m.Func]; fn != nil {
			f := w.enter(nil, -3, fn, nil, operand{}, nil)
			if s, ok := w.texts(w.returned(f, 0))[0].constant(); ok {
				return withoutSchema(s)
			}
		}
	}
	if n.tagged != nil {
		for _, f := range t.Fields {
			if s := n.tagged(f); s != "" {
				return withoutSchema(s)
			}
		}
	}
	name := path.Ext("." + t.ID)[1:]
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i] // type arguments
	}
	switch mapper {
	case "gorm", "":
		return w.gormTable(name, client)
	case "xorm":
		return w.xormTable(name, client)
	}
	return w.tablePrefixes[t.ID] + n.named(name)
}

// gormTable applies the schema.NamingStrategy of the connection's configuration.
func (w *world) gormTable(name string, client []*object) string {
	strategies := each(each(client, func(o *object) []*object { return w.attr(o, "config") }), func(config *object) []*object {
		var out []*object
		for _, elems := range w.flatten(config) {
			out = add(out, each(elems, func(o *object) []*object { return w.fieldOf(o, "NamingStrategy") }))
		}
		return out
	})
	of := func(field string) string {
		for _, t := range w.texts(each(strategies, func(o *object) []*object { return w.fieldOf(o, field) })) {
			if s, ok := t.constant(); ok {
				return s
			}
		}
		return ""
	}
	table := gormSnake(name)
	if of("SingularTable") != "true" {
		table = inflection.Plural(table)
	}
	return of("TablePrefix") + table
}

// xormTable applies the mapper of the engine: names.SnakeMapper unless SetMapper or SetTableMapper says another.
func (w *world) xormTable(name string, client []*object) string {
	table := everyUpper(name)
	for _, m := range each(client, func(o *object) []*object { return w.attr(o, "mapper") }) {
		for _, p := range w.texts(each(one(m), func(o *object) []*object { return w.attr(o, "prefix") })) {
			if s, ok := p.constant(); ok {
				table = s + table
			}
		}
		switch path.Ext(w.typeOf(m)) {
		case ".SameMapper":
			return name
		case ".GonicMapper":
			return underscore(name)
		}
	}
	return table
}

func withoutSchema(table string) string {
	table = strings.Trim(table, "`\"[]")
	if i := strings.LastIndexByte(table, '.'); i >= 0 {
		table = strings.Trim(table[i+1:], "`\"[]")
	}
	return table
}

// underscore is the snake case of bun and go-pg, where initialisms are one word: UserID is user_id, APIKey is api_key.
func underscore(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if isUpper(c) {
			if i > 0 && i+1 < len(name) && (isLower(name[i-1]) || isLower(name[i+1])) {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// everyUpper is the snake case of xorm and beego, where every capital letter begins a word: UserID is user_i_d.
func everyUpper(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if isUpper(c) {
			if i > 0 && name[i-1] != '_' {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// gormInitialisms are words to gorm's naming strategy, which knows no others.
var gormInitialisms = strings.NewReplacer("API", "Api", "ASCII", "Ascii", "CPU", "Cpu", "CSS", "Css", "DNS", "Dns", "EOF", "Eof", "GUID", "Guid",
	"HTML", "Html", "HTTPS", "Https", "HTTP", "Http", "ID", "Id", "IP", "Ip", "JSON", "Json", "LHS", "Lhs", "QPS", "Qps", "RAM", "Ram",
	"RHS", "Rhs", "RPC", "Rpc", "SLA", "Sla", "SMTP", "Smtp", "SSH", "Ssh", "TLS", "Tls", "TTL", "Ttl", "UUID", "Uuid", "UID", "Uid",
	"UI", "Ui", "URI", "Uri", "URL", "Url", "UTF8", "Utf8", "VM", "Vm", "XML", "Xml", "XSRF", "Xsrf", "XSS", "Xss")

// gormSnake is the snake case of gorm: a run of capitals is one word, up to the last one if a small letter follows.
func gormSnake(name string) string {
	name = gormInitialisms.Replace(name)
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if isUpper(c) {
			inRun := i > 0 && isUpper(name[i-1]) && (i+1 == len(name) || !isLower(name[i+1]))
			if i > 0 && !inRun && name[i-1] != '_' {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

// tagOption is the value of an option key:value in a tag whose parts are separated by sep.
func tagOption(tag, sep, key string) string {
	for _, part := range strings.Split(tag, sep) {
		if k, v, ok := strings.Cut(part, ":"); ok && strings.EqualFold(strings.TrimSpace(k), key) {
			return strings.Trim(v, "'\"")
		}
	}
	return ""
}

func tagOf(f effects.Field, key string) string { return reflect.StructTag(f.Tag).Get(key) }

func gormJoined(f effects.Field) string { return tagOption(tagOf(f, "gorm"), ";", "many2many") }

// bunTable reads bun.BaseModel `bun:"table:users,alias:u"`.
func bunTable(f effects.Field) string {
	if !f.Embedded || f.Name != "BaseModel" {
		return ""
	}
	return tagOption(tagOf(f, "bun"), ",", "table")
}

func bunJoined(f effects.Field) string { return tagOption(tagOf(f, "bun"), ",", "m2m") }

// gopgTable reads tableName struct{} `pg:"users,alias:u"`; older versions have the key sql.
func gopgTable(f effects.Field) string {
	if f.Name != "tableName" && f.Name != "TableName" {
		return ""
	}
	for _, key := range []string{"pg", "sql"} {
		name, _, _ := strings.Cut(tagOf(f, key), ",")
		if name = strings.Trim(name, "'\"\\"); name != "" && name != "_" {
			return name
		}
	}
	return ""
}

func gopgJoined(f effects.Field) string { return tagOption(tagOf(f, "pg"), ",", "many2many") }

func beegoJoined(f effects.Field) string {
	for _, part := range strings.Split(tagOf(f, "orm"), ";") {
		if table, ok := strings.CutPrefix(part, "rel_table("); ok {
			return withoutSchema(strings.TrimSuffix(table, ")"))
		}
	}
	return ""
}

// related lists the tables behind a field of a Go type, given as a dotted path (Orders.Items): those of the types of the
// fields on the way, and the tables that join them.
func (w *world) related(t *effects.Type, fieldPath, mapper string, client []*object) []string {
	n, ok := namings[mapper]
	if !ok {
		n = namings["gorm"]
	}
	var out []string
	for _, name := range strings.Split(fieldPath, ".") {
		f, ok := w.fieldNamed(t, name, 3)
		if !ok {
			return out
		}
		if n.joined != nil {
			if join := n.joined(f); join != "" {
				out = append(out, withoutSchema(join))
			}
		}
		if t = w.prog.types[strings.TrimLeft(f.Type, "*[]")]; t == nil {
			return out
		}
		out = append(out, w.tableOf(t, mapper, client))
	}
	return out
}

// fieldNamed finds a field of a struct or of those that it embeds.
func (w *world) fieldNamed(t *effects.Type, name string, depth int) (effects.Field, bool) {
	for _, f := range t.Fields {
		if f.Name == name {
			return f, true
		}
	}
	for _, f := range t.Fields {
		if e := w.prog.types[trimPtr(f.Type)]; f.Embedded && e != nil && depth > 0 {
			if found, ok := w.fieldNamed(e, name, depth-1); ok {
				return found, true
			}
		}
	}
	return effects.Field{}, false
}

// noteTable keeps what a program says about the table of a Go type.
func (w *world) noteTable(t *catalog.Table, at site) {
	for _, elem := range w.list(t.Type.Node, at) {
		for _, typ := range w.texts(elem) {
			id, ok := typ.constant()
			if !ok || id == "" {
				continue
			}
			if name, ok := w.texts(w.expr(t.Name.Node, at))[0].constant(); ok && !t.Name.IsZero() {
				w.tables[id] = withoutSchema(name)
			}
			if prefix, ok := w.texts(w.expr(t.Prefix.Node, at))[0].constant(); ok && !t.Prefix.IsZero() {
				w.tablePrefixes[id] = prefix
			}
		}
	}
}
