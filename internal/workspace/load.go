package workspace

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"sort"
	"strings"
	"sync"

	"golang.org/x/tools/go/ssa"
)

// A Package is one of the repository's own packages, or of a first-party module (Outside), as a visitor sees it. Files, Info
// and the bodies in SSA are let go when the visitor returns: keep nothing that points into them.
type Package struct {
	Unit       *Unit  // the first unit it is in; Unit.Packages of others may name it too
	ID         string // hash of its content and of its dependencies' identities, the same on every machine
	Path       string // import path; not unique when modules of one path occur twice
	Name       string
	Dir        string // relative to the repository root; module@version/dir when it lies outside
	Module     string // path of its module
	Outside    bool   // of a first-party module: a dependency that is read in full
	Imports    []string
	EmbedFiles []string // relative to the repository root
	Fset       *token.FileSet
	Files      []*ast.File // with comments, without tests
	Types      *types.Package
	Info       *types.Info
	SSA        *ssa.Package // nil when the package has errors that SSA cannot be built with
	Errors     []Problem    // what of it is not analysed
}

type nodeState int

const (
	fresh nodeState = iota
	surveyed
	checked
	sealed // others can be built against it
)

// Load lists and type-checks the workspace, and hands each own package to visit: once, after its imports, and from several
// goroutines at a time. An error from visit, or of ctx, ends it. What could not be analysed is in the Coverage and is not
// an error.
func (w *Workspace) Load(ctx context.Context, visit func(*Package) error) (*Coverage, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cov := &Coverage{Problems: append([]Problem(nil), w.problems...)}
	g, err := w.list(ctx, cov)
	if err != nil {
		return nil, err
	}
	s := newScheduler(w, g, visit)
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	cov.Notes = append(cov.Notes, g.firstPartyNotes()...)
	w.apis = g.apis()
	for _, n := range g.own {
		if n.outside {
			continue // what does not compile there is not for this repository to mend
		}
		cov.Packages++
		if n.ssa != nil {
			cov.Analysed++
			if len(n.problems) > 0 || n.cyclic {
				cov.Partial++
			}
		}
		cov.Problems = append(cov.Problems, n.problems...)
	}
	cov.Problems = sortProblems(cov.Problems)
	sort.Strings(cov.Notes)
	for _, n := range g.nodes {
		n.letGo()
	}
	w.graph = g
	return cov, nil
}

// list finds the packages of every unit, a few at a time, and makes the graph. The graph is made in unit order, whichever
// listing comes first.
func (w *Workspace) list(ctx context.Context, cov *Coverage) (*graph, error) {
	type result struct {
		lists    []*listing
		notes    []string
		problems []Problem
	}
	results := make([]result, len(w.units))
	sem := make(chan struct{}, w.workers())
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for i, u := range w.units {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sem <- struct{}{}
			defer func() { <-sem }()
			if ctx.Err() != nil {
				return
			}
			r := &results[i]
			r.lists, r.notes, r.problems = w.listUnit(ctx, u)
			mu.Lock()
			defer mu.Unlock()
			done++
			w.progress("list", done, len(w.units))
		}()
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	g := &graph{w: w, nodes: map[string]*node{}}
	for i, u := range w.units {
		u.Packages = nil
		cov.Notes = append(cov.Notes, results[i].notes...)
		cov.Problems = append(cov.Problems, results[i].problems...)
		for _, l := range results[i].lists {
			g.add(u, l)
			cov.Problems = append(cov.Problems, w.listedProblems(l)...)
		}
	}
	sort.Slice(g.own, func(i, j int) bool {
		a, b := g.own[i], g.own[j]
		if a.meta.Dir != b.meta.Dir {
			return a.meta.Dir < b.meta.Dir
		}
		return a.id < b.id
	})
	return g, nil
}

// listedProblems are what go list says about own packages, and about those they import and it cannot find. Errors in the
// files themselves are left to the parser, which has the better position.
func (w *Workspace) listedProblems(l *listing) []Problem {
	var out []Problem
	// What an own package imports in vain is reported where it is imported.
	reported := map[string]bool{}
	for _, p := range l.packages {
		if w.isOwn(p) && len(p.GoFiles)+len(p.CgoFiles) > 0 {
			for _, path := range p.Imports {
				reported[path] = true
			}
		}
	}
	for _, p := range l.packages {
		if p.Error == nil || p.Standard || reported[p.ImportPath] && len(p.GoFiles)+len(p.CgoFiles) == 0 {
			continue
		}
		pr := Problem{Package: p.ImportPath, Msg: w.plain(p.Error.Err)}
		pr.File, pr.Line = w.listPos(l.dir, p.Error.Pos)
		if within(w.root, p.Dir) && p.Dir != "" && pr.File == "" {
			pr.File = w.Rel(p.Dir)
		}
		own := w.isOwn(p)
		switch msg := p.Error.Err; {
		case strings.Contains(msg, "import cycle not allowed"):
			pr.Msg = "import cycle: " + strings.Join(p.Error.ImportStack, " -> ")
			pr.Hint = "break the cycle; the packages in it are analysed as far as their types are known"
		case strings.Contains(msg, "build constraints exclude all Go files"), strings.Contains(msg, "no non-test Go files"), strings.Contains(msg, "no Go files in"):
			continue
		case own && len(p.GoFiles)+len(p.CgoFiles) > 0 && len(p.Error.ImportStack) == 0:
			continue
		case strings.Contains(msg, "use of internal package"), strings.Contains(msg, "is a program, not an importable package"):
			pr.Hint = "the go command rejects this import; it was followed all the same"
		case strings.Contains(msg, "expected ") || strings.Contains(msg, "found packages"):
			pr.Hint = "correct the syntax"
		case strings.Contains(msg, "permission denied"):
			pr.Hint = "make it readable, or leave it out"
		default:
			pr.Hint = "make the module available (\"go mod tidy\", \"go mod download\", GOPRIVATE, or generate the code); what uses it is not analysed"
		}
		out = append(out, pr)
	}
	return out
}

// listPos reads go list's "path:line:col", relative to the folder it ran in.
func (w *Workspace) listPos(dir, pos string) (string, int) {
	file, rest, ok := strings.Cut(pos, ".go:")
	if !ok {
		return "", 0
	}
	file += ".go"
	line := 0
	fmt.Sscan(strings.SplitN(rest, ":", 2)[0], &line)
	if !strings.HasPrefix(file, "/") {
		file = joinRel(w.Rel(dir), strings.TrimPrefix(file, "./"))
	}
	return cleanRel(w.Rel(file)), line
}

func (w *Workspace) workers() int {
	if w.opts.Workers > 0 {
		return w.opts.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (w *Workspace) progress(stage string, done, total int) {
	if w.opts.Progress != nil {
		w.opts.Progress(stage, done, total)
	}
}
