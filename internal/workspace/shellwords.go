package workspace

import "strings"

// words splits a command line as a POSIX shell would: at space, with quotes and backslashes. Operators (&&, ;, |) become
// words of their own. Nothing is expanded.
func words(s string) []string {
	var out []string
	var cur strings.Builder
	open, quote := false, byte(0)
	end := func() {
		if open {
			out = append(out, cur.String())
			cur.Reset()
			open = false
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == '\'' && c != '\'', quote == '"' && c != '"' && c != '\\':
			cur.WriteByte(c)
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\':
			if i+1 < len(s) {
				i++
				if s[i] != '\n' {
					open = true
					cur.WriteByte(s[i])
				}
			}
		case quote != 0:
			cur.WriteByte(c)
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			end()
			if c == '\n' {
				out = append(out, ";")
			}
		case c == ';' || c == '|' || c == '&':
			end()
			op := string(c)
			if i+1 < len(s) && s[i+1] == c {
				op += op
				i++
			}
			out = append(out, op)
		case c == '#' && !open:
			for i+1 < len(s) && s[i+1] != '\n' {
				i++
			}
		default:
			open = true
			cur.WriteByte(c)
		}
	}
	end()
	return out
}

func isOperator(word string) bool {
	return word == "&&" || word == "||" || word == ";" || word == "|" || word == "&" || word == ";;"
}

// simpleCommands splits words at operators.
func simpleCommands(ws []string) [][]string {
	var out [][]string
	start := 0
	for i := 0; i <= len(ws); i++ {
		if i == len(ws) || isOperator(ws[i]) {
			if i > start {
				out = append(out, ws[start:i])
			}
			start = i + 1
		}
	}
	return out
}
