package workspace

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// Each case has something broken: what is said about it, and what is analysed all the same.
func TestLoadProblems(t *testing.T) {
	tests := []struct {
		name, tree string
		problem    string   // prefix of one problem line
		also       string   // substring of the problem lines
		dir        string   // of the functions
		funcs      []string // with a body
		packages   int
		partial    int
	}{
		{
			name: "syntax error",
			tree: `
-- go.mod --
module example.com/a
go 1.21
-- a/a.go --
package a

func Broken() { if }

func Fine() {}
-- b/b.go --
package b
func B() {}
`,
			problem: "a/a.go:3: example.com/a/a: syntax error at column ", also: "correct the syntax",
			dir: "b", funcs: []string{"B"}, packages: 2,
		},
		{
			name: "a syntax error costs its function only",
			tree: `
-- go.mod --
module example.com/a
go 1.21
-- a/a.go --
package a

func Broken() { if }

func Fine() {}

func Unclosed() {
	if true {
		Fine()
}

func Next() {}

var V = []int{1, 2

func Last() {}
-- a/b.go --
package a

func Beside() { Broken(); Unclosed() }
`,
			problem: "a/a.go:3: example.com/a/a: syntax error at column ", also: "correct the syntax",
			dir: "a", funcs: []string{"Beside", "Fine", "Last", "Next"}, packages: 1, partial: 1,
		},
		{
			name: "a type error costs its statement only",
			tree: `
-- go.mod --
module example.com/a
go 1.21
-- a.go --
package a

func Fine() int { return 1 }

func Broken() int { return "x" + 1 }

var V = undefined()

func UsesV() any { return V }

func AlsoFine() int { return Broken() }
`,
			problem: "a.go:7: example.com/a: column 9: undefined: undefined", also: "make it compile",
			dir: ".", funcs: []string{"AlsoFine", "Broken", "Fine", "UsesV"}, packages: 1,
		},
		{
			name: "missing module",
			tree: `
-- go.mod --
module example.com/a
go 1.21
-- a.go --
package a

import "example.com/nowhere/dep"

var client = dep.New()

type T struct{ c *dep.Client }

func (t *T) Call() { t.c.Call() }

func Uses() { dep.Do() }

func Fine() {}
-- b/b.go --
package b
func B() {}
`,
			problem: "a.go:3: example.com/a: column 8: imports example.com/nowhere/dep, which was not found",
			also:    "go mod tidy", dir: ".", funcs: []string{"Fine", "Uses"}, packages: 2,
		},
		{
			name: "cgo is not run: statements that use C are left out",
			tree: `
-- go.mod --
module example.com/a
go 1.21
-- a.go --
package a

// int f(void);
import "C"

func Uses() int { return int(C.f()) }

func Fine() { Uses() }
`,
			dir: ".", funcs: []string{"Fine", "Uses"}, packages: 1,
		},
		{
			name: "import cycle",
			tree: `
-- go.mod --
module example.com/m
go 1.21
-- a/a.go --
package a
import "example.com/m/b"
func A() { b.B() }
func Fine() {}
-- b/b.go --
package b
import "example.com/m/a"
func B() { a.A() }
-- c/c.go --
package c
func C() {}
`,
			problem: "a", also: "import cycle: example.com/m/a", dir: "c", funcs: []string{"C"}, packages: 3, partial: 1,
		},
		{
			name: "broken go.mod",
			tree: `
-- a/go.mod --
module example.com/a
go 1.21
requires nothing
-- a/a.go --
package a
-- b/go.mod --
module example.com/b
go 1.21
-- b/b.go --
package b
func B() {}
`,
			problem: "a/go.mod:3: example.com/a: unknown directive: requires", also: "correct the file",
			dir: "b", funcs: []string{"B"}, packages: 1,
		},
		{
			name: "newer Go than installed",
			tree: `
-- a/go.mod --
module example.com/a
go 1.999
-- a/a.go --
package a
-- b/go.mod --
module example.com/b
go 1.21
-- b/b.go --
package b
func B() {}
`,
			problem: "a/go.mod: example.com/a: go.mod requires go >= 1.999", also: "install that Go version",
			dir: "b", funcs: []string{"B"}, packages: 1,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := load(t, writeTree(t, test.tree))
			lines := l.problems()
			if !strings.Contains("\n"+lines, "\n"+test.problem) || !strings.Contains(lines, test.also) {
				t.Errorf("problems:\n%swant %q with %q", lines, test.problem, test.also)
			}
			wantLines(t, "functions of "+test.dir, l.funcs[test.dir], test.funcs...)
			if l.cov.Packages != test.packages {
				t.Errorf("%d packages, want %d", l.cov.Packages, test.packages)
			}
			if test.partial > 0 && l.cov.Partial != test.partial {
				t.Errorf("%d packages partly read, want %d", l.cov.Partial, test.partial)
			}
		})
	}
}

// A go.sum that lacks entries, and a go.mod that lacks a requirement on a module of the same repository, are completed in
// a copy. load fails the test if the tree changes.
func TestOutdatedModuleFiles(t *testing.T) {
	l := load(t, writeTree(t, `
-- a/go.mod --
module example.com/a
go 1.21
-- a/a.go --
package a
import "example.com/common"
func A() string { return common.F() }
-- common/go.mod --
module example.com/common
go 1.21
-- common/common.go --
package common
func F() string { return "" }
`))
	wantLines(t, "functions", l.funcs["a"], "A")
	if p := l.problems(); p != "" {
		t.Errorf("problems:\n%s", p)
	}
	if len(l.cov.Notes) != 1 || !strings.Contains(l.cov.Notes[0], "a/go.mod: go.mod or go.sum is out of date") {
		t.Errorf("notes: %q", l.cov.Notes)
	}
}

