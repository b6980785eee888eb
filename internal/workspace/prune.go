package workspace

import (
	"go/ast"
	"go/token"
	"strconv"
)

// thin reduces a dependency's file to what gives its declarations their types: bodies, initial values of typed variables,
// elements of literals, blank variables and init functions go. Then it drops the imports that nothing names any more
// and returns the paths of the others. nameOf gives the package name of an import path.
//
// Unexported functions and methods stay: a method may make its type satisfy an interface, and a function may give a
// variable its type.
func thin(f *ast.File, nameOf func(path string) string) []string {
	decls := f.Decls[:0]
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && (d.Name.Name == "init" || d.Name.Name == "_") {
				continue
			}
			if d.Body != nil {
				d.Body = &ast.BlockStmt{Lbrace: d.Body.Lbrace, Rbrace: d.Body.Rbrace}
			}
			d.Doc = nil
		case *ast.GenDecl:
			d.Doc = nil
			if d.Tok == token.VAR && !thinVars(d) {
				continue
			}
		}
		decls = append(decls, d)
	}
	f.Decls = decls
	f.Comments = nil
	return pruneImports(f, nameOf)
}

// thinVars reports whether anything is left of a var declaration.
func thinVars(d *ast.GenDecl) bool {
	specs := d.Specs[:0]
	for _, s := range d.Specs {
		v := s.(*ast.ValueSpec)
		blank := true
		for _, n := range v.Names {
			blank = blank && n.Name == "_"
		}
		if blank {
			continue
		}
		if v.Type != nil {
			v.Values = nil
		}
		for i := range v.Values {
			thinValue(v.Values[i])
		}
		specs = append(specs, v)
	}
	d.Specs = specs
	return len(specs) > 0
}

// thinValue empties what does not decide the type of an initial value.
func thinValue(x ast.Expr) {
	switch x := x.(type) {
	case *ast.UnaryExpr:
		thinValue(x.X)
	case *ast.ParenExpr:
		thinValue(x.X)
	case *ast.FuncLit:
		x.Body = &ast.BlockStmt{Lbrace: x.Body.Lbrace, Rbrace: x.Body.Rbrace}
	case *ast.CompositeLit:
		if a, ok := x.Type.(*ast.ArrayType); ok {
			if _, counted := a.Len.(*ast.Ellipsis); counted {
				for _, e := range x.Elts {
					thinValue(e)
				}
				return
			}
		}
		x.Elts = nil
	case *ast.KeyValueExpr:
		thinValue(x.Value)
	case *ast.CallExpr:
		thinValue(x.Fun)
		for _, a := range x.Args {
			// An argument may decide the type, through type inference, but its insides do not.
			thinValue(a)
		}
	}
}

// forget takes the names from receivers, parameters or results: go/types makes a scope with a map in it of them, and no type needs them.
func forget(fields *ast.FieldList) {
	if fields == nil {
		return
	}
	for _, f := range fields.List {
		for _, n := range f.Names {
			n.Name = "_"
		}
	}
}

// pruneImports drops the import specs that no selector names, and blank ones. Dot imports and "C" stay.
func pruneImports(f *ast.File, nameOf func(path string) string) []string {
	used := map[string]bool{}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok {
					used[id.Name] = true
				}
			case *ast.FuncDecl:
				forget(n.Recv)
			case *ast.FuncType:
				forget(n.Params)
				forget(n.Results)
			}
			return true
		})
	}
	keep := func(s *ast.ImportSpec) bool {
		path, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			return false
		}
		switch {
		case s.Name == nil:
			return path == "C" || used[nameOf(path)]
		case s.Name.Name == ".":
			return true
		case s.Name.Name == "_":
			return false
		}
		return used[s.Name.Name]
	}
	var paths []string
	decls := f.Decls[:0]
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			specs := g.Specs[:0]
			for _, s := range g.Specs {
				if keep(s.(*ast.ImportSpec)) {
					specs = append(specs, s)
				}
			}
			if g.Specs = specs; len(specs) == 0 {
				continue
			}
		}
		decls = append(decls, d)
	}
	f.Decls = decls
	imports := f.Imports[:0]
	for _, s := range f.Imports {
		if keep(s) {
			imports = append(imports, s)
			path, _ := strconv.Unquote(s.Path.Value)
			paths = append(paths, path)
		}
	}
	f.Imports = imports
	return paths
}
