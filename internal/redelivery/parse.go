package redelivery

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
)

// tests are the test files of one package.
type tests struct {
	fset  *token.FileSet
	files []*ast.File
	info  types.Info
	// inits is what a variable is first set to, where one expression says it; declared the type that stands at its declaration.
	inits    map[types.Object]ast.Expr
	declared map[types.Object]string
	types    map[string][]string // the tests' own types that have a method of a name
}

// place is where a test stands.
type place struct {
	test string
	pos  effects.Pos
}

func (p *place) tested(how string) *arch.Redelivery {
	return &arch.Redelivery{Tested: how, Test: p.test, Site: p.pos}
}

// parse reads the files of a folder, by package: the tests inside of the package and those outside.
func parse(sources []source) []*tests {
	by := map[string]*tests{}
	var out []*tests
	fset := token.NewFileSet()
	for _, s := range sources {
		file, _ := parser.ParseFile(fset, s.name, s.text, parser.SkipObjectResolution)
		if file == nil || file.Name == nil {
			continue
		}
		ts := by[file.Name.Name]
		if ts == nil {
			ts = &tests{fset: fset, inits: map[types.Object]ast.Expr{}, declared: map[types.Object]string{}, types: map[string][]string{}}
			by[file.Name.Name] = ts
			out = append(out, ts)
		}
		ts.files = append(ts.files, file)
	}
	for _, ts := range out {
		ts.resolve()
	}
	return out
}

// resolve finds out which variable each name means. Whatever is not declared in the tests stays unknown, and so do all types
// that are imported: the checker's complaints about that are of no interest.
func (ts *tests) resolve() {
	ts.info = types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Error: func(error) {}, DisableUnusedImportCheck: true}
	_, _ = conf.Check(ts.files[0].Name.Name, ts.fset, ts.files, &ts.info)
	for _, file := range ts.files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok == token.DEFINE && len(n.Lhs) == len(n.Rhs) {
					for i, l := range n.Lhs {
						ts.init(l, n.Rhs[i])
					}
				}
			case *ast.Field:
				ts.declare(n.Names, n.Type)
			case *ast.ValueSpec:
				ts.declare(n.Names, n.Type)
				if len(n.Names) == len(n.Values) {
					for i, l := range n.Names {
						ts.init(l, n.Values[i])
					}
				}
			case *ast.FuncDecl:
				if n.Recv != nil && len(n.Recv.List) == 1 {
					ts.types[n.Name.Name] = append(ts.types[n.Name.Name], strings.TrimLeft(types.ExprString(n.Recv.List[0].Type), "*"))
				}
			}
			return true
		})
	}
}

func (ts *tests) init(name ast.Expr, value ast.Expr) {
	if id, ok := name.(*ast.Ident); ok {
		if v := ts.info.Defs[id]; v != nil {
			ts.inits[v] = value
		}
	}
}

func (ts *tests) declare(names []*ast.Ident, typ ast.Expr) {
	for _, id := range names {
		if v := ts.info.Defs[id]; v != nil && typ != nil {
			ts.declared[v] = types.ExprString(typ)
		}
	}
}

// variable is what a name means where that is a variable of the tests: not a package, function or type.
func (ts *tests) variable(id *ast.Ident) types.Object {
	if v, ok := ts.object(id).(*types.Var); ok && !v.IsField() {
		return v
	}
	return nil
}

func (ts *tests) object(id *ast.Ident) types.Object {
	if o := ts.info.Uses[id]; o != nil {
		return o
	}
	return ts.info.Defs[id]
}

// variables lists the variables that a piece of code names.
func (ts *tests) variables(nodes ...ast.Node) []types.Object {
	var out []types.Object
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if v := ts.variable(id); v != nil && !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
			return true
		})
	}
	return out
}

// root is the variable at the beginning of a.b[c].d; nil where there is none.
func (ts *tests) root(e ast.Expr) types.Object {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return ts.variable(x)
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		case *ast.CallExpr:
			e = x.Fun
		default:
			return nil
		}
	}
}

// spell writes an expression so that two are the same text when they mean the same: a variable that is set by one expression
// stands for it, any other is told apart, with an @, by where it is declared.
func (ts *tests) spell(e ast.Expr) string {
	var b strings.Builder
	ts.spelling(&b, e, 4)
	return b.String()
}

func (ts *tests) spelling(b *strings.Builder, e ast.Expr, depth int) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			b.WriteByte(')')
			return false
		case *ast.FuncLit:
			fmt.Fprintf(b, "func#%d", n.Pos())
			return false
		case *ast.Ident:
			v := ts.variable(n)
			switch {
			case v == nil || incidental(n.Name):
				b.WriteString(n.Name)
			case ts.inits[v] != nil && depth > 0 && !within(ts.inits[v], n.Pos()):
				ts.spelling(b, ts.inits[v], depth-1)
			default:
				fmt.Fprintf(b, "%s@%d", n.Name, v.Pos())
			}
			b.WriteByte(' ')
			return false
		case *ast.BasicLit:
			b.WriteString(n.Value + " ")
			return false
		case *ast.UnaryExpr:
			b.WriteString(n.Op.String() + "(")
		case *ast.BinaryExpr:
			b.WriteString(n.Op.String() + "(")
		default:
			fmt.Fprintf(b, "%T(", n)
		}
		return true
	})
}

// incidental names what every call of a test has in common.
func incidental(name string) bool {
	return name == "t" || name == "tb" || name == "b" || name == "ctx" || name == "context"
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

// imports reports whether a file imports a package under a name.
func imports(file *ast.File, pkg, name string) bool {
	return slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool {
		p, err := strconv.Unquote(s.Path.Value)
		if err != nil || pkg != "" && p != pkg {
			return false
		}
		if s.Name != nil {
			return s.Name.Name == name
		}
		return pkg != "" || path.Base(p) == name
	})
}
