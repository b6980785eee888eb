package workspace

import "strings"

// interpolate replaces $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?error}, ${NAME?error}, ${NAME:+other} and
// ${NAME+other}, which nest, as compose does (https://docs.docker.com/reference/compose-file/interpolation/); $$ is a
// dollar. A variable that is not set gives its default or nothing.
func interpolate(s string, get func(name string) (string, bool)) string {
	if !strings.Contains(s, "$") {
		return s
	}
	return interpolateDepth(s, get, 0)
}

func interpolateDepth(s string, get func(string) (string, bool), depth int) string {
	if depth > 20 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch c := s[i+1]; {
		case c == '$':
			b.WriteByte('$')
			i++
		case c == '{':
			end := closing(s, i+1)
			if end < 0 {
				b.WriteString(s[i:])
				return b.String()
			}
			b.WriteString(expand(s[i+2:end], get, depth))
			i = end
		case nameByte(c, true):
			j := i + 1
			for j < len(s) && nameByte(s[j], false) {
				j++
			}
			v, _ := get(s[i+1 : j])
			b.WriteString(v)
			i = j - 1
		default:
			b.WriteByte('$')
		}
	}
	return b.String()
}

// expand evaluates what stands between ${ and }.
func expand(x string, get func(string) (string, bool), depth int) string {
	n := 0
	for n < len(x) && nameByte(x[n], n == 0) {
		n++
	}
	v, set := get(x[:n])
	op := x[n:]
	full := set
	if strings.HasPrefix(op, ":") {
		op = op[1:]
		full = set && v != ""
	}
	if op == "" {
		return v
	}
	rest := op[1:]
	switch op[0] {
	case '-':
		if !full {
			return interpolateDepth(rest, get, depth+1)
		}
	case '+':
		if !full {
			return ""
		}
		return interpolateDepth(rest, get, depth+1)
	}
	return v
}

// closing is the index of the brace that closes the one at i.
func closing(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func nameByte(c byte, first bool) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || !first && '0' <= c && c <= '9'
}
