package catalog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestAPI holds the built-in models against real libraries. It wants modules that require them, which are not part of
// this repository:
//
//	SVCLINT_API=/path/to/module:/path/to/another go test -run API ./internal/catalog
func TestAPI(t *testing.T) {
	dirs := os.Getenv("SVCLINT_API")
	if dirs == "" {
		t.Skip("SVCLINT_API names no modules that require the libraries")
	}
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var loaded []*types.Package
	for _, dir := range strings.Split(dirs, ":") {
		loaded = append(loaded, load(t, dir, c)...)
	}
	mistakes, unchecked := Verify(c.Models(), loaded)
	for _, m := range mistakes {
		t.Error(m)
	}
	for _, u := range unchecked {
		t.Log("not checked:", u)
	}
	t.Logf("%d packages, %d models, %d symbols not checked", len(loaded), len(c.Models()), len(unchecked))
}

// load type-checks the packages of the catalog, in all major versions that the module in dir requires.
func load(t *testing.T, dir string, c *Catalog) []*types.Package {
	t.Helper()
	text, err := os.ReadFile(dir + "/imports.txt")
	if err != nil {
		t.Fatalf("%v: expected the import paths to check, one per line", err)
	}
	pkgs, err := packages.Load(&packages.Config{
		Dir: dir,
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedFiles |
			packages.NeedCompiledGoFiles | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedTypesSizes,
		ParseFile: func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
			f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
			if f != nil {
				for _, d := range f.Decls {
					if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && fn.Type.TypeParams == nil && fn.Name.Name != "init" {
						fn.Body = nil
					}
				}
			}
			return f, err
		},
		Env: append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-mod=mod"),
	}, strings.Fields(string(text))...)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*types.Package{}
	for _, p := range pkgs {
		if p.Types == nil || p.Types.Scope().Len() == 0 {
			t.Errorf("%s: %v", p.PkgPath, p.Errors)
			continue
		}
		all[p.PkgPath] = p.Types
	}
	return slices.Collect(maps.Values(all))
}
