package redelivery

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// loops says whether a call that stands in a loop delivers one message more than once: yes, no, or maybe.
//
// A loop that only counts does, unless the call changes with it. One over a list does not where each element is a message, but
// where the list has one twice; and where the elements have nothing to do with the message and its consumer, it does.
func (l *look) loops(loop ast.Stmt, c call) string {
	vars, list, body := l.bound(loop)
	changing := l.changing(body, vars)
	used := l.variables(c.Fun)
	for _, a := range l.message(c) {
		used = append(used, l.variables(a)...)
	}
	varies := slices.ContainsFunc(used, func(v types.Object) bool { return slices.Contains(changing, v) })
	if list == nil {
		if !varies {
			return "yes"
		}
		if list = l.indexed(body, vars); list == nil {
			return "no"
		}
	}
	fresh := slices.ContainsFunc(used, func(v types.Object) bool { return within(body, v.Pos()) })
	elems := l.elements(list)
	switch {
	case !varies && !fresh:
		return "yes"
	case elems == nil && varies:
		return "maybe"
	case elems == nil:
		return "no"
	case l.twice(elems), l.fieldTwice(elems, c, changing, body):
		return "yes"
	}
	return "no"
}

// bound are the variables of a loop, the list that it is over (nil for one that counts), and its body.
func (l *look) bound(loop ast.Stmt) (vars []types.Object, list ast.Expr, body *ast.BlockStmt) {
	switch loop := loop.(type) {
	case *ast.ForStmt:
		if s, ok := loop.Init.(*ast.AssignStmt); ok {
			for _, lhs := range s.Lhs {
				vars = append(vars, l.variables(lhs)...)
			}
		}
		return vars, nil, loop.Body
	case *ast.RangeStmt:
		body = loop.Body
		for _, e := range []ast.Expr{loop.Key, loop.Value} {
			if e != nil {
				vars = append(vars, l.variables(e)...)
			}
		}
		if loop.Value != nil || l.elements(loop.X) != nil {
			list = loop.X
		}
		return vars, list, body
	}
	return nil, nil, nil
}

// changing are the variables that depend on those of a loop.
func (l *look) changing(body ast.Node, vars []types.Object) []types.Object {
	out := slices.Clone(vars)
	depends := func(n ast.Node) bool {
		return slices.ContainsFunc(l.variables(n), func(v types.Object) bool { return slices.Contains(out, v) })
	}
	note := func(v types.Object) {
		if v != nil && !slices.Contains(out, v) && !incidental(v.Name()) {
			out = append(out, v)
		}
	}
	for n := -1; n != len(out); {
		n = len(out)
		ast.Inspect(body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if slices.ContainsFunc(n.Rhs, func(e ast.Expr) bool { _, lit := e.(*ast.FuncLit); return !lit && depends(e) }) {
					for _, lhs := range n.Lhs {
						note(l.root(lhs))
					}
				}
			case *ast.ValueSpec:
				if slices.ContainsFunc(n.Values, func(e ast.Expr) bool { return depends(e) }) {
					for _, id := range n.Names {
						note(l.info.Defs[id])
					}
				}
			case *ast.CallExpr: // json.Unmarshal(tc.raw, &m)
				if slices.ContainsFunc(n.Args, func(e ast.Expr) bool { return depends(e) }) {
					for _, a := range n.Args {
						if u, ok := a.(*ast.UnaryExpr); ok && u.Op == token.AND {
							note(l.root(u.X))
						}
					}
				}
			}
			return true
		})
	}
	return out
}

// indexed is the list of which a counting loop takes the elements.
func (l *look) indexed(body ast.Node, vars []types.Object) ast.Expr {
	var list ast.Expr
	ast.Inspect(body, func(n ast.Node) bool {
		if x, ok := n.(*ast.IndexExpr); ok && list == nil && slices.ContainsFunc(l.variables(x.Index), func(v types.Object) bool { return slices.Contains(vars, v) }) {
			list = x.X
		}
		return true
	})
	return list
}

// elements are those of a list or map that is written out, here or where its variable is declared.
func (l *look) elements(e ast.Expr) []ast.Expr {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		if v := l.variable(id); v != nil && l.inits[v] != nil {
			e = ast.Unparen(l.inits[v])
		}
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	out := make([]ast.Expr, 0, len(lit.Elts))
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			elt = kv.Value
		}
		out = append(out, elt)
	}
	return out
}

// fieldTwice reports whether the cases of a table have one message twice for a consumer that all of them share.
func (l *look) fieldTwice(elems []ast.Expr, c call, changing []types.Object, body ast.Node) bool {
	for _, v := range l.variables(c.Fun) {
		if slices.Contains(changing, v) || within(body, v.Pos()) {
			return false
		}
	}
	var fields []string
	for _, a := range l.message(c) {
		ast.Inspect(a, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(changing, l.root(s.X)) {
				fields = append(fields, s.Sel.Name)
			}
			return true
		})
	}
	if len(fields) == 0 {
		return false
	}
	seen := map[string]bool{}
	for _, e := range elems {
		key := ""
		for _, name := range fields {
			if value := fieldOf(e, name); value != nil {
				key += l.spell(value) + ";"
			}
		}
		if key != "" && seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// fieldOf is the value of a field in a keyed composite value.
func fieldOf(e ast.Expr, name string) ast.Expr {
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}
