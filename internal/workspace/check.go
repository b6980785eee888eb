package workspace

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// read reads the files of a package and returns what it names of its imports, by path. A path without a demand is not needed.
func (s *scheduler) read(n *node) map[string]*demand {
	for _, name := range n.goFiles() {
		file := filepath.Join(n.meta.Dir, name)
		src, err := n.meta.readGo(name)
		if err != nil {
			n.problem(s.w, file, 0, err.Error(), "the file was left out")
			continue
		}
		n.paths, n.sources = append(n.paths, file), append(n.sources, src)
	}
	if n.own {
		return n.namesOfImports()
	}
	o := outlined(n.sources, n.nameOf)
	demands := o.keep(&n.asked)
	n.sources = o.text()
	return demands
}

// namesOfImports is what own files name of their imports. An import is needed when nothing of it is named, too.
func (n *node) namesOfImports() map[string]*demand {
	demands := map[string]*demand{}
	at := func(path string) *demand {
		if demands[path] == nil {
			demands[path] = &demand{names: map[string]bool{}}
		}
		return demands[path]
	}
	for i, src := range n.sources {
		f, _ := parser.ParseFile(token.NewFileSet(), n.paths[i], src, parser.ImportsOnly)
		if f == nil {
			continue
		}
		imports := map[string]string{}
		for _, spec := range f.Imports {
			path, alias, ok := n.ownImport(spec)
			if !ok {
				continue
			}
			imports[alias] = path
			at(path).all = at(path).all || alias == "."
		}
		r := reading{lexer: lexer{src: src}, imports: imports, demand: at, used: func(string) {}, own: func([]byte) {}}
		r.all()
	}
	for _, d := range demands {
		d.all = d.all || len(d.names) == 0 // it is not built so; whoever writes it wants the whole
	}
	return demands
}

// parseDependency parses what is kept of a dependency.
func (s *scheduler) parseDependency(n *node) {
	for _, src := range n.sources {
		if f, _ := parser.ParseFile(s.fset, n.meta.ImportPath, src, parser.SkipObjectResolution); f != nil && f.Name != nil {
			if !n.asked.all { // else somebody may look at the declarations themselves
				ast.Inspect(f, forgetParameters)
			}
			n.files = append(n.files, f)
		}
	}
	n.sources, n.paths = nil, nil
}

// forgetParameters takes the names from receivers, parameters and results: go/types makes a scope with a map in it of them,
// and no type needs them.
func forgetParameters(n ast.Node) bool {
	var lists []*ast.FieldList
	switch n := n.(type) {
	case *ast.FuncDecl:
		lists = append(lists, n.Recv)
	case *ast.FuncType:
		lists = append(lists, n.Params, n.Results)
	}
	for _, list := range lists {
		if list == nil {
			continue
		}
		for _, field := range list.List {
			for _, name := range field.Names {
				name.Name = "_"
			}
		}
	}
	return true
}

// parseOwn parses the files of an own package.
func (s *scheduler) parseOwn(n *node) {
	for i, src := range n.sources {
		file := n.paths[i]
		text, bare := prepareOwn(src)
		if bare {
			n.problem(s.w, file, 0, fmt.Sprintf("is %d MB large; of files over %d MB only the declarations are read", len(src)>>20, hugeFile>>20),
				"split it if its functions make calls or touch data")
		}
		f, bad := parseOwn(s.fset, file, text)
		if bad != nil {
			n.problem(s.w, file, bad.Pos.Line, fmt.Sprintf("syntax error at column %d: %s", bad.Pos.Column, bad.Msg),
				"correct the syntax; the rest of the file is analysed")
		}
		if f == nil || f.Name == nil || f.Name.Name == "" || f.Name.Name == "_" {
			continue
		}
		n.files = append(n.files, f)
	}
	n.sources, n.paths = nil, nil
}

// readGo reads a source file of bearable size.
func readGo(file string) ([]byte, error) {
	st, err := os.Stat(file)
	if err != nil {
		return nil, errors.New("cannot be read: " + reason(err))
	}
	if st.Size() > maxFile {
		return nil, fmt.Errorf("is %d MB large; files over %d MB are not read", st.Size()>>20, maxFile>>20)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.New("cannot be read: " + reason(err))
	}
	return b, nil
}

// ownImport is the path and the name of an import of an own file whose types are needed. One that is imported for its effect
// alone (a driver) and is not the repository's own is stood in for by an empty package.
func (n *node) ownImport(spec *ast.ImportSpec) (path, alias string, ok bool) {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil || path == "C" || path == "unsafe" {
		return "", "", false
	}
	if alias = n.nameOf(path); spec.Name != nil {
		alias = spec.Name.Name
	}
	if m := n.imports[path]; m != nil && alias == "_" && !m.own {
		n.stub(path, m.meta.ImportPath, m.meta.Name)
		return "", "", false
	}
	return path, alias, true
}

// stub makes an empty complete package for an import path of the source.
func (n *node) stub(path, realPath, name string) *types.Package {
	if n.stubs == nil {
		n.stubs = map[string]*types.Package{}
	}
	if n.stubs[path] == nil {
		n.stubs[path] = types.NewPackage(realPath, name)
		n.stubs[path].MarkComplete()
	}
	return n.stubs[path]
}

func (n *node) problem(w *Workspace, file string, line int, msg, hint string) {
	n.problems = append(n.problems, Problem{File: w.Rel(file), Line: line, Package: n.meta.ImportPath, Msg: msg, Hint: hint})
}

