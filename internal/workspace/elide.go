package workspace

// elide cuts the bodies of functions, and large literal data, out of Go source before it is parsed. That is the bulk of a
// file, and parsing it is the bulk of the time. Newlines are kept, so lines stay right; columns do up to the cut.
//
// It is a lexer with one rule: outside parentheses and brackets, the brace after a "func" that starts a line opens the
// body, unless the word before it is struct or interface. Source that does not fit (it has a syntax error) is returned
// as it is, for the parser to report.
//
// drop says, by name and whether it is a method, which functions lose their body altogether, braces too: to go/types and
// SSA they are then external, and no return statement is missed.
func elide(src []byte, drop func(name string, method bool) bool) []byte {
	e := eliding{lexer: lexer{src: src}, out: make([]byte, 0, len(src)/2)}
	ok := e.file(func(f function) {
		if f.open > 0 && !f.generic && drop(f.name, f.method) {
			e.cut(f.open, f.end, "")
		}
	})
	if !ok {
		return src
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

// A function is a function declaration in the source.
type function struct {
	name    string
	method  bool
	generic bool // must have a body
	open    int  // the brace that opens its body; 0 where it has none
	end     int  // behind it
}

// file goes over the top level and shows each function; it reports whether the source fits.
func (e *eliding) file(see func(function)) bool {
	depth := 0
	for {
		kind, start := e.next()
		switch kind {
		case tEOF:
			return depth == 0
		case tBad:
			return false
		case tWord:
			if depth == 0 && e.lineStart(start) && string(e.src[start:e.pos]) == "func" {
				f, ok := e.function()
				if !ok {
					return false
				}
				see(f)
			}
		case tString:
			e.strings(start)
		case tOther:
			switch e.src[start] {
			case '{':
				if !e.data(start) {
					depth++
				}
			case '(', '[':
				depth++
			case '}', ')', ']':
				if depth--; depth < 0 {
					return false
				}
			}
		}
	}
}

// function is called behind a "func" on the top level; it goes to the end of the function.
func (e *eliding) function() (f function, ok bool) {
	first := true
	depth, last, lastStart := 0, tOther, 0
	for {
		kind, start := e.next()
		if kind == tEOF || kind == tBad {
			// A function without body may end the file.
			f.end = start
			return f, kind == tEOF && depth == 0
		}
		if kind == tOther {
			switch e.src[start] {
			case '(', '[':
				if first && e.src[start] == '(' {
					f.method = true
				}
				if depth == 0 && e.src[start] == '[' && last == tWord && f.name == string(e.src[lastStart:start]) {
					f.generic = true
				}
				depth++
			case ')', ']':
				depth--
			case '{':
				typ := last == tWord && (string(e.src[lastStart:lastStart+min(9, len(e.src)-lastStart)]) == "interface" ||
					string(e.src[lastStart:lastStart+min(6, len(e.src)-lastStart)]) == "struct") && !isLetterAt(e.src, lastStart)
				if depth > 0 || typ {
					depth++
					break
				}
				f.open = start
				if !e.skipBlock() {
					return f, false
				}
				f.end = e.pos
				return f, true
			case '}':
				depth--
			}
			if depth < 0 {
				return f, false
			}
		}
		if kind == tWord && depth == 0 {
			word := string(e.src[start:e.pos])
			if f.name == "" {
				f.name = word
			} else if e.lineStart(start) && (word == "func" || word == "var" || word == "type" || word == "const" || word == "import") {
				// It has no body (assembly).
				e.pos, f.end = start, start
				return f, true
			}
		}
		first = false
		last, lastStart = kind, start
	}
}

// isLetterAt says whether the word struct or interface at i goes on, as in structural.
func isLetterAt(src []byte, i int) bool {
	n := 6
	if src[i] == 'i' {
		n = 9
	}
	return i+n < len(src) && (isLetter(src[i+n]) || isDigit(src[i+n]))
}

func (e *lexer) lineStart(i int) bool { return i == 0 || e.src[i-1] == '\n' }

// skipBlock goes behind the brace that closes the block pos is in.
func (e *lexer) skipBlock() bool {
	for depth := 1; depth > 0; {
		kind, start := e.next()
		if kind == tEOF || kind == tBad {
			return false
		}
		if kind == tOther {
			switch e.src[start] {
			case '{':
				depth++
			case '}':
				depth--
			}
		}
	}
	return true
}

// data cuts the elements out of a large composite literal that names nothing. An array whose length counts them
// is left alone. It reports whether it went behind the literal.
func (e *eliding) data(open int) bool {
	if open >= 4 && countedArray(e.src[:open]) {
		return false
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
			return false
		}
	}
	if e.pos-save > largeData {
		e.cut(save, e.pos-1, "")
	}
	return true
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
