package workspace

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// repair takes out of the syntax what had errors, or uses types that are not known: of functions the statements, or, when
// it is to be thorough, the bodies. It reports whether it changed anything.
func (s *scheduler) repair(n *node, errs []error, thorough bool) bool {
	changed := false
	at := positions(errs)
	bad := make(map[ast.Decl]bool)
	for _, f := range n.files {
		for _, d := range f.Decls {
			bad[d] = anyWithin(at, d)
		}
	}
	for _, f := range n.files {
		decls := f.Decls[:0:0]
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Body == nil || !bad[d] && !usesInvalid(n.info, d) {
					break
				}
				if !thorough && !usesInvalid(n.info, d.Type) && repairBody(n.info, d.Body, at) || clearBody(d) {
					changed = true
				} else if bad[d] {
					changed = true
					continue
				}
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					break
				}
				c, left := repairSpecs(n.info, d, bad[d])
				changed = changed || c
				if !left {
					continue
				}
			}
			decls = append(decls, d)
		}
		f.Decls = decls
	}
	return changed
}

// positions are those of type errors, in order: generated packages have thousands when a file of theirs is missing.
func positions(errs []error) []token.Pos {
	var at []token.Pos
	for _, err := range errs {
		var te types.Error
		if errors.As(err, &te) {
			at = append(at, te.Pos)
		}
	}
	slices.Sort(at)
	return at
}

// anyWithin reports whether one of some positions, which are in order, is in a node.
func anyWithin(at []token.Pos, n ast.Node) bool {
	i, _ := slices.BinarySearch(at, n.Pos())
	return i < len(at) && at[i] <= n.End()
}

// dropBad takes out of a file with syntax errors what the parser could not read, which go/types passes over in silence and
// SSA does not accept: functions lose their body, other declarations go.
func dropBad(f *ast.File) {
	decls := f.Decls[:0]
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.BadDecl:
			continue
		case *ast.FuncDecl:
			if d.Recv != nil && hasBad(d.Recv) || hasBad(d.Type) {
				continue
			}
			if d.Body != nil && hasBad(d.Body) && !clearBody(d) {
				continue
			}
		case *ast.GenDecl:
			specs := d.Specs[:0]
			for _, spec := range d.Specs {
				if !hasBad(spec) {
					specs = append(specs, spec)
				}
			}
			if d.Specs = specs; len(specs) == 0 {
				continue
			}
		}
		decls = append(decls, d)
	}
	f.Decls = decls
}

// hasBad says whether there is something below x that the parser could not read.
func hasBad(x ast.Node) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.BadExpr, *ast.BadStmt, *ast.BadDecl:
			found = true
		}
		return !found
	})
	return found
}

// clearBody makes a function external, or empty where the language wants a body. It reports whether that changed it.
func clearBody(d *ast.FuncDecl) bool {
	if d.Recv == nil && (d.Name.Name == "init" || d.Name.Name == "main") {
		if len(d.Body.List) == 0 {
			return false
		}
		d.Body = &ast.BlockStmt{Lbrace: d.Body.Lbrace, Rbrace: d.Body.Rbrace}
		return true
	}
	if d.Type.TypeParams != nil {
		return false
	}
	d.Body = nil
	return true
}

// repairSpecs drops initial values, or whole variables and constants, that have errors. Types stay: without them nothing
// would be left. It reports whether it changed anything, and whether the declaration still has a spec.
func repairSpecs(info *types.Info, d *ast.GenDecl, bad bool) (changed, left bool) {
	if d.Tok == token.TYPE {
		return false, true
	}
	specs := d.Specs[:0:0]
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		invalid := false
		for _, x := range v.Values {
			invalid = invalid || usesInvalid(info, x)
		}
		switch {
		case !ok || !invalid && !(v.Type != nil && usesInvalid(info, v.Type)) && !(bad && len(d.Specs) == 1):
			specs = append(specs, spec)
		case d.Tok == token.VAR && v.Type != nil && v.Values != nil && !usesInvalid(info, v.Type):
			v.Values = nil
			changed = true
			specs = append(specs, spec)
		default:
			changed = true
		}
	}
	d.Specs = specs
	return changed, len(specs) > 0
}

// usesInvalid says whether an expression at or below x has no valid type.
func usesInvalid(info *types.Info, x ast.Node) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		found = found || invalidNode(info, n)
		return !found
	})
	return found
}

// invalidNode says whether a node itself is an expression that has no valid type.
func invalidNode(info *types.Info, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		switch obj := info.ObjectOf(n).(type) {
		case nil, *types.PkgName, *types.Builtin, *types.Label: // these have no type, or an invalid one, anyhow
			return false
		default:
			return invalidType(obj.Type())
		}
	case ast.Expr:
		if tv, ok := info.Types[n]; ok {
			return invalidType(tv.Type)
		}
		// go/types records nothing for what it could not give a type.
		switch n.(type) {
		case *ast.CallExpr, *ast.SelectorExpr, *ast.IndexExpr:
			return true
		}
	}
	return false
}

func invalidType(t types.Type) bool {
	switch t := t.(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Pointer:
		return invalidType(t.Elem())
	case *types.Slice:
		return invalidType(t.Elem())
	case *types.Array:
		return invalidType(t.Elem())
	case *types.Map:
		return invalidType(t.Key()) || invalidType(t.Elem())
	case *types.Chan:
		return invalidType(t.Elem())
	case *types.Tuple:
		for i := 0; i < t.Len(); i++ {
			if invalidType(t.At(i).Type()) {
				return true
			}
		}
	case *types.Signature:
		return invalidType(t.Params()) || invalidType(t.Results())
	}
	return false
}
