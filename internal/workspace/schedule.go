package workspace

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"sync"

	"golang.org/x/tools/go/ssa"
)

// A scheduler brings every node that an own package needs from fresh to sealed:
//
//	survey  read, find out what of the imports is named; comes when all importers have been surveyed
//	check   parse and type-check, when the needs are checked; a dependency's tree dies here
//	create  own packages only: enter them, and what they import, into the shared ssa.Program
//	build   own packages only: build SSA, visit, replace it by one without bodies; the tree dies here
//
// What waits stands on stacks, and what lets go of memory comes first, so few trees are alive. The maps of an ssa.Program
// may be read by many (build and visit) or changed by one (create): creations wait in a list until no reader is active, and
// a worker that finds readers active does something else meanwhile.
type scheduler struct {
	w     *Workspace
	g     *graph
	visit func(*Package) error
	fset  *token.FileSet
	prog  *ssa.Program
	sizes types.Sizes

	mu       sync.Mutex
	cond     *sync.Cond
	survey   []*node
	check    []*node
	build    []*node
	create   []func()
	readers  int
	working  int
	err      error
	checks   int // done
	surveys  int // known
	analysed int
}

func newScheduler(w *Workspace, g *graph, visit func(*Package) error) *scheduler {
	fset := token.NewFileSet()
	s := &scheduler{w: w, g: g, visit: visit, fset: fset, prog: ssa.NewProgram(fset, w.opts.SSAMode),
		sizes: types.SizesFor("gc", w.env.goarch)}
	s.cond = sync.NewCond(&s.mu)
	s.prog.CreatePackage(types.Unsafe, nil, nil, false)
	return s
}

func (s *scheduler) run(ctx context.Context) error {
	for _, n := range s.g.own {
		s.ask(n)
	}
	for _, n := range s.g.wanted() {
		n.asked.all = true
		s.ask(n)
	}
	for _, n := range s.g.nodes {
		for _, m := range n.imports {
			if m != nil {
				m.importers++
			}
		}
	}
	for _, n := range s.g.sorted() {
		if n.importers == 0 {
			s.release(n)
		}
	}
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.fail(ctx.Err())
	})
	defer stop()
	var wg sync.WaitGroup
	for range s.w.workers() {
		wg.Add(1)
		go func() { defer wg.Done(); s.work() }()
	}
	wg.Wait()
	return s.err
}

// ask makes a node one that is needed.
func (s *scheduler) ask(n *node) {
	if n.unbuilt == 0 {
		n.unbuilt = 1
		s.surveys++
	}
}

// release lets a node be surveyed, all of whose importers have been. What nobody needs is passed over.
func (s *scheduler) release(n *node) {
	if n.unbuilt > 0 {
		s.survey = append(s.survey, n)
		return
	}
	s.surveyed(n)
}

// surveyed tells the imports of a node that it asks for nothing more.
func (s *scheduler) surveyed(n *node) {
	for _, path := range sortedPaths(n.imports) {
		if m := n.imports[path]; m != nil {
			if m.importers--; m.importers == 0 {
				s.release(m)
			}
		}
	}
}

func (s *scheduler) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.cond.Broadcast()
}

// work takes the task that lets go of most memory first: build, check, survey.
func (s *scheduler) work() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.err != nil {
			return
		}
		if s.readers == 0 && len(s.create) > 0 {
			todo := s.create
			s.create = nil
			for _, f := range todo {
				f()
			}
			s.cond.Broadcast()
		}
		switch {
		case len(s.build) > 0:
			n := pop(&s.build)
			s.readers++
			s.task(n, s.buildNode)
			s.readers--
		case len(s.check) > 0:
			s.task(pop(&s.check), s.checkNode)
		case len(s.survey) > 0:
			s.task(pop(&s.survey), s.surveyNode)
		case s.working == 0 && len(s.create) == 0:
			s.cond.Broadcast()
			return
		default:
			s.cond.Wait()
		}
	}
}

