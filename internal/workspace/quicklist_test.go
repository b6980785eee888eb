package workspace

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What quickList finds is what go list says, to the last file of the last dependency. CORPUS=dir holds more repositories.
func TestQuickListSaysWhatGoListSays(t *testing.T) {
	dirs := []string{"../..", "../../testdata/shop", "../../testdata/tidy"}
	if corpus := os.Getenv("CORPUS"); corpus != "" {
		more, _ := filepath.Glob(filepath.Join(corpus, "*"))
		dirs = append(dirs, more...)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			w, err := Open(context.Background(), dir, Options{})
			if err != nil {
				t.Skip(err)
			}
			quick := 0
			for _, u := range w.units {
				if u.work {
					continue
				}
				patterns := w.readable(u.listDir, u.patterns)
				got := w.quickList(context.Background(), u, patterns)
				if got == nil {
					t.Logf("%s is left to go list", u.ID)
					continue
				}
				quick++
				want := &listing{dir: u.listDir, work: "off", flags: []string{"-mod=readonly"}, patterns: patterns}
				want.run(context.Background(), w.env)
				compareListings(t, got, want)
			}
			if quick == 0 && strings.HasPrefix(dir, "../..") {
				t.Error("nothing was found without go list")
			}
		})
	}
}

func compareListings(t *testing.T, got, want *listing) {
	t.Helper()
	spell := func(l *listing) map[string]string {
		out := map[string]string{}
		for _, p := range l.packages {
			// Of packages that are not built, tests alone, and of what the standard library embeds nothing is read. A
			// dependency of the linker (runtime, for main) is no import.
			if len(p.GoFiles)+len(p.CgoFiles) == 0 || p.ImportPath == "unsafe" {
				continue
			}
			c := *p
			if c.Standard {
				c.EmbedFiles = nil
			}
			c.Imports = slices.Sorted(slices.Values(c.Imports))
			b, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			out[p.ImportPath] = string(b)
		}
		return out
	}
	have, say := spell(got), spell(want)
	for path, p := range have {
		if say[path] != p {
			t.Errorf("%s: got\n%s\nwant\n%s", path, p, cmp.Or(say[path], "nothing"))
		}
	}
	needed := map[string]bool{}
	var need func(path string)
	byPath := map[string]*listedPackage{}
	for _, p := range want.packages {
		byPath[p.ImportPath] = p
	}
	need = func(path string) {
		if p := byPath[path]; p != nil && !needed[path] {
			needed[path] = true
			for _, imp := range p.Imports {
				need(imp)
			}
		}
	}
	for _, p := range want.packages {
		if !p.DepOnly {
			need(p.ImportPath)
		}
	}
	for path, p := range say {
		if have[path] == "" && needed[path] {
			t.Errorf("%s was not found, want\n%s", path, p)
		}
	}
}

