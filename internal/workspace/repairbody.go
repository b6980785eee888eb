package workspace

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// repairBody takes the statements out of a body that have errors or use what has no valid type, and keeps those around
// them: a main that sets up one client of a module that is missing is still a main. Of a statement with blocks in it, the
// blocks are looked into when the rest of it is sound. A return is replaced by a panic, so that no return is missing. It
// reports whether it changed anything.
func repairBody(info *types.Info, body *ast.BlockStmt, errs []token.Pos) bool {
	r := &bodyRepair{info: info, errs: errs}
	r.block(body)
	return r.changed
}

type bodyRepair struct {
	info    *types.Info
	errs    []token.Pos // in order
	changed bool
}

func (r *bodyRepair) block(b *ast.BlockStmt) {
	b.List = r.list(b.List)
	if _, missing := slices.BinarySearch(r.errs, b.Rbrace); missing { // a return
		b.List = append(b.List, panicAt(b.Rbrace))
		r.changed = true
	}
}

func (r *bodyRepair) list(stmts []ast.Stmt) []ast.Stmt {
	out := stmts[:0:0]
	for _, s := range stmts {
		blocks, sound := r.look(s)
		if sound {
			for _, b := range blocks {
				switch b := b.(type) {
				case *ast.BlockStmt:
					r.block(b)
				case *ast.CaseClause:
					b.Body = r.list(b.Body)
				case *ast.CommClause:
					b.Body = r.list(b.Body)
				}
			}
			out = append(out, s)
			continue
		}
		r.changed = true
		if _, ok := s.(*ast.ReturnStmt); ok {
			out = append(out, panicAt(s.Pos()))
		}
	}
	return out
}

// look finds the outermost blocks in a statement, and says whether what is outside them is free of errors.
func (r *bodyRepair) look(s ast.Stmt) (blocks []ast.Node, sound bool) {
	sound = true
	var inside [][2]token.Pos
	block := func(n ast.Node, from, to token.Pos) {
		blocks = append(blocks, n)
		inside = append(inside, [2]token.Pos{from, to})
	}
	var walk func(n ast.Node)
	walk = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				if len(n.List) > 0 {
					switch n.List[0].(type) {
					case *ast.CaseClause, *ast.CommClause:
						return true
					}
				}
				block(n, n.Pos(), n.End())
				return false
			case *ast.CaseClause:
				for _, x := range n.List {
					walk(x)
				}
				block(n, n.Colon, n.End())
				return false
			case *ast.CommClause:
				if n.Comm != nil {
					walk(n.Comm)
				}
				block(n, n.Colon, n.End())
				return false
			}
			sound = sound && !invalidNode(r.info, n)
			return true
		})
	}
	walk(s)
	from, _ := slices.BinarySearch(r.errs, s.Pos())
	for _, pos := range r.errs[from:] {
		if pos > s.End() {
			break
		}
		outside := true
		for _, in := range inside {
			outside = outside && !(in[0] < pos && pos < in[1])
		}
		sound = sound && !outside
	}
	return blocks, sound
}

func panicAt(pos token.Pos) ast.Stmt {
	return &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{NamePos: pos, Name: "panic"}, Lparen: pos,
		Args: []ast.Expr{&ast.Ident{NamePos: pos, Name: "nil"}}, Rparen: pos}}
}
