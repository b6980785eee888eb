package workspace

import (
	"strings"
	"testing"
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
			name: "a type error costs its function only",
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
			dir: ".", funcs: []string{"AlsoFine", "Fine"}, packages: 1,
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
			also:    "go mod tidy", dir: ".", funcs: []string{"Fine"}, packages: 2,
		},
		{
			name: "cgo is not run: what uses C is left out",
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
			dir: ".", funcs: []string{"Fine"}, packages: 1,
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
			problem: "a", also: "import cycle: example.com/m/a", dir: "c", funcs: []string{"C"}, packages: 3,
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
