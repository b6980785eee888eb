package workspace

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"
)

// writeTree writes the files of a txtar text to a new folder, with an empty .git so that it is a repository of its own.
func writeTree(t testing.TB, text string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(text)).Files {
		name := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// hashTree hashes names, modes and contents, so that a test can say that nothing was written.
func hashTree(t testing.TB, root string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return nil //nolint:nilerr // what cannot be read cannot have been changed
		}
		fmt.Fprintln(h, path, info.Mode())
		if info.Mode().IsRegular() {
			b, _ := os.ReadFile(path)
			h.Write(b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// loaded is what a visitor saw, in a form that is easy to compare.
type loaded struct {
	w        *Workspace
	cov      *Coverage
	packages []string            // "dir path", sorted
	funcs    map[string][]string // dir -> functions that have a body in SSA, sorted
	ids      map[string]string
}

// testEnv keeps tests from the network: everything they load stands in the tree or in the standard library.
func testEnv() []string {
	return append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "CGO_ENABLED=1", "GONOSUMDB=*", "GONOSUMCHECK=1", "GOWORK=")
}

func load(t testing.TB, dir string) *loaded {
	t.Helper()
	w, err := Open(context.Background(), dir, Options{Env: testEnv()})
	if err != nil {
		t.Fatal(err)
	}
	before := hashTree(t, w.Root())
	l := &loaded{w: w, funcs: map[string][]string{}, ids: map[string]string{}}
	var mu sync.Mutex
	l.cov, err = w.Load(context.Background(), func(p *Package) error {
		mu.Lock()
		defer mu.Unlock()
		l.packages = append(l.packages, p.Dir+" "+p.Path)
		l.ids[p.Dir] = p.ID
		if p.SSA != nil {
			for name, m := range p.SSA.Members {
				if f := p.SSA.Func(name); f != nil && len(f.Blocks) > 0 && m.Name() != "init" {
					l.funcs[p.Dir] = append(l.funcs[p.Dir], name)
				}
			}
			sort.Strings(l.funcs[p.Dir])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(l.packages)
	if after := hashTree(t, w.Root()); after != before {
		t.Error("loading changed the analysed tree")
	}
	return l
}

func (l *loaded) problems() string {
	var b strings.Builder
	for _, p := range l.cov.Problems {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\ngot\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
