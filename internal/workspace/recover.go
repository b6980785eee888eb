package workspace

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// maxRecoveries bounds how many declarations with syntax errors are taken out of a file.
const maxRecoveries = 10

// parseOwn parses a file of the repository and returns the first syntax error, if any. The parser's own recovery may lose the
// declarations behind an error, so the one with the error is taken out, for as long as that gets the parser further: a
// function loses its body, another declaration goes. Lines stay as they are.
func parseOwn(fset *token.FileSet, file string, src []byte) (*ast.File, *scanner.Error) {
	const mode = parser.SkipObjectResolution | parser.ParseComments
	f, err := parser.ParseFile(fset, file, src, mode)
	if err == nil {
		return f, nil
	}
	first := syntaxError(err)
	at := first.Pos.Line
	for range maxRecoveries {
		if len(src) > largeFile {
			break // every attempt parses it again
		}
		best, bestLine := []byte(nil), at
		for _, text := range withoutDeclaration(src, at) {
			_, err := parser.ParseFile(token.NewFileSet(), file, text, mode)
			if line := syntaxError(err).Pos.Line; err == nil || line > bestLine {
				best, bestLine = text, line
			}
			if err == nil {
				f, _ = parser.ParseFile(fset, file, text, mode)
				return f, first
			}
		}
		if best == nil {
			break
		}
		src, at = best, bestLine
		f, _ = parser.ParseFile(fset, file, src, mode)
	}
	if f != nil {
		dropBad(f)
	}
	return f, first
}

// syntaxError is the first of the parser's errors; an empty one for nil.
func syntaxError(err error) *scanner.Error {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return list[0]
	}
	if err == nil {
		return new(scanner.Error)
	}
	return &scanner.Error{Msg: err.Error()}
}

// withoutDeclaration gives the ways to take out the declaration that a line is in: a function without its body, or without
// all of it. When the line starts the declaration, the one before is tried first: it may lack a closing brace.
// Declarations are told by the keyword that starts a line.
func withoutDeclaration(src []byte, line int) [][]byte {
	lines := bytes.SplitAfter(src, []byte("\n"))
	starts := func(i int) bool {
		for _, keyword := range []string{"func ", "type ", "var ", "const ", "type(", "var(", "const("} {
			if bytes.HasPrefix(lines[i], []byte(keyword)) {
				return true
			}
		}
		return false
	}
	// The declaration is lines[from:to].
	from := min(line, len(lines)) - 1
	for from >= 0 && !starts(from) {
		from--
	}
	if from < 0 {
		return nil
	}
	var out [][]byte
	if line == from+1 {
		before := from - 1
		for before >= 0 && !starts(before) {
			before--
		}
		if before >= 0 {
			out = withoutLines(lines, before, starts)
		}
	}
	return append(out, withoutLines(lines, from, starts)...)
}

func withoutLines(lines [][]byte, from int, starts func(int) bool) [][]byte {
	to := from + 1
	for to < len(lines) && !starts(to) {
		to++
	}
	cut := func(head string) []byte {
		out := append(bytes.Join(lines[:from], nil), head...)
		out = append(out, bytes.Repeat([]byte("\n"), bytes.Count(bytes.Join(lines[from:to], nil), []byte("\n")))...)
		return append(out, bytes.Join(lines[to:], nil)...)
	}
	var out [][]byte
	header := strings.TrimSpace(string(lines[from]))
	if i := strings.Index(header, " {"); strings.HasPrefix(header, "func ") && i > 0 {
		head := header[:i]
		// These may not be without a body.
		if strings.HasPrefix(head, "func main(") || strings.HasPrefix(head, "func init(") {
			head += " {}"
		}
		out = append(out, cut(head))
	}
	return append(out, cut(""))
}