func TestInconsistentVendoring(t *testing.T) {
	l := load(t, writeTree(t, `
-- go.mod --
module example.com/a
go 1.21
require example.com/common v0.0.0
replace example.com/common => ./common
-- a.go --
package a
import "example.com/common"
func A() string { return common.F() }
-- common/go.mod --
module example.com/common
go 1.21
-- common/common.go --
package common
func F() string { return "" }
-- vendor/modules.txt --
# example.com/other v1.0.0
## explicit
`))
	wantLines(t, "functions", l.funcs["."], "A")
	if len(l.cov.Notes) != 1 {
		t.Errorf("notes: %q", l.cov.Notes)
	}
}

func TestBrokenWorkFile(t *testing.T) {
	l := load(t, writeTree(t, `
-- go.work --
go 1.21
use ./a
uses ./b
-- a/go.mod --
module example.com/a
go 1.21
-- a/a.go --
package a
func A() {}
`))
	wantLines(t, "functions", l.funcs["a"], "A")
	if !strings.HasPrefix(l.problems(), "go.work:3: unknown directive: uses") {
		t.Errorf("problems:\n%s", l.problems())
	}
}

// At a folder it may not read the go command gives up on the whole pattern, so the packages beside it are named one by one.
// (Root may read everything: the folder is made unreadable in the Workspace.)
func TestPatternsBesideUnreadableFolder(t *testing.T) {
	root := writeTree(t, `
-- go.mod --
module example.com/a
go 1.21
-- a/a.go --
package a
-- secret/s.go --
package secret
-- z/z.go --
package z
-- nested/go.mod --
module example.com/nested
go 1.21
-- nested/n/n.go --
package n
`)
	w, err := Open(t.Context(), root, Options{Env: testEnv()})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, "patterns", w.readable(root, []string{"./..."}), "./...")
	w.unreadable = []string{root + "/secret/deep"}
	wantLines(t, "patterns beside it", w.readable(root, []string{"./..."}), "./a", "./secret", "./z")
	wantLines(t, "patterns elsewhere", w.readable(root, []string{"./a/...", "./secret/..."}), "./a/...", "./secret")
	wantLines(t, "patterns of another module", w.readable(root+"/nested", []string{"./..."}), "./...")
}

// Where data and message methods were not what made a file huge, its functions lose their bodies, and that is said.
func TestHugeFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("package big\n\nfunc Generic[T any](t T) T { return t }\n\nfunc init() { println() }\n\n")
	for i := 0; b.Len() < hugeFile+1; i++ {
		fmt.Fprintf(&b, "func F%d(a int) int {\n%s\treturn a\n}\n\n", i, strings.Repeat("\tif a > 1 {\n\t\ta += len(\"}\")\n\t}\n", 1000))
	}
	root := writeTree(t, "-- go.mod --\nmodule example.com/a\ngo 1.21\n-- a/a.go --\npackage a\nimport \"example.com/a/big\"\nfunc A() int { return big.F0(1) }\n-- big/big.go --\n"+b.String())
	l := load(t, root)
	wantLines(t, "functions beside it", l.funcs["a"], "A")
	wantLines(t, "functions in it", l.funcs["big"], "Generic", "init#1")
	if got := l.problems(); got != "big/big.go: example.com/a/big: is 8 MB large; of files over 8 MB only the declarations are read (split it if its functions make calls or touch data)\n" {
		t.Errorf("problems:\n%s", got)
	}
}

func TestQuickGoList(t *testing.T) {
	for _, test := range []struct {
		environ string
		cold    bool
		want    string
	}{
		{"A=b", false, "A=b GOGC=400"},
		{"A=b", true, "A=b GOGC=400 GODEBUG=goindex=0"},
		{"GOGC=50 GODEBUG=x=1", true, "GOGC=50 GODEBUG=x=1,goindex=0"},
		{"GODEBUG=goindex=1", true, "GODEBUG=goindex=1 GOGC=400"},
	} {
		if got := strings.Join(quickGoList(strings.Fields(test.environ), test.cold), " "); got != test.want {
			t.Errorf("quickGoList(%s, %v) = %s, want %s", test.environ, test.cold, got, test.want)
		}
	}
}

// What a function does apart from a module that is missing is analysed.
func TestRepairBody(t *testing.T) {
	root := writeTree(t, `
-- go.mod --
module example.com/a
go 1.21
-- a.go --
package a

import "example.com/nowhere/dep"

func Use(n int) {}

func Serve(n int) (int, error) {
	c, err := dep.New()
	if err != nil {
		Use(0)
		return 0, err
	}
	Use(1)
	defer c.Close()
	run := func() int {
		Use(2)
		c.Call()
		if n > 1 {
			dep.Do()
			Use(3)
		}
		return c.Count()
	}
	switch n {
	case 1:
		Use(4)
		dep.Do()
	case dep.Two:
		Use(5)
	}
	for range n {
		Use(6)
		go dep.Do()
	}
	Use(run())
	return 1, c.Err()
}
`)
	w, err := Open(t.Context(), root, Options{Env: testEnv()})
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	if _, err := w.Load(t.Context(), func(p *Package) error {
		serve := p.SSA.Func("Serve")
		for _, f := range append([]*ssa.Function{serve}, serve.AnonFuncs...) {
			for _, b := range f.Blocks {
				for _, i := range b.Instrs {
					if c, ok := i.(*ssa.Call); ok && c.Call.StaticCallee() == p.SSA.Func("Use") {
						if n, ok := c.Call.Args[0].(*ssa.Const); ok {
							calls = append(calls, "Use("+n.Value.String()+")")
						}
					}
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sort.Strings(calls)
	wantLines(t, "calls", calls, "Use(1)", "Use(2)", "Use(3)", "Use(6)")
}
