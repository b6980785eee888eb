package sqltext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind uint8

const (
	end    kind = iota
	word        // keyword or name; may have holes in it
	quoted      // quoted name, text without the quotes
	text        // string literal
	number      //
	param       // placeholder of a value
	hole        // a part that is not known, alone
	symbol      // operator or punctuation
)

type token struct {
	kind  kind
	text  string // as written; without quotes for a quoted name; holes are {} or {NAME}
	upper string // of a word
	glued bool   // no space before it
}

// is says that the token is one of the keywords or symbols.
func (t token) is(words ...string) bool {
	for _, w := range words {
		if t.kind == word && t.upper == w || t.kind == symbol && t.text == w {
			return true
		}
	}
	return false
}

// name says that the token can be a name or part of one.
func (t token) name() bool { return t.kind == word || t.kind == quoted || t.kind == hole }

// lex cuts the text into tokens, without space and comments; the last one is of kind end.
func lex(src string) []token {
	l := lexer{src: src, glued: false}
	for l.pos < len(l.src) {
		l.next()
	}
	return append(l.tokens, token{kind: end})
}

type lexer struct {
	src    string
	pos    int
	glued  bool
	tokens []token
}

func (l *lexer) emit(k kind, s string) {
	t := token{kind: k, text: s, glued: l.glued}
	if k == word {
		t.upper = strings.ToUpper(s)
	}
	l.tokens = append(l.tokens, t)
	l.glued = true
}

func (l *lexer) at(offset int) byte {
	if i := l.pos + offset; i < len(l.src) {
		return l.src[i]
	}
	return 0
}

func (l *lexer) next() {
	rest := l.src[l.pos:]
	c := rest[0]
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
		l.pos++
		l.glued = false
	case strings.HasPrefix(rest, "--"), c == '#' && (l.at(1) == ' ' || l.lineStart()):
		l.pos += upTo(rest, "\n", 0)
		l.glued = false
	case strings.HasPrefix(rest, "/*"):
		l.pos += upTo(rest, "*/", 2)
		l.glued = false
	case c == '\'':
		l.string(false)
	case c == '"' || c == '`':
		l.quotedName(c, c)
	case c == '[' && !l.afterValue() && (isWordByte(l.at(1)) || l.at(1) == '{') && strings.IndexByte(rest, ']') > 0:
		l.quotedName('[', ']')
	case c == '$':
		l.dollar()
	case c == '?':
		l.pos++
		l.emit(param, "?")
	case (c == ':' || c == '@') && isWordStart(l.at(1)) && !l.operatorAt():
		n := 1
		for isWordByte(l.at(n)) || l.at(n) == '.' && isWordByte(l.at(n+1)) {
			n++
		}
		l.pos += n
		l.emit(param, rest[:n])
	case c >= '0' && c <= '9':
		n := 1
		for isWordByte(l.at(n)) || l.at(n) == '.' {
			n++
		}
		l.pos += n
		l.emit(number, rest[:n])
	case holeLen(rest) > 0 || isWordStart(c):
		l.word()
	default:
		n := 1
		for _, op := range operators {
			if strings.HasPrefix(rest, op) {
				n = len(op)
				break
			}
		}
		l.pos += n
		l.emit(symbol, rest[:n])
	}
}

// operators of more than one character, longest first.
var operators = []string{"->>", "#>>", "!~*", "->", "#>", "<=", ">=", "<>", "!=", "||", "&&", "@>", "<@", "~*", "!~", ":=", "::"}

// operatorAt says that an operator of more than one character begins here.
func (l *lexer) operatorAt() bool {
	return strings.HasPrefix(l.src[l.pos:], "::") || strings.HasPrefix(l.src[l.pos:], "@>") || strings.HasPrefix(l.src[l.pos:], ":=")
}

// lineStart says that only space stands before this on its line.
func (l *lexer) lineStart() bool {
	line := l.src[strings.LastIndexByte(l.src[:l.pos], '\n')+1 : l.pos]
	return strings.TrimSpace(line) == ""
}

// afterValue says that what stands just before may be indexed.
func (l *lexer) afterValue() bool {
	if !l.glued || len(l.tokens) == 0 {
		return false
	}
	t := l.tokens[len(l.tokens)-1]
	return t.kind == word || t.kind == quoted || t.is(")", "]")
}

func upTo(s, stop string, from int) int {
	if i := strings.Index(s[from:], stop); i >= 0 {
		return from + i + len(stop)
	}
	return len(s)
}