// importer resolves what a node imports. Packages it needs are checked by now.
type importer struct{ n *node }

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if m := i.n.imports[path]; m != nil && m.pkg != nil {
		for _, need := range i.n.needs {
			if need == m {
				return m.pkg, nil
			}
		}
	}
	if p := i.n.stubs[path]; p != nil {
		return p, nil
	}
	return nil, errors.New("package not found")
}

func (s *scheduler) checkDependency(n *node) {
	conf := types.Config{Importer: importer{n}, IgnoreFuncBodies: true, FakeImportC: true, DisableUnusedImportCheck: true,
		Sizes: s.sizes, Error: func(error) {}}
	n.pkg, _ = conf.Check(n.meta.ImportPath, s.fset, n.files, nil)
	n.files = nil
}

// maxRepairs bounds how often an own package is checked again without the declarations that had errors.
const maxRepairs = 8

// thoroughRepairs is the round from which a function that still has errors loses its whole body.
const thoroughRepairs = 4

// checkOwn checks a package with its bodies. Where there are type errors, the functions they are in lose their body and the
// package is checked again, so that one error does not lose the package: what is left is free of errors, as SSA wants it.
func (s *scheduler) checkOwn(n *node) {
	var first error
	for round := 0; ; round++ {
		errs := s.checkOnce(n)
		for _, err := range errs {
			// go list has reported the cycle already.
			if first == nil && !(n.cyclic && strings.Contains(err.Error(), "could not import ")) {
				first = err
				n.typeProblem(s.w, first)
			}
		}
		// An import that was not found stays an error, and what import "C" gives has no types; then repair ends it, when
		// nothing uses those any more.
		if len(errs) == 0 && len(n.meta.CgoFiles) == 0 || round == maxRepairs || !s.repair(n, errs, round >= thoroughRepairs) {
			return
		}
	}
}

// checkOnce returns the errors that are more than style.
func (s *scheduler) checkOnce(n *node) []error {
	var errs []error
	conf := types.Config{Importer: importer{n}, FakeImportC: true, DisableUnusedImportCheck: true, Sizes: s.sizes,
		Error: func(err error) {
			if te := (types.Error{}); !errors.As(err, &te) || !te.Soft {
				errs = append(errs, err)
			}
		}}
	if m := n.meta.Module; m != nil && m.GoVersion != "" {
		if v := "go" + m.GoVersion; !newerGo(v, s.w.env.version) {
			conf.GoVersion = v
		}
	}
	n.info = &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Instances:    make(map[*ast.Ident]types.Instance),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		Scopes:       make(map[ast.Node]*types.Scope),
		FileVersions: make(map[*ast.File]string),
	}
	n.pkg, _ = conf.Check(n.meta.ImportPath, s.fset, n.files, n.info)
	return errs
}

func (n *node) typeProblem(w *Workspace, err error) {
	var te types.Error
	if !errors.As(err, &te) {
		n.problem(w, n.meta.Dir, 0, err.Error(), "make it compile; what does not is not analysed")
		return
	}
	pos := te.Fset.Position(te.Pos)
	hint := "make it compile (\"go build\" shows all errors); statements with errors are not analysed, the rest is"
	msg := te.Msg
	if p, ok := strings.CutPrefix(msg, "could not import "); ok {
		p, _, _ = strings.Cut(p, " (")
		msg = "imports " + p + ", which was not found"
		if why := n.missing[p]; why != "" {
			msg += ": " + why
		}
		hint = "make it readable; statements that use it are not analysed"
		if !strings.Contains(msg, "permission denied") {
			hint = "make it available (\"go mod tidy\", \"go mod download\", GOPRIVATE, or generate the code); statements that use it are not analysed"
		}
	}
	n.problem(w, pos.Filename, pos.Line, fmt.Sprintf("column %d: %s", pos.Column, msg), hint)
}

// createOwn enters an own package, and what it imports, into the program. SSA asks for no others: methods of their types it
// makes when they are called.
func (s *scheduler) createOwn(n *node) {
	for _, p := range n.pkg.Imports() {
		if s.prog.Package(p) == nil {
			s.prog.CreatePackage(p, nil, nil, false)
		}
	}
	n.ssa = tryCreate(s.prog, n)
	if n.ssa == nil {
		s.prog.CreatePackage(n.pkg, nil, nil, false)
	}
}

// tryCreate is nil when SSA does not accept the package.
func tryCreate(prog *ssa.Program, n *node) (p *ssa.Package) {
	defer func() {
		if recover() != nil {
			p = nil
		}
	}()
	return prog.CreatePackage(n.pkg, n.files, n.info, false)
}

// buildSSA builds the bodies. On syntax with errors SSA may panic; the package then goes on without.
func (s *scheduler) buildSSA(n *node) {
	if n.ssa == nil {
		n.problem(s.w, n.meta.Dir, 0, "has errors that keep it from being analysed", "make it compile")
		return
	}
	defer func() {
		if r := recover(); r != nil {
			n.ssa = nil
			n.problem(s.w, n.meta.Dir, 0, fmt.Sprintf("could not be translated: %v", r), "make it compile; if it does, please report this")
		}
	}()
	n.ssa.Build()
}

// newerGo says whether language version v ("go1.27") is newer than the toolchain's ("go1.26.8").
func newerGo(v, toolchain string) bool {
	num := func(s string) (major, minor int) {
		fmt.Sscanf(strings.TrimPrefix(s, "go"), "%d.%d", &major, &minor)
		return
	}
	a, b := num(v)
	c, d := num(toolchain)
	return a > c || a == c && b > d
}

func cleanRel(p string) string { return path.Clean(p) }
