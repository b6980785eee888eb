package fix

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/svclint/svclint/internal/finding"
)

// contextSources are the types of parameters that carry a request's context, and how to get at it.
var contextSources = []struct {
	path, name string
	pointer    bool
	get        string // behind the parameter
}{
	{"context", "Context", false, ""},
	{"net/http", "Request", true, ".Context()"},
	{"github.com/gin-gonic/gin", "Context", true, ".Request.Context()"},
	{"github.com/labstack/echo/v4", "Context", false, ".Request().Context()"},
}

// passContext puts the context that is in scope in the place of context.Background() or context.TODO(), and makes
// http.NewRequest take it.
//
// Where the work may outlive the request (a goroutine, a deferred call, a closure, a deadline of its own) it gets
// context.WithoutCancel, which keeps the trace and changes nothing else.
func passContext(file *File, f *finding.Finding) *Fix {
	nodes := file.path(func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		return ok && file.isAt(call, f.Pos) && (file.isEmptyContext(call) || file.isNewRequest(call))
	})
	if nodes == nil {
		// The finding may be at the call that gets the context.
		nodes = file.path(func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			return ok && file.isAt(call, f.Pos) && file.emptyArgument(call) != nil
		})
		if nodes == nil {
			return nil
		}
		nodes = append(nodes, file.emptyArgument(nodes[len(nodes)-1].(*ast.CallExpr)))
	}
	call := nodes[len(nodes)-1].(*ast.CallExpr)
	ctx, detached := file.contextInScope(nodes)
	if ctx == "" {
		return nil
	}
	if detached {
		pkg := file.imports("context")
		if pkg == "" || !file.module.atLeast(21) {
			return nil
		}
		ctx = pkg + ".WithoutCancel(" + ctx + ")"
	}
	fix := &Fix{Message: "pass " + ctx}
	if file.isNewRequest(call) {
		sel := call.Fun.(*ast.SelectorExpr).Sel
		at := file.offset(call.Lparen) + 1
		fix.Edits = []Edit{
			{file.offset(sel.Pos()), file.offset(sel.End()), "NewRequestWithContext"},
			{at, at, ctx + ", "},
		}
		return fix
	}
	fix.Edits = []Edit{{file.offset(call.Pos()), file.offset(call.End()), ctx}}
	return fix
}

func (f *File) isEmptyContext(call *ast.CallExpr) bool {
	p, name := f.callee(call)
	return p == "context" && (name == "Background" || name == "TODO") && len(call.Args) == 0
}

func (f *File) isNewRequest(call *ast.CallExpr) bool {
	p, name := f.callee(call)
	return p == httpPackage && name == "NewRequest" && len(call.Args) == 3
}

// emptyArgument is the argument of a call that is an empty context, nil when it is not exactly one.
func (f *File) emptyArgument(call *ast.CallExpr) *ast.CallExpr {
	var found *ast.CallExpr
	for _, arg := range call.Args {
		if c, ok := arg.(*ast.CallExpr); ok && f.isEmptyContext(c) {
			if found != nil {
				return nil
			}
			found = c
		}
	}
	return found
}

// contextInScope is an expression for the context of the nearest function around the last of nodes that has one, and
// whether the work may outlive that function's request. It is "" when there is none, or when one cannot be sure of it.
func (f *File) contextInScope(nodes []ast.Node) (expr string, detached bool) {
	last := len(nodes) - 1
	if parent, ok := nodes[last-1].(*ast.CallExpr); ok {
		switch p, name := f.callee(parent); {
		case p == "context" && (strings.HasPrefix(name, "WithTimeout") || strings.HasPrefix(name, "WithDeadline") || strings.HasPrefix(name, "WithCancel")):
			detached = true
		}
	}
	shadowed := map[string]bool{}
	for i := last; i >= 0; i-- {
		var typ *ast.FuncType
		var body *ast.BlockStmt
		var recv *ast.FieldList
		switch n := nodes[i].(type) {
		case *ast.GoStmt, *ast.DeferStmt:
			detached = true
			continue
		case *ast.FuncLit:
			typ, body = n.Type, n.Body
		case *ast.FuncDecl:
			typ, body, recv = n.Type, n.Body, n.Recv
		default:
			continue
		}
		for _, field := range typ.Params.List {
			get, ok := f.contextOf(field.Type)
			for _, id := range field.Names {
				if ok && id.Name != "_" && !shadowed[id.Name] && f.keeps(body, id.Name, nodes[last]) && !f.assigns(nodes, id.Name+get) {
					return id.Name + get, detached
				}
			}
		}
		for _, fields := range []*ast.FieldList{typ.Params, typ.Results, recv} {
			if fields == nil {
				continue
			}
			for _, field := range fields.List {
				for _, id := range field.Names {
					shadowed[id.Name] = true
				}
			}
		}
		if _, closure := nodes[i].(*ast.FuncLit); closure {
			detached = true
		}
	}
	return "", false
}