// string reads a literal; ” is a quote inside it, and so is \' unless no other quote would be left to end the literal:
// some dialects escape that way and others do not.
func (l *lexer) string(escapes bool) {
	i := l.pos + 1
	for i < len(l.src) {
		switch {
		case l.src[i] == '\\' && i+1 < len(l.src) && (escapes || l.src[i+1] != '\'' || strings.IndexByte(l.src[i+2:], '\'') >= 0):
			i += 2
			continue
		case l.src[i] == '\'' && i+1 < len(l.src) && l.src[i+1] == '\'':
			i += 2
			continue
		case l.src[i] == '\'':
			l.emit(text, l.src[l.pos:i+1])
			l.pos = i + 1
			return
		}
		i++
	}
	l.emit(text, l.src[l.pos:])
	l.pos = len(l.src)
}

func (l *lexer) quotedName(open, stop byte) {
	var name strings.Builder
	i := l.pos + 1
	for i < len(l.src) {
		c := l.src[i]
		if c == stop {
			if i+1 < len(l.src) && l.src[i+1] == stop && open == stop {
				name.WriteByte(c)
				i += 2
				continue
			}
			break
		}
		if n := holeLen(l.src[i:]); n > 0 {
			name.WriteString(holeText(l.src[i : i+n]))
			i += n
			continue
		}
		name.WriteByte(c)
		i++
	}
	l.emit(quoted, name.String())
	l.pos = min(i+1, len(l.src))
}

// dollar reads $1 and the dollar-quoted strings of PostgreSQL.
func (l *lexer) dollar() {
	rest := l.src[l.pos:]
	n := 1
	for isWordByte(l.at(n)) {
		n++
	}
	if l.at(n) == '$' && (n == 1 || l.at(1) > '9') {
		tag := rest[:n+1]
		l.pos += upTo(rest, tag, len(tag))
		l.emit(text, tag)
		return
	}
	l.pos += n
	if n == 1 {
		l.emit(symbol, "$")
	} else {
		l.emit(param, rest[:n])
	}
}

// word reads a keyword, a name, a hole, or a name with holes in it.
func (l *lexer) word() {
	var b strings.Builder
	start, holes := l.pos, false
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		if n := holeLen(rest); n > 0 {
			b.WriteString(holeText(rest[:n]))
			l.pos += n
			holes = true
			continue
		}
		r, size := utf8.DecodeRuneInString(rest)
		if r == '_' || r == '$' && l.pos > start || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteString(rest[:size])
			l.pos += size
			continue
		}
		break
	}
	s := b.String()
	switch {
	case s == "": // a letter of no alphabet
		_, size := utf8.DecodeRuneInString(l.src[l.pos:])
		l.pos += size
		l.emit(symbol, "�")
	case l.at(0) == '\'' && len(s) == 1 && strings.ContainsAny(s, "eEnNbBxX"):
		l.string(s == "e" || s == "E")
	case holes && onlyHoles(s):
		l.emit(hole, s)
	default:
		l.emit(word, s)
	}
}

func onlyHoles(s string) bool {
	for s != "" {
		n := holeLen(s)
		if n == 0 {
			return false
		}
		s = s[n:]
	}
	return true
}

// holeLen gives the length of the hole that s begins with: {}, {NAME}, {{ template }}, %s, %d, %v, %q, %+v or %[1]s.
func holeLen(s string) int {
	switch {
	case strings.HasPrefix(s, "{{"):
		if i := strings.Index(s, "}}"); i > 0 {
			return i + 2
		}
	case strings.HasPrefix(s, "{"):
		if i := strings.IndexAny(s[1:], "{}'\"\n"); i >= 0 && s[1+i] == '}' {
			return i + 2
		}
	case strings.HasPrefix(s, "%"):
		i := 1
		if i < len(s) && s[i] == '+' {
			i++
		}
		if i < len(s) && s[i] == '[' {
			j := strings.IndexByte(s[i:], ']')
			if j < 0 {
				return 0
			}
			i += j + 1
		}
		if i < len(s) && strings.IndexByte("sdvq", s[i]) >= 0 {
			return i + 1
		}
	}
	return 0
}

// holeText writes all holes in one way.
func holeText(s string) string {
	if strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "{{") {
		return s
	}
	return "{}"
}

func isWordStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func isWordByte(c byte) bool { return isWordStart(c) || c >= '0' && c <= '9' }
