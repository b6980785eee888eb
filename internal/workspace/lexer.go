package workspace

// A lexer splits Go source into tokens, as far as it takes to find declarations: it is several times as fast as go/scanner,
// which is what reading a dependency costs.
type lexer struct {
	src []byte
	pos int
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
func (l *lexer) next() (kind, start int) {
	s := l.src
	for l.pos < len(s) {
		c := s[l.pos]
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			l.pos++
			continue
		}
		if c == '/' && l.pos+1 < len(s) {
			if s[l.pos+1] == '/' {
				for l.pos < len(s) && s[l.pos] != '\n' {
					l.pos++
				}
				continue
			}
			if s[l.pos+1] == '*' {
				l.pos += 2
				for l.pos+1 < len(s) && !(s[l.pos] == '*' && s[l.pos+1] == '/') {
					l.pos++
				}
				if l.pos+1 >= len(s) {
					return tBad, l.pos
				}
				l.pos += 2
				continue
			}
		}
		break
	}
	start = l.pos
	if l.pos >= len(s) {
		return tEOF, start
	}
	c := s[l.pos]
	l.pos++
	switch {
	case c == '`':
		for l.pos < len(s) && s[l.pos] != '`' {
			l.pos++
		}
		if l.pos >= len(s) {
			return tBad, start
		}
		l.pos++
		return tString, start
	case c == '"' || c == '\'':
		for l.pos < len(s) && s[l.pos] != c {
			if s[l.pos] == '\n' {
				return tBad, start
			}
			if s[l.pos] == '\\' {
				l.pos++
			}
			l.pos++
		}
		if l.pos >= len(s) {
			return tBad, start
		}
		l.pos++
		return tString, start
	case isLetter(c):
		for l.pos < len(s) && (isLetter(s[l.pos]) || isDigit(s[l.pos])) {
			l.pos++
		}
		return tWord, start
	case isDigit(c):
		for l.pos < len(s) && (isLetter(s[l.pos]) || isDigit(s[l.pos]) || s[l.pos] == '.') {
			l.pos++
		}
		return tNumber, start
	}
	return tOther, start
}

// skipBlock goes behind the brace that closes the block pos is in.
func (l *lexer) skipBlock() bool {
	for depth := 1; depth > 0; {
		kind, start := l.next()
		if kind == tEOF || kind == tBad {
			return false
		}
		if kind == tOther {
			switch l.src[start] {
			case '{':
				depth++
			case '}':
				depth--
			}
		}
	}
	return true
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
