package redelivery

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
)

// delivered is what the tests of one package do with the messages of a consumer: the first test that delivers them at all, the
// first that delivers one twice, and whether some test may do so.
type delivered struct {
	once, twice *place
	unclear     bool
}

// look is one look at the tests of a package for the takers of one consumer.
type look struct {
	*tests
	dir     string
	takers  []arch.Taker
	file    *ast.File       // that is looked at
	helpers map[string]bool // functions and methods of the tests that deliver what they are given
	bodies  map[*ast.FuncLit]bool
	any     *look // for any consumer
}

// deliveries looks through all tests of the package for those of one consumer. All are the takers of all consumers.
func (ts *tests) deliveries(dir string, takers, all []arch.Taker) delivered {
	l := newLook(ts, dir, takers)
	l.any = newLook(ts, dir, all)
	var d delivered
	for _, file := range ts.files {
		l.file = file
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Body != nil && !unasked(decl) {
					l.judge(&d, decl.Name.Name, decl.Name.Pos(), decl.Body, strings.HasPrefix(decl.Name.Name, "Test"))
				}
			case *ast.GenDecl: // var _ = Describe("orders", func() { ... })
				for _, spec := range decl.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok {
						for _, value := range v.Values {
							l.judge(&d, v.Names[0].Name, v.Pos(), value, true)
						}
					}
				}
			}
		}
	}
	return d
}

func newLook(ts *tests, dir string, takers []arch.Taker) *look {
	l := &look{tests: ts, dir: dir, takers: takers, helpers: map[string]bool{}, bodies: map[*ast.FuncLit]bool{}}
	l.findHelpers()
	return l
}

// unasked names functions that go test does not run as tests: they prove nothing.
func unasked(f *ast.FuncDecl) bool {
	return strings.HasPrefix(f.Name.Name, "Benchmark") || strings.HasPrefix(f.Name.Name, "Fuzz") || strings.HasPrefix(f.Name.Name, "Example")
}

// findHelpers finds the functions of the tests that call a taker, or another helper.
func (l *look) findHelpers() {
	for changed := true; changed; {
		changed = false
		for _, file := range l.files {
			l.file = file
			for _, decl := range file.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok || f.Body == nil || l.helpers[f.Name.Name] || strings.HasPrefix(f.Name.Name, "Test") || unasked(f) || l.named(f.Name.Name) {
					continue
				}
				if calls, _ := l.calls(f.Body); len(calls) > 0 {
					l.helpers[f.Name.Name], changed = true, true
				}
			}
		}
	}
}

func (l *look) named(name string) bool {
	return slices.ContainsFunc(l.takers, func(t arch.Taker) bool { return t.Name == name })
}

// judge adds what one test, or a helper of tests, does.
func (l *look) judge(d *delivered, name string, at token.Pos, body ast.Node, isTest bool) {
	calls, handedOn := l.calls(body)
	pos := l.fset.Position(at)
	here := &place{name, effects.Pos{File: pos.Filename, Line: pos.Line, Col: pos.Column}}
	if len(calls) == 0 && !handedOn {
		if isTest && saysTwice.MatchString(name) {
			// Perhaps it delivers in a way that is not seen, unless it is about another consumer.
			l.any.file = l.file
			others, handed := l.any.calls(body)
			d.unclear = d.unclear || len(others) == 0 && !handed
		}
		return
	}
	if handedOn {
		calls = append(calls, l.onValues(body)...)
	}
	again, unclear := l.repeated(body, calls)
	switch {
	case again || l.listed(body) || isTest && saysSo(name, body):
		if d.twice == nil {
			d.twice = here
		}
	case isTest && unclear:
		d.unclear = true
	case isTest && d.once == nil:
		d.once = here
	}
}

// saysSo reports whether a test, or one of its subtests, is called a test of repetition.
func saysSo(name string, body ast.Node) bool {
	found := saysTwice.MatchString(name)
	ast.Inspect(body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			found = found || saysTwice.MatchString(lit.Value)
		}
		return !found
	})
	return found
}

// call is a call with the loops that it stands in, the outermost first.
type call struct {
	*ast.CallExpr
	loops []ast.Stmt
}

// walk visits the calls below a node.
func walk(body ast.Node, visit func(call)) {
	var stack []ast.Node
	var loops []ast.Stmt
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			last := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			switch last.(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				loops = loops[:len(loops)-1]
			}
			return false
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.ForStmt:
			loops = append(loops, n)
		case *ast.RangeStmt:
			loops = append(loops, n)
		case *ast.CallExpr:
			visit(call{n, slices.Clone(loops)})
		}
		return true
	})
}

