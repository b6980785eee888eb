package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoadLayouts(t *testing.T) {
	const lib = "package lib\n\nfunc F() string { return \"x\" }\n"
	tests := []struct {
		name, tree, dir string
		packages        []string
		units           []string
	}{
		{
			name: "one go.mod; tests, testdata, vendor and hidden folders do not count",
			tree: `
-- go.mod --
module example.com/shop
go 1.21
-- main.go --
package main
import "example.com/shop/lib"
func main() { println(lib.F()) }
-- main_test.go --
package main
import "does/not/exist"
-- lib/lib.go --
` + lib + `
-- testdata/x/x.go --
package x
-- node_modules/y/y.go --
package y
-- .hidden/z.go --
package z
-- _old/z.go --
package z
`,
			packages: []string{". example.com/shop", "lib example.com/shop/lib"},
			units:    []string{"."},
		},
		{
			name: "a go.work is one unit, and its members see each other",
			tree: `
-- go.work --
go 1.21
use (
	./a
	./b
)
-- a/go.mod --
module example.com/a
go 1.21
-- a/a.go --
package a
import "example.com/b"
func A() string { return b.F() }
-- b/go.mod --
module example.com/b
go 1.21
-- b/b.go --
package b
func F() string { return "" }
-- alone/go.mod --
module example.com/alone
go 1.21
-- alone/alone.go --
package alone
`,
			packages: []string{"a example.com/a", "alone example.com/alone", "b example.com/b"},
			units:    []string{".#work", "alone"},
		},
		{
			name: "several go.mod without go.work; a local replace is followed once",
			tree: `
-- a/go.mod --
module example.com/a
go 1.21
require example.com/common v0.0.0
replace example.com/common => ../common
-- a/a.go --
package a
import "example.com/common"
func A() string { return common.F() }
-- b/go.mod --
module example.com/b
go 1.21
require example.com/common v0.0.0
replace example.com/common => ../common
-- b/b.go --
package b
import "example.com/common"
func B() string { return common.F() }
-- common/go.mod --
module example.com/common
go 1.21
-- common/common.go --
package common
func F() string { return "" }
`,
			packages: []string{"a example.com/a", "b example.com/b", "common example.com/common"},
			units:    []string{"a", "b", "common"},
		},
		{
			name: "equal module paths stay apart",
			tree: `
-- a/go.mod --
module service
go 1.21
-- a/main.go --
package main
import "service/lib"
func main() { lib.F() }
-- a/lib/lib.go --
package lib
func F() {}
-- b/go.mod --
module service
go 1.21
-- b/main.go --
package main
import "service/lib"
func main() { lib.G() }
-- b/lib/lib.go --
package lib
func G() {}
`,
			packages: []string{"a service", "a/lib service/lib", "b service", "b/lib service/lib"},
			units:    []string{"a", "b"},
		},
		{
			name: "a vendor folder is used and is not own code",
			tree: `
-- go.mod --
module example.com/shop
go 1.21
require example.org/dep v1.0.0
-- main.go --
package main
import "example.org/dep"
func main() { dep.Do() }
-- vendor/modules.txt --
# example.org/dep v1.0.0
## explicit; go 1.21
example.org/dep
-- vendor/example.org/dep/dep.go --
package dep
import "os"
func Do() { os.Exit(1) }
`,
			packages: []string{". example.com/shop"},
			units:    []string{"."},
		},
		{
			name: "a folder inside a module: it and what it imports of the repository",
			dir:  "services/a",
			tree: `
-- go.mod --
module example.com/shop
go 1.21
-- services/a/main.go --
package main
import "example.com/shop/lib"
func main() { lib.F() }
-- services/b/main.go --
package main
func main() {}
-- lib/lib.go --
` + lib,
			packages: []string{"lib example.com/shop/lib", "services/a example.com/shop/services/a"},
			units:    []string{"."},
		},
		{
			name: "the analysed folder may be called testdata",
			dir:  "testdata/shop",
			tree: `
-- go.mod --
module example.com/tool
go 1.21
-- tool.go --
package tool
-- testdata/shop/go.mod --
module example.com/shop
go 1.21
-- testdata/shop/main.go --
package main
func main() {}
`,
			packages: []string{"testdata/shop example.com/shop"},
			units:    []string{"testdata/shop"},
		},
		{
			name: "a module without Go files besides one with",
			tree: `
-- a/go.mod --
module example.com/a
go 1.21
-- a/a.go --
package a
-- tools/go.mod --
module example.com/tools
go 1.21
-- tools/x_test.go --
package tools
`,
			packages: []string{"a example.com/a"},
			units:    []string{"a", "tools"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := load(t, filepath.Join(writeTree(t, test.tree), filepath.FromSlash(test.dir)))
			wantLines(t, "packages", l.packages, test.packages...)
			var units []string
			for _, u := range l.w.Units() {
				units = append(units, u.ID)
			}
			wantLines(t, "units", units, test.units...)
			if p := l.problems(); p != "" {
				t.Errorf("problems:\n%s", p)
			}
			if l.cov.Analysed != len(test.packages) || l.cov.Packages != len(test.packages) {
				t.Errorf("coverage %d of %d, want %d", l.cov.Analysed, l.cov.Packages, len(test.packages))
			}
		})
	}
}

