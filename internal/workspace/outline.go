package workspace

import (
	"bytes"
	"slices"
	"strings"
)

// An outline is what the files of one dependency declare, found without parsing them. Of a dependency only what somebody
// names is looked at: the declarations that the packages above it name, what these name in turn, and the methods of the types
// among them. Of a client library of a few hundred types of which three are used, that is nearly nothing.
//
// Words stand for what they may name, so rather too much is kept than too little. A file that is not understood, because of
// a syntax error, is kept as a whole.
type outline struct {
	files   []*outlinedFile
	byName  map[string][]*declaration
	methods map[string][]*declaration // by the name of the receiver's type
	said    map[string]bool           // the words of what is kept
	waiting map[string][]*declaration // unexported methods of types that are kept, by name
	work    []*declaration
	demands map[string]*demand // by import path
}

// A demand is what of a package is named from outside.
type demand struct {
	all   bool // everything exported
	names map[string]bool
}

// add unites two demands.
func (d *demand) add(o *demand) {
	d.all = d.all || o.all
	if d.names == nil {
		d.names = map[string]bool{}
	}
	for name := range o.names {
		d.names[name] = true
	}
}

type outlinedFile struct {
	src     []byte
	name    string            // of the package
	imports map[string]string // alias -> path
	dots    []string          // paths of dot imports
	decls   []*declaration
	used    map[string]bool // aliases that what is kept names
	whole   bool            // it is not understood
}

// A declaration is a function, a specification of a type or of variables, or a group of constants: the next of those may
// repeat what the one before says.
type declaration struct {
	file    *outlinedFile
	keyword string
	from    int // in the source, behind the keyword
	to      int // behind what is kept of it: before the body of a function, before the value of variables that have a type
	end     int // behind it
	names   []string
	recv    string // the receiver's type, of a method
	generic bool   // a function with type parameters
	value   int    // where the initial value of variables begins; 0 where there is none, or none that decides their type
	alias   string // of a type that is another name of one of this package
	kept    bool
	text    []byte // what is kept of it
}

// outlined finds the declarations of a package. nameOf gives the package name behind an import path.
func outlined(sources [][]byte, nameOf func(importPath string) string) *outline {
	o := &outline{byName: map[string][]*declaration{}, methods: map[string][]*declaration{}, said: map[string]bool{},
		waiting: map[string][]*declaration{}, demands: map[string]*demand{}}
	var aliases []*declaration
	for _, src := range sources {
		f := outlineFile(src, nameOf)
		o.files = append(o.files, f)
		for _, d := range f.decls {
			if d.recv != "" {
				o.methods[d.recv] = append(o.methods[d.recv], d)
				continue
			}
			for _, name := range d.names {
				if name != "_" && (name != "init" || d.keyword != "func") {
					o.byName[name] = append(o.byName[name], d)
				}
			}
			if d.alias != "" {
				aliases = append(aliases, d)
			}
		}
	}
	for _, d := range aliases {
		o.methods[d.alias] = append(o.methods[d.alias], o.methods[d.names[0]]...)
	}
	return o
}

// keep keeps what a demand asks for and what that needs, and returns what is asked of other packages, by import path.
func (o *outline) keep(asked *demand) map[string]*demand {
	for name := range asked.names {
		o.need(name)
	}
	for name := range o.byName {
		if asked.all && exported(name) {
			o.need(name)
		}
	}
	for _, f := range o.files {
		if f.whole {
			r := o.reading(f, 0, len(f.src))
			r.all()
		}
		for _, p := range f.dots {
			o.demand(p).all = true
		}
	}
	for len(o.work) > 0 {
		last := len(o.work) - 1
		d := o.work[last]
		o.work = o.work[:last]
		o.take(d)
	}
	return o.demands
}

func exported(name string) bool { return name[0] >= 0x80 || 'A' <= name[0] && name[0] <= 'Z' }

// need keeps the declarations of a name.
func (o *outline) need(name string) {
	for _, d := range o.byName[name] {
		o.want(d)
	}
}

func (o *outline) want(d *declaration) {
	if d.kept {
		return
	}
	d.kept = true
	o.work = append(o.work, d)
	if d.keyword != "type" {
		return
	}
	for _, m := range o.methods[d.names[0]] {
		if name := m.names[0]; exported(name) || o.said[name] {
			o.want(m)
		} else {
			o.waiting[name] = append(o.waiting[name], m) // for an interface that asks for it, or an initial value that calls it
		}
	}
}

// say takes note of a word in what is kept.
func (o *outline) say(name string) {
	if o.said[name] {
		return
	}
	o.said[name] = true
	o.need(name)
	for _, m := range o.waiting[name] {
		o.want(m)
	}
}

func (o *outline) demand(path string) *demand {
	d := o.demands[path]
	if d == nil {
		d = &demand{names: map[string]bool{}}
		o.demands[path] = d
	}
	return d
}