// calls lists the calls that deliver a message. handedOn: a taker is also used as a value that somebody else calls.
func (l *look) calls(body ast.Node) (calls []call, handedOn bool) {
	direct := map[ast.Expr]bool{}
	walk(body, func(c call) {
		fun := ast.Unparen(c.Fun)
		if l.takes(fun) {
			direct[fun] = true
			calls = append(calls, c)
		}
	})
	// A taker that is given a name is called by it.
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, r := range n.Rhs {
				direct[ast.Unparen(r)] = n.Tok == token.DEFINE || direct[ast.Unparen(r)]
			}
		case *ast.SelectorExpr, *ast.Ident, *ast.CallExpr:
			if e := n.(ast.Expr); !direct[e] && (l.taker(e, false) || isCall(e) && l.makes(e)) {
				handedOn = true
			}
			if s, ok := n.(*ast.SelectorExpr); ok {
				direct[s.Sel] = true
			}
		case *ast.KeyValueExpr:
			direct[n.Key] = true
		}
		return true
	})
	return calls, handedOn
}

func isCall(e ast.Expr) bool {
	_, ok := e.(*ast.CallExpr)
	return ok
}

// takes reports whether a called expression takes a message: a taker, what a maker gave, a helper, or a variable that is one
// of these.
func (l *look) takes(fun ast.Expr) bool {
	if l.taker(fun, false) || l.makes(fun) {
		return true
	}
	switch fun := fun.(type) {
	case *ast.Ident:
		if v := l.variable(fun); v != nil {
			init := l.inits[v]
			if lit, ok := init.(*ast.FuncLit); ok {
				return l.delivers(lit)
			}
			return init != nil && (l.taker(init, false) || l.makes(init))
		}
		return l.helpers[fun.Name]
	case *ast.SelectorExpr:
		return l.helpers[fun.Sel.Name] && l.root(fun.X) != nil
	}
	return false
}

// makes reports whether an expression is a call of a maker.
func (l *look) makes(e ast.Expr) bool {
	c, ok := e.(*ast.CallExpr)
	return ok && l.taker(ast.Unparen(c.Fun), true)
}

// delivers reports whether a function literal calls a taker.
func (l *look) delivers(lit *ast.FuncLit) bool {
	if is, ok := l.bodies[lit]; ok {
		return is
	}
	l.bodies[lit] = false // while it is looked at
	found := false
	walk(lit.Body, func(c call) { found = found || l.takes(ast.Unparen(c.Fun)) })
	l.bodies[lit] = found
	return found
}

// taker reports whether an expression names a taker, or a maker of one.
func (l *look) taker(e ast.Expr, maker bool) bool {
	return slices.ContainsFunc(l.takers, func(t arch.Taker) bool { return t.Maker == maker && l.names(e, t) })
}

func (l *look) names(e ast.Expr, t arch.Taker) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return t.Type == "" && e.Name == t.Name && l.dir == t.Dir && l.object(e) == nil
	case *ast.SelectorExpr:
		if e.Sel.Name != t.Name {
			return false
		}
		x, isIdent := e.X.(*ast.Ident)
		of := isIdent && l.variable(x) == nil
		if t.Type == "" {
			return of && imports(l.file, t.Package, x.Name)
		}
		if of && imports(l.file, "", x.Name) {
			return false
		}
		return l.mayBe(e.X, t)
	}
	return false
}

// mayBe reports whether a value may be of a taker's type: what is known of its making names the type, or no other type of the
// package or of the tests with such a method.
func (l *look) mayBe(e ast.Expr, t arch.Taker) bool {
	text := l.spell(e)
	if v := l.root(e); v != nil {
		text += " " + l.declared[v]
	}
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	})
	is := func(typ string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return w == typ || strings.EqualFold(w, "New"+typ) })
	}
	rival := func(typ string) bool { return typ != t.Type && is(typ) }
	return is(t.Type) || !slices.ContainsFunc(t.Rivals, rival) && !slices.ContainsFunc(l.types[t.Name], rival)
}

// onValues lists the calls on variables of a test that are handed something: one of them may pass a message on to the taker.
func (l *look) onValues(body ast.Node) []call {
	var out []call
	walk(body, func(c call) {
		if v := l.root(c.Fun); v != nil && !incidental(v.Name()) && len(l.message(c)) > 0 {
			out = append(out, c)
		}
	})
	return out
}

