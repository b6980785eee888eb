package effects

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Directive is a comment that may ask svclint to be quiet: //svclint:..., or a //nolint that names it. What it says is
// not judged here.
type Directive struct {
	Pos   Pos
	Text  string // the comment, from its slashes on
	First int    // the lines of the file that it is about
	Last  int
	// Scope is the function that it stands in or is about, else the package: path.Name, path.Type.Name, or path.
	Scope string
}

// Covers reports whether a place is one that the directive is about.
func (d *Directive) Covers(at Pos) bool {
	return at.File == d.Pos.File && d.First <= at.Line && at.Line <= d.Last
}

// isDirective looks at the beginning of a comment. With a space after the slashes //svclint is prose to gofmt, but what
// its author meant is plain; golangci-lint takes nolint either way.
func isDirective(text string) bool {
	rest, ok := strings.CutPrefix(text, "//")
	if !ok {
		return false
	}
	rest = strings.TrimLeft(rest, " \t")
	if list, ok := strings.CutPrefix(rest, "nolint:"); ok {
		list, _, _ = strings.Cut(list, "//")
		return slices.ContainsFunc(strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }),
			func(name string) bool { return name == "svclint" })
	}
	return strings.HasPrefix(rest, "svclint:")
}

func (p *pkg) directives() []Directive {
	var out []Directive
	for _, f := range p.in.Files {
		var lines *fileLines // made for the few files that need it
		for _, group := range f.Comments {
			for _, c := range group.List {
				if !isDirective(c.Text) {
					continue
				}
				if lines == nil {
					lines = p.lines(f)
				}
				d := Directive{Pos: p.pos(c.Pos()), Text: c.Text}
				d.First, d.Last, d.Scope = lines.about(c, group)
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, func(a, b Directive) int { return a.Pos.Compare(b.Pos) })
	return out
}

// fileLines says what begins on each line of a file.
type fileLines struct {
	p    *pkg
	file *ast.File
	// code has the column where code first begins or ends on a line.
	code map[int]int
	// last has the last line of the longest declaration or simple statement that begins on a line.
	last map[int]int
	// scopes has the functions, and what they are called.
	scopes []funcLines
}

type funcLines struct {
	first, last int
	name        string
}

func (p *pkg) lines(f *ast.File) *fileLines {
	l := &fileLines{p: p, file: f, code: map[int]int{}, last: map[int]int{}}
	mark := func(pos token.Pos) int {
		at := p.in.Fset.PositionFor(pos, false)
		if col, ok := l.code[at.Line]; !ok || at.Column < col {
			l.code[at.Line] = at.Column
		}
		return at.Line
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup, *ast.File:
			return n != nil
		}
		first := mark(n.Pos())
		last := mark(n.End() - 1)
		switch n := n.(type) {
		case *ast.FuncDecl:
			l.scopes = append(l.scopes, funcLines{first, last, funcScope(n)})
			l.last[first] = max(l.last[first], last)
		case *ast.GenDecl, *ast.ValueSpec, *ast.TypeSpec, *ast.ImportSpec, *ast.ExprStmt, *ast.AssignStmt, *ast.DeclStmt,
			*ast.ReturnStmt, *ast.GoStmt, *ast.DeferStmt, *ast.SendStmt, *ast.IncDecStmt:
			// An if, a for or a switch is not one thing: a directive above it is about the line with its condition.
			l.last[first] = max(l.last[first], last)
		}
		return true
	})
	return l
}

// about returns the lines that a comment is about: its own when it stands behind code, else the line after its group, and
// in either case all of the declaration or statement that begins there. Above the package clause it is about the file.
func (l *fileLines) about(c *ast.Comment, group *ast.CommentGroup) (first, last int, scope string) {
	fset := l.p.in.Fset
	at := fset.PositionFor(c.Pos(), false)
	first = at.Line
	if col, ok := l.code[at.Line]; !ok || col > at.Column {
		first = fset.PositionFor(group.End(), false).Line + 1
	}
	last = max(first, l.last[first])
	scope = l.p.in.Path
	if first == fset.PositionFor(l.file.Package, false).Line {
		return 1, fset.PositionFor(l.file.FileEnd, false).Line, scope
	}
	for _, f := range l.scopes {
		if f.first <= first && first <= f.last {
			scope += "." + f.name
		}
	}
	return first, last, scope
}

// funcScope is Name, or Type.Name of a method.
func funcScope(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	typ := fn.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
			continue
		case *ast.ParenExpr:
			typ = t.X
			continue
		case *ast.IndexExpr:
			typ = t.X
			continue
		case *ast.IndexListExpr:
			typ = t.X
			continue
		case *ast.Ident:
			return t.Name + "." + fn.Name.Name
		}
		return fn.Name.Name
	}
}
