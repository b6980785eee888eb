package workspace

// elide cuts the bodies of functions, and large literal data, out of Go source before it is parsed. That is the bulk of a
// generated file, and parsing it is the bulk of the time. Newlines are kept, so lines stay right; columns do up to the cut.
// Source that is not understood (it has a syntax error) is returned as it is, for the parser to report.
//
// drop says, by name and whether it is a method, which functions lose their body altogether, braces too: to go/types and
// SSA they are then external, and no return statement is missed.
func elide(src []byte, drop func(name string, method bool) bool) []byte {
	f := outlineFile(src, func(string) string { return "" })
	if f.whole {
		return src
	}
	e := eliding{lexer: lexer{src: src}, out: make([]byte, 0, len(src)/2)}
	for _, d := range f.decls {
		switch d.keyword {
		case "func":
			if d.to < d.end && !d.generic && drop(d.names[0], d.recv != "") {
				e.cut(d.to, d.end, "")
			}
		case "var", "const":
			e.values(d)
		}
	}
	return append(e.out, src[e.kept:]...)
}

// largeData is the size from which a composite literal without a name in it, or a string concatenation, at the top level
// counts as data: what go-bindata and protoc-gen-go write.
const largeData = 32 << 10

type eliding struct {
	lexer
	out  []byte
	kept int // src[:kept] is dealt with
}

// values cuts large data out of the values of a declaration.
func (e *eliding) values(d *declaration) {
	for e.pos = d.from; e.pos < d.end; {
		switch kind, start := e.next(); {
		case kind == tEOF || kind == tBad:
			return
		case kind == tString:
			e.strings(start)
		case kind == tOther && e.src[start] == '{':
			e.data(start)
		}
	}
}

// data cuts the elements out of a large composite literal that names nothing. An array whose length counts them
// is left alone.
func (e *eliding) data(open int) {
	if countedArray(e.src[:open]) {
		return
	}
	save := e.pos
	for depth := 1; depth > 0; {
		kind, start := e.next()
		switch {
		case kind == tNumber || kind == tString:
		case kind == tOther && e.src[start] == '{':
			depth++
		case kind == tOther && e.src[start] == '}':
			depth--
		case kind == tOther && (e.src[start] == ',' || e.src[start] == ':' || e.src[start] == '-'):
		default:
			e.pos = save
			return
		}
	}
	if e.pos-save > largeData {
		e.cut(save, e.pos-1, "")
	}
}

// countedArray says whether the type before a brace is [...]T.
func countedArray(before []byte) bool {
	for i := len(before) - 1; i >= 0 && len(before)-i < 200; i-- {
		switch c := before[i]; {
		case c == '\n' || c == '=':
			return false
		case c == ']':
			return i >= 4 && string(before[i-4:i+1]) == "[...]"
		}
	}
	return false
}

// strings cuts a long concatenation of string literals down to the first.
func (e *eliding) strings(start int) {
	end := e.pos
	for {
		save := e.pos
		kind, plus := e.next()
		if kind != tOther || e.src[plus] != '+' {
			e.pos = save
			break
		}
		if kind, _ = e.next(); kind != tString {
			e.pos = save
			break
		}
		end = e.pos
	}
	if end-start > largeData && e.src[start] != '\'' {
		// An operator before the newlines keeps them from ending the statement.
		e.cut(start, end, `"" +`)
		e.out = append(e.out, `""`...)
	}
}

// cut leaves src[from:to] out, but for its newlines, and puts a text in front of them.
func (e *eliding) cut(from, to int, instead string) {
	e.out = append(append(e.out, e.src[e.kept:from]...), instead...)
	for _, c := range e.src[from:to] {
		if c == '\n' {
			e.out = append(e.out, '\n')
		}
	}
	e.kept = to
}