// message is what a call is given, without contexts and the test itself.
func (l *look) message(c call) []ast.Expr {
	var out []ast.Expr
	for _, a := range c.Args {
		switch x := a.(type) {
		case *ast.Ident:
			if incidental(x.Name) {
				continue
			}
		case *ast.CallExpr: // context.Background(), t.Context(), req.Context()
			if s, ok := x.Fun.(*ast.SelectorExpr); ok && len(x.Args) == 0 {
				if id, ok := s.X.(*ast.Ident); ok && incidental(id.Name) || s.Sel.Name == "Context" {
					continue
				}
			}
		}
		out = append(out, a)
	}
	return out
}

// repeated reports whether one of the calls is made twice with one message; unclear: it may be.
func (l *look) repeated(body ast.Node, calls []call) (again, unclear bool) {
	for _, c := range calls {
		for _, loop := range c.loops {
			switch l.loops(loop, c) {
			case "yes":
				return true, false
			case "maybe":
				unclear = true
			}
		}
	}
	for i, c := range calls {
		for _, o := range calls[i+1:] {
			if c.CallExpr != o.CallExpr && l.same(body, c, o) {
				return true, false
			}
		}
	}
	return false, unclear
}

// same reports whether two calls deliver one message to one consumer.
func (l *look) same(body ast.Node, a, b call) bool {
	x, y := l.message(a), l.message(b)
	if len(x) == 0 || len(x) != len(y) {
		return false
	}
	for i := range x {
		if l.spell(x[i]) != l.spell(y[i]) {
			return false
		}
	}
	if v := l.root(a.Fun); v != l.root(b.Fun) || v == nil && strings.Contains(l.spell(a.Fun), "CallExpr") {
		// Two consumers are one to a message where they are made alike of something that both share.
		if l.spell(a.Fun) != l.spell(b.Fun) || !slices.ContainsFunc(l.behind(a.Fun), func(v types.Object) bool { return slices.Contains(l.behind(b.Fun), v) }) {
			return false
		}
	}
	return !l.changed(body, a.End(), b.Pos(), x)
}

// behind are the variables that an expression is made of, directly or through what others were first set to.
func (l *look) behind(e ast.Expr) []types.Object {
	vars := l.variables(e)
	for i := 0; i < len(vars); i++ {
		if init := l.inits[vars[i]]; init != nil {
			for _, v := range l.variables(init) {
				if !slices.Contains(vars, v) {
					vars = append(vars, v)
				}
			}
		}
	}
	return slices.DeleteFunc(vars, func(v types.Object) bool { return incidental(v.Name()) })
}

// changed reports whether the variables that an expression names are assigned to between two places.
func (l *look) changed(body ast.Node, from, to token.Pos, what []ast.Expr) bool {
	var vars []types.Object
	for _, e := range what {
		vars = append(vars, l.variables(e)...)
	}
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if s, ok := n.(*ast.AssignStmt); ok && from <= s.Pos() && s.Pos() < to {
			for _, lhs := range s.Lhs {
				if v := l.root(lhs); v != nil && l.defines(s, lhs) == nil && slices.Contains(vars, v) {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// defines is the variable that an assignment declares, nil where it assigns to one that is there.
func (l *look) defines(s *ast.AssignStmt, lhs ast.Expr) types.Object {
	if id, ok := lhs.(*ast.Ident); ok && s.Tok == token.DEFINE {
		return l.info.Defs[id]
	}
	return nil
}

// listed reports whether a list, or what a call is given, has one message twice: []Message{m, m}, source(m, m).
func (l *look) listed(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			switch n.Type.(type) {
			case *ast.ArrayType:
				found = found || l.twice(n.Elts)
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); !ok || id.Name != "min" && id.Name != "max" {
				found = found || len(n.Args) > 1 && !asserts(n) && l.twice(l.message(call{CallExpr: n}))
			}
		}
		return !found
	})
	return found
}

// asserts names calls that compare.
func asserts(c *ast.CallExpr) bool {
	text := strings.ToLower(types.ExprString(c.Fun))
	for _, word := range []string{"equal", "assert", "require", "diff", "compare", "expect", "must"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// twice reports whether two of some expressions are the same variable, or the same composite value. Plain numbers and texts
// are no messages.
func (l *look) twice(list []ast.Expr) bool {
	seen := map[string]bool{}
	for _, e := range list {
		x := ast.Unparen(e)
		if u, ok := x.(*ast.UnaryExpr); ok {
			x = u.X
		}
		switch x := x.(type) {
		case *ast.Ident:
			if l.variable(x) == nil || incidental(x.Name) {
				continue
			}
		case *ast.CompositeLit, *ast.CallExpr:
		default:
			continue
		}
		key := l.spell(e)
		if _, isLit := l.inits[l.root(x)].(*ast.BasicLit); isLit {
			key += strconv.Itoa(int(e.Pos()))
		}
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}