// A reading of source for the names in it.
type reading struct {
	lexer
	imports map[string]string // alias -> path
	demand  func(path string) *demand
	used    func(alias string)
	own     func(name []byte) // a word that is not of another package
	foreign string            // the import path of the package that the word before names
	dots    int               // that stand before
}

// token is the next token; words have been taken note of.
func (r *reading) token() (kind, start int) {
	kind, start = r.next()
	if kind == tOther && r.src[start] == '.' {
		r.dots++
		return kind, start
	}
	if kind == tWord {
		r.word(r.src[start:r.pos])
	}
	r.dots = 0
	return kind, start
}

// word takes note of a word: behind an import's alias and a dot it is a name of another package, else one of this.
func (r *reading) word(word []byte) {
	path := r.foreign
	r.foreign = ""
	switch {
	case r.dots == 1 && path != "":
		r.demand(path).names[string(word)] = true
		return
	case r.dots != 1 && r.pos < len(r.src) && r.src[r.pos] == '.':
		if r.foreign = r.imports[string(word)]; r.foreign != "" {
			r.used(string(word))
			return
		}
	}
	r.own(word)
}

// all reads to the end.
func (r *reading) all() {
	for {
		switch kind, start := r.token(); kind {
		case tEOF:
			return
		case tBad:
			r.pos = min(max(r.pos, start+1), len(r.src))
		}
	}
}

// reading reads what is kept of a file.
func (o *outline) reading(f *outlinedFile, from, to int) reading {
	return reading{lexer: lexer{src: f.src[:to], pos: from}, imports: f.imports, demand: o.demand,
		used: func(alias string) { f.used[alias] = true },
		own: func(name []byte) {
			if !o.said[string(name)] {
				o.say(string(name))
			}
		}}
}

// take notes what a declaration that is kept names, and copies it: without comments and blank lines, and of initial values
// only what may decide a type.
func (o *outline) take(d *declaration) {
	r := o.reading(d.file, d.from, d.to)
	out := append(make([]byte, 0, d.to-d.from+len(d.keyword)+4), d.keyword...)
	counted := false
	var before []byte // the token before
	for {
		from := r.pos
		kind, start := r.token()
		if kind == tEOF || kind == tBad {
			break
		}
		if gap := r.src[from:start]; len(gap) > 0 || from == d.from {
			space := byte(' ')
			if bytes.IndexByte(gap, '\n') >= 0 {
				space = '\n'
			}
			out = append(out, space)
		}
		token := r.src[start:r.pos]
		if kind == tOther && d.value > 0 && start > d.value {
			counted = counted || token[0] == '.' && string(before) == "[" // the elements of [...]T are the length of the array
			if token[0] == '{' && !counted && string(before) != "struct" && string(before) != "interface" {
				if !r.skipBlock() {
					break
				}
				token = []byte("{}")
			}
		}
		out, before = append(out, token...), token
	}
	if d.keyword == "func" {
		out = append(out, " {}"...)
	}
	d.text = append(out, '\n')
}

// text is what is kept, as Go source; of a package of which nothing is, the package clause.
func (o *outline) text() [][]byte {
	var out [][]byte
	for i, f := range o.files {
		if f.whole {
			out = append(out, f.src)
			continue
		}
		var b []byte
		for _, d := range f.decls {
			if d.kept {
				b = append(b, d.text...)
			}
		}
		if len(b) > 0 || len(out) == 0 && i == len(o.files)-1 {
			out = append(out, append(f.header(), b...))
		}
	}
	return out
}

// header is the package clause and the imports that are named.
func (f *outlinedFile) header() []byte {
	var lines []string
	for alias := range f.used {
		name := alias + " "
		if alias == "C" {
			name = "" // cgo does not know it by another
		}
		lines = append(lines, "import "+name+"\""+f.imports[alias]+"\"\n")
	}
	for _, p := range f.dots {
		lines = append(lines, "import . \""+p+"\"\n")
	}
	slices.Sort(lines)
	return []byte("package " + f.name + "\n" + strings.Join(lines, ""))
}

// An outliner finds the declarations of a file. It stands at a token.
type outliner struct {
	lexer
	file   *outlinedFile
	nameOf func(string) string

	kind, start int  // of the token
	ended       bool // a declaration may have ended before it, at the end of a line
	before      []byte
	beforeKind  int
}

func outlineFile(src []byte, nameOf func(string) string) *outlinedFile {
	f := &outlinedFile{src: src, used: map[string]bool{}, imports: map[string]string{}}
	l := outliner{lexer: lexer{src: src}, file: f, nameOf: nameOf, kind: tBad}
	l.advance()
	if !l.all() {
		f.decls, f.whole = nil, true
	}
	return f
}

func (l *outliner) advance() {
	l.before, l.beforeKind = l.src[l.start:l.pos], l.kind
	from := l.pos
	l.kind, l.start = l.next()
	l.ended = false
	if bytes.IndexByte(l.src[from:l.start], '\n') >= 0 && len(l.before) > 0 {
		c := l.before[0]
		l.ended = l.beforeKind != tOther || c == ')' || c == ']' || c == '}'
	}
}