// Trees in which all is in order, and what is found, and trees that are left to go list, because it has something to say.
func TestQuickList(t *testing.T) {
	const app = "\n-- go.mod --\nmodule example.com/app\ngo 1.21\n"
	const lib = "\n-- go.mod --\nmodule example.com/app\ngo 1.21\nrequire example.com/lib v1.0.0\nreplace example.com/lib => ./lib\n-- lib/go.mod --\nmodule example.com/lib\ngo 1.20\n"
	for _, test := range []struct {
		name, tree string
		want       string // own packages and those of other modules; "" where it is left to go list
	}{
		{"a module", app + "-- main.go --\npackage main\nimport \"example.com/app/a\"\nfunc main() { a.F() }\n-- a/a.go --\npackage a\nimport \"os\"\nfunc F() { os.Exit(1) }\n",
			"example.com/app: main.go; example.com/app/a: a.go"},
		{"folders that ./... does not mean", app + "-- a.go --\npackage app\n-- testdata/a.go --\npackage a\n-- _b/b.go --\npackage b\n-- .c/c.go --\npackage c\n-- d/d_test.go --\npackage d\n-- e/go.mod --\nmodule e\n-- e/e.go --\npackage e\n",
			"example.com/app: a.go"},
		{"files for other systems", app + "-- a.go --\npackage app\n-- a_plan9.go --\npackage app\n-- b.go --\n//go:build ignore\n\npackage main\n-- c.go --\n//go:build go1.21\n\npackage app\n",
			"example.com/app: a.go c.go"},
		{"a module in a folder", lib + "-- a.go --\npackage app\nimport _ \"example.com/lib/b\"\n-- lib/b/b.go --\npackage b\n",
			"example.com/app: a.go; example.com/lib/b: b.go (example.com/lib v1.0.0 go 1.20)"},
		{"embedded files", app + "-- a.go --\npackage app\nimport _ \"embed\"\n//go:embed *.sql all:d e\nvar x string\n-- a.sql --\n-- d/.x --\n-- d/y --\n-- e/.x --\n-- e/y --\n-- e/f/z --\n",
			"example.com/app: a.go embeds a.sql d/.x d/y e/f/z e/y"},
		{"embedded files of a module in a folder", lib + "-- a.go --\npackage app\nimport _ \"example.com/lib\"\n-- lib/l.go --\npackage lib\nimport _ \"embed\"\n//go:embed *.sql\nvar x string\n-- lib/a.sql --\n",
			"example.com/app: a.go; example.com/lib: l.go embeds a.sql (example.com/lib v1.0.0 go 1.20)"},
		{"an import that leads nowhere", app + "-- a.go --\npackage app\nimport _ \"example.com/nowhere\"\n", ""},
		{"a module that is not in the cache", app + "require example.com/nowhere v1.0.0\n-- a.go --\npackage app\n", ""},
		{"a go.mod that says too little", app + "require (\n\texample.com/lib v1.0.0\n\texample.com/deep v1.0.0\n)\nreplace example.com/lib => ./lib\nreplace example.com/deep => ./deep\n-- lib/go.mod --\nmodule example.com/lib\nrequire example.com/deep v1.1.0\n-- deep/go.mod --\nmodule example.com/deep\n-- a.go --\npackage app\n", ""},
		{"two modules with one package", app + "require (\n\texample.com/lib v1.0.0\n\texample.com/lib/b v1.0.0\n)\nreplace example.com/lib => ./lib\nreplace example.com/lib/b => ./b\n-- lib/go.mod --\nmodule example.com/lib\n-- lib/b/b.go --\npackage b\n-- b/go.mod --\nmodule example.com/lib/b\n-- b/b.go --\npackage b\n-- a.go --\npackage app\nimport _ \"example.com/lib/b\"\n", ""},
		{"an import cycle", app + "-- a/a.go --\npackage a\nimport _ \"example.com/app/b\"\n-- b/b.go --\npackage b\nimport _ \"example.com/app/a\"\n", ""},
		{"somebody's internal package", lib + "-- a.go --\npackage app\nimport _ \"example.com/lib/internal/b\"\n-- lib/internal/b/b.go --\npackage b\n", ""},
		{"an internal package of the standard library", app + "-- a.go --\npackage app\nimport _ \"internal/abi\"\n", ""},
		{"its own internal package", app + "-- a.go --\npackage app\nimport _ \"example.com/app/internal/b\"\n-- internal/b/b.go --\npackage b\n",
			"example.com/app: a.go; example.com/app/internal/b: b.go"},
		{"an import of a program", app + "-- a.go --\npackage app\nimport _ \"example.com/app/cmd\"\n-- cmd/main.go --\npackage main\n", ""},
		{"imports that cannot be read", app + "-- a.go --\npackage app\nimport {\n", ""},
		{"two packages in a folder", app + "-- a.go --\npackage app\n-- b.go --\npackage b\n", ""},
		{"an old go.mod", "\n-- go.mod --\nmodule example.com/app\ngo 1.16\n-- a.go --\npackage app\n", ""},
		{"a module that asks for a newer Go", app + "require example.com/lib v1.0.0\nreplace example.com/lib => ./lib\n-- lib/go.mod --\nmodule example.com/lib\ngo 1.22\n-- a.go --\npackage app\n", ""},
		{"a go.mod for a Go that is not installed", "\n-- go.mod --\nmodule example.com/app\ngo 1.999\n-- a.go --\npackage app\n", ""},
		{"a vendor folder", app + "-- a.go --\npackage app\n-- vendor/modules.txt --\n", ""},
		{"a go.mod that cannot be read", "\n-- go.mod --\nmodule\n-- a.go --\npackage app\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, err := Open(context.Background(), writeTree(t, test.tree), Options{Env: testEnv()})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, u := range w.units {
				if u.Dir != "." {
					continue
				}
				if l := w.quickList(context.Background(), u, u.patterns); l != nil {
					got = spellListing(l)
				}
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func spellListing(l *listing) string {
	var out []string
	for _, p := range l.packages {
		if p.Standard {
			continue
		}
		s := p.ImportPath + ": " + strings.Join(p.GoFiles, " ")
		if len(p.EmbedFiles) > 0 {
			s += " embeds " + strings.Join(p.EmbedFiles, " ")
		}
		if p.Module.Version != "" {
			s += " (" + p.Module.Path + " " + p.Module.Version + " go " + p.Module.GoVersion + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}