func pop(list *[]*node) *node {
	l := *list
	n := l[len(l)-1]
	l[len(l)-1] = nil
	*list = l[:len(l)-1]
	return n
}

// task runs a step without the lock. The step returns what is to be done under the lock.
func (s *scheduler) task(n *node, step func(*node) (func(), error)) {
	s.working++
	s.mu.Unlock()
	after, err := guard(n, step)
	s.mu.Lock()
	s.working--
	if err != nil {
		s.fail(err)
	} else if after != nil {
		after()
	}
	s.cond.Broadcast()
}

// guard names the package when a step panics: in this program that is a defect, and the report should say where.
func guard(n *node, step func(*node) (func(), error)) (after func(), err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("analyse %s: internal error: %v; please report it with the package's source, and leave the package out meanwhile", n.meta.ImportPath, r)
		}
	}()
	return step(n)
}

func (s *scheduler) surveyNode(n *node) (func(), error) {
	demands := s.read(n)
	return func() {
		n.state = surveyed
		for _, path := range sortedPaths(n.imports) {
			m, d := n.imports[path], demands[path]
			if m == nil || d == nil {
				continue
			}
			m.asked.add(d)
			n.needs = append(n.needs, m)
			m.users = append(m.users, n)
			if m.state < checked {
				n.unready++
			}
			if n.own && m.state < sealed {
				n.unbuilt++
			}
			s.ask(m)
		}
		s.surveyed(n)
		if n.unready == 0 {
			s.check = append(s.check, n)
		}
	}, nil
}

func (s *scheduler) checkNode(n *node) (func(), error) {
	if n.own {
		s.parseOwn(n)
		s.checkOwn(n)
	} else {
		s.parseDependency(n)
		s.checkDependency(n)
	}
	return func() {
		n.state = checked
		s.checks++
		s.w.progress("check", s.checks, s.surveys)
		for _, u := range n.users {
			if u.unready--; u.unready == 0 {
				s.check = append(s.check, u)
			}
		}
		if !n.own {
			s.seal(n)
			return
		}
		s.create = append(s.create, func() { // runs with no reader active
			s.createOwn(n)
			s.built(n)
		})
	}, nil
}

func (s *scheduler) seal(n *node) {
	n.state = sealed
	for _, u := range n.users {
		if u.own {
			s.built(u)
		}
	}
	n.users, n.needs = nil, nil
}

func (s *scheduler) built(n *node) {
	if n.unbuilt--; n.unbuilt == 0 {
		s.build = append(s.build, n)
	}
}

// buildNode builds and visits. Afterwards the package is created once more, from its types alone, so that the syntax
// that SSA functions point to can be collected; packages that call into it see it as they see a dependency.
func (s *scheduler) buildNode(n *node) (func(), error) {
	s.buildSSA(n)
	p := &Package{Unit: n.units[0], ID: n.id, Path: n.meta.ImportPath, Name: n.meta.Name, Dir: s.w.dirOf(n), Outside: n.outside,
		Imports: n.meta.Imports, Fset: s.fset, Files: n.files, Types: n.pkg, Info: n.info, SSA: n.ssa, Errors: n.problems}
	if n.meta.Module != nil {
		p.Module = n.meta.Module.Path
	}
	for _, f := range n.meta.EmbedFiles {
		p.EmbedFiles = append(p.EmbedFiles, joinRel(p.Dir, filepath.ToSlash(f)))
	}
	if err := s.visit(p); err != nil {
		return nil, fmt.Errorf("analyse %s: %w", p.Path, err)
	}
	n.files, n.info = nil, nil
	*p = Package{}
	return func() {
		s.analysed++
		s.w.progress("analyse", s.analysed, len(s.g.own))
		s.create = append(s.create, func() {
			if s.prog.Package(n.pkg) != nil {
				s.prog.CreatePackage(n.pkg, nil, nil, false)
			}
			s.seal(n)
		})
	}, nil
}
