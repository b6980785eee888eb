package fix

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// Apply makes the new text of the file. Of fixes that touch one another the first is made; the others are told by their
// index, for another round. What gofmt had nothing to say about before, it has nothing to say about afterwards.
func (f *File) Apply(fixes []*Fix) (text []byte, skipped []int, err error) {
	all := new(Fix)
	for i, fix := range fixes {
		if touches(all.Edits, fix.Edits) {
			skipped = append(skipped, i)
			continue
		}
		all.Edits = append(all.Edits, fix.Edits...)
		all.Imports = append(all.Imports, fix.Imports...)
	}
	edits, err := f.TextEdits(all)
	if err != nil {
		return nil, nil, err
	}
	text = replace(f.text, edits)
	if formatted, err := format.Source(f.text); err == nil && bytes.Equal(formatted, f.text) {
		if text, err = format.Source(text); err != nil {
			return nil, nil, fmt.Errorf("format %s after the fix: %w", f.Name, err)
		}
	}
	return text, skipped, nil
}

// TextEdits are the edits of a fix, with those of the imports, in the order of the file.
func (f *File) TextEdits(fix *Fix) ([]Edit, error) {
	edits := slices.Clone(fix.Edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
	imports, err := f.importEdit(replace(f.text, edits), fix.Imports)
	if err != nil {
		return nil, err
	}
	if imports != nil {
		edits = slices.Insert(edits, 0, *imports) // they stand before everything else
	}
	return edits, nil
}

// importEdit replaces the import declarations by those that the edited text needs: with the packages that are added, and
// without context when nothing uses it any more. It is nil when they stay as they are.
func (f *File) importEdit(edited []byte, add []string) (*Edit, error) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, f.Name, edited, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("read %s after the fix: %w", f.Name, err)
	}
	changed := false
	for _, p := range add {
		changed = astutil.AddImport(fset, syntax, p) || changed
	}
	if f.imports("context") == "context" && astutil.UsesImport(f.syntax, "context") && !astutil.UsesImport(syntax, "context") {
		changed = astutil.DeleteImport(fset, syntax, "context") || changed
	}
	if !changed {
		return nil, nil
	}
	var printed bytes.Buffer
	if err := format.Node(&printed, fset, syntax); err != nil {
		return nil, fmt.Errorf("print %s after the fix: %w", f.Name, err)
	}
	fset = token.NewFileSet()
	if syntax, err = parser.ParseFile(fset, f.Name, printed.Bytes(), parser.ParseComments); err != nil {
		return nil, fmt.Errorf("read %s after the fix: %w", f.Name, err)
	}
	// The edits lie behind the imports, so what is before them is where it was.
	start, end := importRegion(f.fset, f.syntax)
	newStart, newEnd := importRegion(fset, syntax)
	region := string(printed.Bytes()[newStart:newEnd])
	if len(add) > 0 && !slices.ContainsFunc(f.syntax.Imports, func(s *ast.ImportSpec) bool { return thirdParty(s.Path.Value) }) {
		region = group(region)
	}
	return &Edit{start, end, region}, nil
}

// group moves the first imports that are not of the standard library into a group of their own, as goimports does:
// astutil has sorted them in among the others.
func group(region string) string {
	var std, others, rest []string
	for line := range strings.Lines(region) {
		switch text := strings.TrimSpace(line); {
		case !strings.HasPrefix(text, `"`):
			rest = append(rest, line)
		case thirdParty(text):
			others = append(others, line)
		default:
			std = append(std, line)
		}
	}
	// Anything but one plain block (named imports, comments, several declarations) stays as it is.
	if n := len(rest); n != 4 || strings.TrimSpace(rest[2]) != "import (" || strings.TrimSpace(rest[3]) != ")" || len(std) == 0 {
		return region
	}
	return strings.Join(slices.Concat(rest[:3], std, []string{"\n"}, others, rest[3:]), "")
}

// thirdParty reports whether a quoted import path has a host.
func thirdParty(quoted string) bool {
	first, _, _ := strings.Cut(strings.Trim(quoted, `"`), "/")
	return strings.Contains(first, ".")
}

// importRegion is from the end of the package clause to the end of the last import declaration.
func importRegion(fset *token.FileSet, f *ast.File) (start, end int) {
	start = fset.PositionFor(f.Name.End(), false).Offset
	end = start
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			end = fset.PositionFor(g.End(), false).Offset
		}
	}
	return start, end
}

// touches reports whether edits overlap, or insert at one place.
func touches(done, more []Edit) bool {
	for _, a := range done {
		for _, b := range more {
			if a.Start < b.End && b.Start < a.End || a.Start == b.Start {
				return true
			}
		}
	}
	return false
}

// replace makes edits, which are in order and do not overlap.
func replace(text []byte, edits []Edit) []byte {
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(text[at:e.Start])
		out.WriteString(e.New)
		at = e.End
	}
	out.Write(text[at:])
	return out.Bytes()
}
