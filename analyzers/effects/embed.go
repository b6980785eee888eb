package effects

import (
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// embeds lists the variables that go:embed fills with one file each. An embed.FS is none: which of its files is read, the
// code says.
func (p *pkg) embeds() []Embed {
	var out []Embed
	for _, f := range p.in.Files {
		for _, d := range f.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.VAR {
				continue
			}
			for _, s := range decl.Specs {
				spec := s.(*ast.ValueSpec)
				doc := spec.Doc
				if doc == nil && !decl.Lparen.IsValid() {
					doc = decl.Doc
				}
				if file := embedded(doc); file != "" && len(spec.Names) == 1 && isText(spec.Type) {
					out = append(out, Embed{Var: p.in.Path + "." + spec.Names[0].Name, File: path.Join(p.in.Dir, file)})
				}
			}
		}
	}
	return out
}

// embedded is the file that a variable's comment has embedded, "" for none and for patterns.
func embedded(doc *ast.CommentGroup) string {
	if doc == nil {
		return ""
	}
	for _, c := range doc.List {
		file, ok := strings.CutPrefix(c.Text, "//go:embed ")
		if !ok {
			continue
		}
		file = strings.TrimSpace(file)
		if unquoted, err := strconv.Unquote(file); err == nil {
			file = unquoted
		} else if strings.ContainsAny(file, " \t") {
			return ""
		}
		if strings.ContainsAny(file, "*?[") {
			return ""
		}
		return file
	}
	return ""
}

// isText reports whether a type is spelled string or []byte, which go:embed allows beside embed.FS.
func isText(t ast.Expr) bool {
	if list, ok := t.(*ast.ArrayType); ok && list.Len == nil {
		elem, ok := list.Elt.(*ast.Ident)
		return ok && elem.Name == "byte"
	}
	ident, ok := t.(*ast.Ident)
	return ok && ident.Name == "string"
}