func TestSharedPackageIsInBothUnits(t *testing.T) {
	l := load(t, writeTree(t, `
-- a/go.mod --
module example.com/a
go 1.21
require example.com/common v0.0.0
replace example.com/common => ../common
-- a/a.go --
package a
import _ "example.com/common"
-- common/go.mod --
module example.com/common
go 1.21
-- common/common.go --
package common
`))
	id := l.ids["common"]
	for _, u := range l.w.Units() {
		if !contains(u.Packages, id) {
			t.Errorf("unit %s lacks common: %v", u.ID, u.Packages)
		}
	}
}

func TestIDFollowsContent(t *testing.T) {
	root := writeTree(t, `
-- go.mod --
module example.com/a
go 1.21
-- a.go --
package a
import _ "example.com/a/b"
-- b/b.go --
package b
-- c/c.go --
package c
`)
	before := load(t, root).ids
	if err := os.WriteFile(filepath.Join(root, "b/b.go"), []byte("package b\n\nvar X int\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	after := load(t, root).ids
	for dir, changed := range map[string]bool{".": true, "b": true, "c": false} {
		if (before[dir] != after[dir]) != changed {
			t.Errorf("%s: changed is %v, want %v", dir, !changed, changed)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	open := func(dir string) error {
		_, err := Open(context.Background(), dir, Options{Env: testEnv()})
		if err == nil || !strings.Contains(err.Error(), filepath.Base(dir)) {
			t.Fatalf("error %v does not name %s", err, dir)
		}
		return err
	}
	if err := open(writeTree(t, "-- go.mod --\nmodule m\n-- x_test.go --\npackage m\n")); !errors.Is(err, ErrNoGoFiles) {
		t.Errorf("no Go files: %v", err)
	}
	if err := open(writeTree(t, "-- x.go --\npackage m\n")); !strings.Contains(err.Error(), "go mod init") {
		t.Errorf("no go.mod: %v", err)
	}
	open(filepath.Join(t.TempDir(), "missing"))
	open(filepath.Join(writeTree(t, "-- x.go --\npackage m\n"), "x.go"))
}

func TestUnreadableFolder(t *testing.T) {
	root := writeTree(t, `
-- go.mod --
module example.com/a
go 1.21
-- a.go --
package a
func A() {}
-- secret/secret.go --
package secret
`)
	if err := os.Chmod(filepath.Join(root, "secret"), 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Join(root, "secret"), 0o755)
	if _, err := os.ReadDir(filepath.Join(root, "secret")); err == nil {
		t.Skip("this user can read everything")
	}
	l := load(t, root)
	wantLines(t, "functions", l.funcs["."], "A")
	if !strings.Contains(l.problems(), "secret: cannot be read") {
		t.Errorf("problems:\n%s", l.problems())
	}
}

func TestCancel(t *testing.T) {
	root := writeTree(t, "-- go.mod --\nmodule m\ngo 1.21\n-- a.go --\npackage m\nimport _ \"net/http\"\n-- b/b.go --\npackage b\nimport \"net/http\"\nvar C http.Client\n")
	w, err := Open(context.Background(), root, Options{Env: testEnv()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.Load(ctx, func(*Package) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
	stop := errors.New("stop")
	if _, err := w.Load(context.Background(), func(*Package) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want that of visit", err)
	}
}

func TestVisitAfterImports(t *testing.T) {
	var tree strings.Builder
	tree.WriteString("-- go.mod --\nmodule m\ngo 1.21\n")
	for i := range 40 {
		fmt.Fprintf(&tree, "-- p%d/p.go --\npackage p%d\n", i, i)
		if i > 0 {
			fmt.Fprintf(&tree, "import (\"m/p%d\"; \"m/p%d\")\nfunc F() { p%d.F(); _ = p%d.F }\n", i-1, i/2, i-1, i/2)
		} else {
			tree.WriteString("func F() {}\n")
		}
	}
	text := strings.ReplaceAll(tree.String(), "import (\"m/p0\"; \"m/p0\")", "import \"m/p0\"")
	l := load(t, writeTree(t, strings.ReplaceAll(text, "import (\"m/p1\"; \"m/p1\")", "import \"m/p1\"")))
	if l.cov.Analysed != 40 {
		t.Errorf("analysed %d of 40:\n%s", l.cov.Analysed, l.problems())
	}
}

// A generated file of 50 MB, most of it message methods and a descriptor, loads in seconds.
func TestHugeGeneratedFile(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 50 MB")
	}
	var b strings.Builder
	b.WriteString("// Code generated by protoc-gen-gogo. DO NOT EDIT.\npackage pb\n\nimport \"fmt\"\n\nvar fileDescriptor = []byte{\n")
	for b.Len() < 15<<20 {
		b.WriteString("\t0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xe2, 0x2a,\n")
	}
	b.WriteString("}\n\nconst raw = \"\" +\n")
	for b.Len() < 25<<20 {
		b.WriteString("\t\"\\n\\x0fhello/world.proto\\x12\\x05hello\\\"\\x1c\" +\n")
	}
	b.WriteString("\t\"\"\n\n")
	for i := 0; b.Len() < 50<<20; i++ {
		fmt.Fprintf(&b, "type M%d struct{ A, B string }\n\nfunc (m *M%d) String() string { return fmt.Sprint(m.A) }\n"+
			"func (m *M%d) Marshal() ([]byte, error) {\n%s\treturn nil, nil\n}\n", i, i, i,
			strings.Repeat("\tif m.A != \"\" {\n\t\tfmt.Println(m.A, \"}\")\n\t}\n", 200))
	}
	b.WriteString("func Kept() {}\n")
	root := writeTree(t, "-- go.mod --\nmodule m\ngo 1.21\n-- main.go --\npackage main\n\nfunc main() {}\n")
	if err := os.MkdirAll(filepath.Join(root, "pb"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "pb/pb.go"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	l := load(t, root)
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("took %v", d)
	}
	wantLines(t, "functions", l.funcs["pb"], "Kept")
	if p := l.problems(); p != "" {
		t.Error(p)
	}
}

func TestTooLargeFile(t *testing.T) {
	root := writeTree(t, "-- go.mod --\nmodule m\ngo 1.21\n-- a.go --\npackage m\nfunc A() {}\n-- big.go --\npackage m\n")
	f, err := os.OpenFile(filepath.Join(root, "big.go"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Repeat("/", 1<<20) + "\n"
	for range 65 {
		if _, err := f.WriteString(line); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	l := load(t, root)
	wantLines(t, "functions", l.funcs["."], "A")
	if !strings.Contains(l.problems(), "big.go: m: is 65 MB large") {
		t.Errorf("problems:\n%s", l.problems())
	}
}