// contextOf says how to get the context of a parameter of some type.
func (f *File) contextOf(typ ast.Expr) (get string, ok bool) {
	star, pointer := typ.(*ast.StarExpr)
	if pointer {
		typ = star.X
	}
	p, name := f.member(typ)
	for _, s := range contextSources {
		if s.path == p && s.name == name && s.pointer == pointer {
			return s.get, true
		}
	}
	return "", false
}

// keeps reports whether a name means the function's parameter, or a context made of it, in all of its body: every new
// definition must come from a call that is given the name first. The definition that holds what is replaced is none.
func (f *File) keeps(body *ast.BlockStmt, name string, replaced ast.Node) bool {
	kept := true
	within := func(n ast.Node) bool { return n.Pos() <= replaced.Pos() && replaced.End() <= n.End() }
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Name == name && !within(n) && !derives(n.Rhs, i, len(n.Lhs), name) {
					kept = false
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				kept = kept && id.Name != name
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && id.Name == name && n.Tok == token.DEFINE {
					kept = false
				}
			}
		}
		return kept
	})
	return kept
}

// derives reports whether variable i of n gets its value from a call whose first argument, or receiver, is the name.
func derives(rhs []ast.Expr, i, n int, name string) bool {
	if len(rhs) == n {
		rhs = rhs[i : i+1]
	}
	call, ok := rhs[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	is := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && id.Name == name
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && is(sel.X) {
		return true
	}
	return len(call.Args) > 0 && is(call.Args[0])
}

// assigns reports whether what is replaced is itself assigned to the expression: it would be assigned to itself.
func (f *File) assigns(nodes []ast.Node, expr string) bool {
	assign, ok := nodes[len(nodes)-2].(*ast.AssignStmt)
	if !ok || assign.Tok != token.ASSIGN {
		return false
	}
	for _, l := range assign.Lhs {
		if id, ok := l.(*ast.Ident); ok && id.Name == expr {
			return true
		}
	}
	return false
}

// endSpan defers the end of a span behind the statement that starts it.
func endSpan(file *File, f *finding.Finding) *Fix {
	nodes := file.path(func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		return ok && file.isAt(call, f.Pos)
	})
	if len(nodes) < 3 {
		return nil
	}
	assign, ok := nodes[len(nodes)-2].(*ast.AssignStmt)
	if !ok || len(assign.Lhs) == 0 || len(assign.Rhs) != 1 {
		return nil
	}
	span, ok := assign.Lhs[len(assign.Lhs)-1].(*ast.Ident)
	if !ok || span.Name == "_" {
		return nil
	}
	if block, ok := nodes[len(nodes)-3].(*ast.BlockStmt); !ok || block == nil {
		return nil // in the head of an if or a switch
	}
	for i := len(nodes) - 3; i >= 0; i-- {
		switch nodes[i].(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return nil // it would end when the function does, not the turn
		case *ast.FuncLit, *ast.FuncDecl:
			i = 0
		}
	}
	at := file.offset(assign.End())
	if line, _, _ := strings.Cut(string(file.text[at:]), "\n"); line != "" {
		if rest := strings.TrimSpace(line); rest != "" && !strings.HasPrefix(rest, "//") {
			return nil
		}
		at += len(strings.TrimRight(line, "\r"))
	}
	return &Fix{
		Message: "defer " + span.Name + ".End()",
		Edits:   []Edit{{at, at, "\n" + file.indent(assign.Pos()) + "defer " + span.Name + ".End()"}},
	}
}