func (l *outliner) at(c byte) bool { return l.kind == tOther && l.src[l.start] == c }

func (l *outliner) word() string { return string(l.src[l.start:l.pos]) }

// all goes over the file; it reports whether it is understood.
func (l *outliner) all() bool {
	if l.kind != tWord || l.word() != "package" {
		return false
	}
	if l.advance(); l.kind != tWord {
		return false
	}
	l.file.name = l.word()
	l.advance()
	for l.kind != tEOF {
		if l.at(';') {
			l.advance()
			continue
		}
		if l.kind != tWord {
			return false
		}
		keyword := l.word()
		l.advance()
		ok := false
		switch keyword {
		case "import":
			ok = l.imports()
		case "func":
			ok = l.function()
		case "type", "var", "const":
			ok = l.specs(keyword)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (l *outliner) imports() bool {
	group := l.at('(')
	if group {
		l.advance()
	}
	alias := ""
	for ; ; l.advance() {
		switch {
		case group && l.at(')'):
			l.advance()
			return true
		case l.at(';'):
		case l.at('.'):
			alias = "."
		case l.kind == tWord:
			alias = l.word()
		case l.kind == tString:
			path := string(l.src[l.start+1 : l.pos-1])
			if alias == "" {
				alias = l.nameOf(path)
			}
			if alias == "." {
				l.file.dots = append(l.file.dots, path)
			} else if alias != "_" {
				l.file.imports[alias] = path
			}
			if alias = ""; !group {
				l.advance()
				return true
			}
		default:
			return false
		}
	}
}

// specs reads a type, var or const declaration.
func (l *outliner) specs(keyword string) bool {
	if !l.at('(') {
		return l.spec(l.declare(keyword, l.start), false)
	}
	var group *declaration
	if keyword == "const" {
		group = l.declare(keyword, l.start)
	}
	l.advance()
	for !l.at(')') {
		if l.at(';') {
			l.advance()
			continue
		}
		d := group
		if d == nil {
			d = l.declare(keyword, l.start)
		}
		if !l.spec(d, true) {
			return false
		}
	}
	if group != nil {
		group.to, group.end = l.pos, l.pos
	}
	l.advance()
	return true
}

func (l *outliner) declare(keyword string, from int) *declaration {
	d := &declaration{file: l.file, keyword: keyword, from: from}
	l.file.decls = append(l.file.decls, d)
	return d
}

// spec reads names, and what belongs to them until a line ends outside of any parentheses.
func (l *outliner) spec(d *declaration, group bool) bool {
	for {
		if l.kind != tWord {
			return false
		}
		d.names = append(d.names, l.word())
		if l.advance(); !l.at(',') {
			break
		}
		l.advance()
	}
	typed := !l.at('=')
	if d.keyword == "type" && !typed {
		l.advance()
		d.alias = l.word()
	}
	cut := 0 // where the type has decided
	for depth := 0; ; l.advance() {
		if depth == 0 && (l.kind == tEOF || l.ended || l.at(';') || group && l.at(')')) {
			d.to, d.end = l.start, l.start
			if cut > 0 {
				d.to = cut
			}
			return true
		}
		switch {
		case l.kind == tEOF || l.kind == tBad:
			return false
		case l.at('(') || l.at('[') || l.at('{'):
			depth++
		case l.at(')') || l.at(']') || l.at('}'):
			if depth--; depth < 0 {
				return false
			}
		case l.at('=') && depth == 0 && d.keyword == "var":
			if typed {
				cut = l.start
			} else {
				d.value = l.start
			}
		}
	}
}

// function reads a function or method.
func (l *outliner) function() bool {
	d := l.declare("func", l.start)
	if l.at('(') {
		for l.advance(); !l.at(')') && !l.at('['); l.advance() {
			if l.kind == tEOF || l.kind == tBad {
				return false
			}
			if l.kind == tWord {
				d.recv = l.word()
			}
		}
		for !l.at(')') { // type parameters
			if l.kind == tEOF || l.kind == tBad {
				return false
			}
			l.advance()
		}
		l.advance()
	}
	if l.kind != tWord {
		return false
	}
	d.names = []string{l.word()}
	l.advance()
	d.generic = l.at('[')
	for depth := 0; ; l.advance() {
		if depth == 0 && (l.kind == tEOF || l.ended || l.at(';')) {
			d.to, d.end = l.start, l.start // it has no body (assembly)
			return true
		}
		switch {
		case l.kind == tEOF || l.kind == tBad:
			return false
		case l.at('{') && depth == 0 && string(l.before) != "struct" && string(l.before) != "interface":
			d.to = l.start
			if !l.skipBlock() {
				return false
			}
			d.end, l.start = l.pos, l.pos-1 // the closing brace ends the declaration
			l.advance()
			return true
		case l.at('(') || l.at('[') || l.at('{'):
			depth++
		case l.at(')') || l.at(']') || l.at('}'):
			if depth--; depth < 0 {
				return false
			}
		}
	}
}
