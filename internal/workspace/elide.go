package workspace

// elide cuts the bodies of functions, and large literal data, out of Go source before it is parsed. That is the bulk of a
// dependency, and parsing it is the bulk of the time. Newlines are kept, so lines stay right; columns do up to the cut.
//
// It is a lexer with one rule: outside parentheses and brackets, the brace after a "func" that starts a line opens the body, unless the word before it is struct or interface. Source that does not fit (it has a syntax error) is returned
// as it is, for the parser to report.
//
// With drop nil every body becomes an empty one, which go/types accepts with IgnoreFuncBodies. Otherwise drop says, by
// name and whether it is a method, which functions lose their body altogether, braces too: to go/types and SSA they
// are then external, and no return statement is missed.
func elide(src []byte, drop func(name string, method bool) bool) []byte {
	e := eliding{src: src, drop: drop, out: make([]byte, 0, len(src)/2)}
	if !e.file() {
		return src
	}
	return append(e.out, src[e.kept:]...)
}

// largeData is the size from which a composite literal without a name in it, or a string concatenation, at the top level
// counts as data: what go-bindata and protoc-gen-go write.
const largeData = 32 << 10

type eliding struct {
	src  []byte
	pos  int
	out  []byte
	kept int // src[:kept] is dealt with
	drop func(string, bool) bool
}

// token kinds, as far as they matter here
const (
	tEOF = iota
	tBad
	tWord
	tNumber
	tString
	tOther
)

// next scans one token and returns its kind and start. Comments and space, newlines too, are skipped.
func (e *eliding) next() (kind, start int) {
	s := e.src
	for e.pos < len(s) {
		c := s[e.pos]
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			e.pos++
			continue
		}
		if c == '/' && e.pos+1 < len(s) {
			if s[e.pos+1] == '/' {
				for e.pos < len(s) && s[e.pos] != '\n' {
					e.pos++
				}
				continue
			}
			if s[e.pos+1] == '*' {
				e.pos += 2
				for e.pos+1 < len(s) && !(s[e.pos] == '*' && s[e.pos+1] == '/') {
					e.pos++
				}
				if e.pos+1 >= len(s) {
					return tBad, e.pos
				}
				e.pos += 2
				continue
			}
		}
		break
	}
	start = e.pos
	if e.pos >= len(s) {
		return tEOF, start
	}
	c := s[e.pos]
	e.pos++
	switch {
	case c == '`':
		for e.pos < len(s) && s[e.pos] != '`' {
			e.pos++
		}
		if e.pos >= len(s) {
			return tBad, start
		}
		e.pos++
		return tString, start
	case c == '"' || c == '\'':
		for e.pos < len(s) && s[e.pos] != c {
			if s[e.pos] == '\n' {
				return tBad, start
			}
			if s[e.pos] == '\\' {
				e.pos++
			}
			e.pos++
		}
		if e.pos >= len(s) {
			return tBad, start
		}
		e.pos++
		return tString, start
	case isLetter(c):
		for e.pos < len(s) && (isLetter(s[e.pos]) || isDigit(s[e.pos])) {
			e.pos++
		}
		return tWord, start
	case isDigit(c):
		for e.pos < len(s) && (isLetter(s[e.pos]) || isDigit(s[e.pos]) || s[e.pos] == '.') {
			e.pos++
		}
		return tNumber, start
	}
	return tOther, start
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// file goes over the top level; it reports whether the source fits.
func (e *eliding) file() bool {
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
				if !e.function() {
					return false
				}
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

// function is called behind "func" at the top level; it goes to the end of the function.
func (e *eliding) function() bool {
	name, method, first, generic := "", false, true, false
	depth, last, lastStart := 0, tOther, 0
	for {
		kind, start := e.next()
		if kind == tEOF || kind == tBad {
			// A function without body may end the file.
			return kind == tEOF && depth == 0
		}
		if kind == tOther {
			switch e.src[start] {
			case '(', '[':
				if first && e.src[start] == '(' {
					method = true
				}
				if depth == 0 && e.src[start] == '[' && last == tWord && name == string(e.src[lastStart:start]) {
					generic = true // must have a body
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
				open := e.pos
				if !e.skipBlock() {
					return false
				}
				if e.drop == nil {
					e.cut(open, e.pos-1, "")
				} else if !generic && e.drop(name, method) {
					e.cut(open-1, e.pos, "")
				}
				return true
			case '}':
				depth--
			}
			if depth < 0 {
				return false
			}
		}
		if kind == tWord && depth == 0 {
			word := string(e.src[start:e.pos])
			if name == "" {
				name = word
			} else if word == "func" && e.lineStart(start) {
				// The function before had no body (assembly).
				name, method, first, generic, last = "", false, true, false, tOther
				continue
			} else if (word == "var" || word == "type" || word == "const" || word == "import") && e.lineStart(start) {
				e.pos = start
				return true
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

func (e *eliding) lineStart(i int) bool { return i == 0 || e.src[i-1] == '\n' }

// skipBlock goes behind the brace that closes the block pos is in.
func (e *eliding) skipBlock() bool {
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
