package suite_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
)

// A fingerprint is architectural. In a copy of testdata/shop all lines move, every second file has another name and all code
// is formatted otherwise: each finding keeps its fingerprint, and no two share one.
func TestFingerprintsSurvive(t *testing.T) {
	shop := filepath.Join("..", "..", "testdata", "shop")
	before := fingerprints(t, shop)
	dir := t.TempDir()
	rewritten, n := 0, 0
	if err := os.CopyFS(dir, os.DirFS(shop)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text, err = reformat(text)
		if err != nil {
			return err
		}
		to := name
		if n++; n%2 == 0 {
			to = filepath.Join(filepath.Dir(name), "z"+filepath.Base(name))
			if err := os.Remove(name); err != nil {
				return err
			}
		}
		rewritten++
		return os.WriteFile(to, text, 0o644)
	})
	if err != nil || rewritten < 20 {
		t.Fatalf("%d files rewritten: %v", rewritten, err)
	}
	if diff := cmp.Diff(before, fingerprints(t, dir)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}

// fingerprints are those of the findings in a directory, with the rules that they are of.
func fingerprints(t *testing.T, dir string) map[string]string {
	t.Helper()
	m, err := pipeline.Analyze(t.Context(), dir, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fs := suite.Check(m)
	set := make(map[string]string)
	for i := range fs {
		f := &fs[i]
		set[f.Fingerprint()] = f.Rule.ID
		// What tells them apart is what they are about; the ordinal is for when nothing else does.
		if f.Ordinal > 0 || len(f.Services) == 0 || strings.Contains(f.Subject, ".go") {
			t.Errorf("%s at %s: ordinal %d, services %v, subject %q", f.Rule.ID, f.Pos, f.Ordinal, f.Services, f.Subject)
		}
	}
	if len(fs) < 10 || len(set) != len(fs) {
		t.Fatalf("%d fingerprints of %d findings", len(set), len(fs))
	}
	return set
}

// reformat moves all lines down, indents with spaces, and gives each argument of a call a line of its own.
func reformat(text []byte) ([]byte, error) {
	text = bytes.Replace(text, []byte("\npackage "), []byte("\n// More lines.\n//\n// Even more.\npackage "), 1)
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ParseComments)
	if err != nil || ast.IsGenerated(f) {
		return text, err
	}
	var breaks []int
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 || call.Ellipsis.IsValid() {
			return true
		}
		for _, arg := range call.Args {
			breaks = append(breaks, fset.Position(arg.Pos()).Offset)
		}
		return true
	})
	slices.Sort(breaks)
	for _, at := range slices.Backward(slices.Compact(breaks)) {
		text = slices.Insert(text, at, '\n')
	}
	if text, err = format.Source(text); err != nil {
		return nil, err
	}
	fset = token.NewFileSet()
	if f, err = parser.ParseFile(fset, "", text, parser.ParseComments); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = (&printer.Config{Mode: printer.UseSpaces, Tabwidth: 2}).Fprint(&out, fset, f)
	return out.Bytes(), err
}
