package fix

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/finding"
)

// Fix is a change of one file that mends a finding.
type Fix struct {
	Message string // what it does, in the imperative
	Edits   []Edit // apart from the imports, in the order of the file
	Imports []string
}

// Edit replaces the bytes from Start to End.
type Edit struct {
	Start, End int
	New        string
}

// Advice is the error of a fix that is certain but for a module that go.mod does not require.
type Advice struct {
	Message string // what the fix would do
	Package string
	Dir     string // of the module
}

func (a *Advice) Error() string {
	return fmt.Sprintf("%s: needs %s, which go.mod does not require; run go get %[2]s in %s, then fix again", a.Message, a.Package, a.Dir)
}

// makers has the function that mends the findings of each rule: nil when there is no certain fix.
var makers = map[string]func(*File, *finding.Finding) *Fix{
	"tracespan/broken-context":        passContext,
	"tracespan/client-uninstrumented": instrumentClient,
	"tracespan/server-uninstrumented": instrumentServer,
	"tracespan/span-not-ended":        endSpan,
}

// CanMend reports whether there are fixes for a rule.
func CanMend(rule string) bool { return makers[rule] != nil }

// For makes the fix of a finding in the file that it lies in. It returns nil when there is none, and an *Advice when only
// a module is missing.
func For(f *finding.Finding, file *File) (*Fix, error) {
	maker := makers[f.Rule.ID]
	if maker == nil || !f.Pos.IsValid() || ast.IsGenerated(file.syntax) {
		return nil, nil
	}
	fix := maker(file, f)
	if fix == nil {
		return nil, nil
	}
	for _, path := range fix.Imports {
		if file.imports(path) == "" && !file.module.has(path) {
			return nil, &Advice{fix.Message, path, file.module.dir}
		}
	}
	return fix, nil
}

// path is the nodes from the file down to the one that match accepts, nil when not exactly one is accepted.
func (f *File) path(match func(ast.Node) bool) []ast.Node {
	var stack, found []ast.Node
	n := 0
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		if node == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, node)
		if match(node) {
			n++
			found = append([]ast.Node(nil), stack...)
		}
		return true
	})
	if n != 1 {
		return nil
	}
	return found
}

// isAt reports whether a place is that of a call: where the call begins, the name of what is called, or the parenthesis.
// A place without a column is that of all that begins on its line.
func (f *File) isAt(call *ast.CallExpr, at effects.Pos) bool {
	marks := []token.Pos{call.Pos()}
	if at.Col != 0 {
		marks = append(marks, call.Lparen)
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			marks = append(marks, sel.Sel.Pos())
		}
	}
	return slices.ContainsFunc(marks, func(pos token.Pos) bool {
		p := f.fset.PositionFor(pos, false)
		return p.Line == at.Line && (p.Column == at.Col || at.Col == 0)
	})
}

func (f *File) literalIsAt(lit *ast.CompositeLit, at effects.Pos) bool {
	begin, brace := f.fset.PositionFor(lit.Pos(), false), f.fset.PositionFor(lit.Lbrace, false)
	if at.Col == 0 {
		return begin.Line == at.Line
	}
	// The address operator stands one column before.
	return begin.Line == at.Line && (begin.Column == at.Col || begin.Column == at.Col+1) || brace.Line == at.Line && brace.Column == at.Col
}

// callee is the function of a package that a call names: import path and name.
func (f *File) callee(call *ast.CallExpr) (path, name string) { return f.member(call.Fun) }

// member is the member of a package that an expression names, "" when it names none.
func (f *File) member(e ast.Expr) (path, name string) {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return "", ""
	}
	return f.imported[pkg.Name], sel.Sel.Name
}

func (f *File) offset(pos token.Pos) int { return f.fset.PositionFor(pos, false).Offset }

// wrap puts something around an expression.
func (f *File) wrap(e ast.Expr, before, after string) []Edit {
	start, end := f.offset(e.Pos()), f.offset(e.End())
	return []Edit{{start, start, before}, {end, end, after}}
}
