package workspace

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/svclint/svclint/internal/protostub"
)

// Many repositories do not commit what protoc generates for them. The packages that talk gRPC then import one that is not
// there, and what uses it cannot be type-checked. Where .proto files of the repository generate such a package, its
// source is made up here and takes the place of the package in the listing: the type-checker reads it from memory.
//
// Where protoc would have put the files stands in no file that is sure to be there, so a package is matched with .proto
// files by (stubplace.go):
//
//  1. the import path in their go_package option;
//  2. the prefix in a buf.gen.yaml, and their folder;
//  3. the end of the import path, which is the end of their folder, or of their go_package option. Most names
//     that the importing code uses must then be declared in them.

// maxProto is the size from which a .proto file is left out.
const maxProto = 1 << 20

// protoFiles reads every .proto file of the repository, once.
func (w *Workspace) protoFiles() *protoIndex {
	w.protosOnce.Do(func() {
		x := &protoIndex{}
		for _, f := range w.files {
			switch {
			case path.Ext(f) == ".proto":
				if st, err := os.Stat(w.Abs(f)); err != nil || st.Size() > maxProto {
					continue
				}
				if src, err := w.ReadFile(f); err == nil {
					x.files = append(x.files, protostub.Parse(f, src))
				}
			case bufGen(path.Base(f)):
				if src, err := w.ReadFile(f); err == nil {
					x.prefixes = append(x.prefixes, goPackagePrefixes(path.Dir(f), src)...)
				}
			}
		}
		x.types = protostub.NewIndex(x.files)
		w.protos = x
	})
	return w.protos
}

type protoIndex struct {
	files    []*protostub.File // sorted by path
	types    *protostub.Index
	prefixes []bufPrefix
}

// A madeUp package is one that stubs are made of.
type madeUp struct {
	path  string
	dir   string // absolute
	name  string
	place place
	owner *listedModule
}

// makeUp replaces the packages of the repository that a listing could not find by stubs, as far as .proto files generate
// them. What was done is said in notes. It costs nothing where nothing is missing.
func (w *Workspace) makeUp(ctx context.Context, l *listing) (notes []string, problems []Problem) {
	there := map[string]*listedPackage{}
	for _, p := range l.packages {
		if len(p.GoFiles)+len(p.CgoFiles) > 0 {
			there[p.ImportPath] = p
		}
	}
	importers := map[string][]*listedPackage{}
	var missing []string
	for _, p := range l.packages {
		if there[p.ImportPath] == nil || !w.isOwn(p) {
			continue
		}
		for _, path := range p.Imports {
			if there[path] != nil || path == "C" || path == "unsafe" || w.missingDir(l, path) == "" {
				continue
			}
			if importers[path] == nil {
				missing = append(missing, path)
			}
			importers[path] = append(importers[path], p)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	x := w.protoFiles()
	if len(x.files) == 0 {
		return nil, nil
	}
	slices.Sort(missing)

	// Which packages, and what they need.
	made := map[string]*madeUp{}
	var order []*madeUp
	add := func(importPath string, pl place) {
		dir := w.missingDir(l, importPath)
		if made[importPath] != nil || there[importPath] != nil || dir == "" {
			return
		}
		m := &madeUp{path: importPath, dir: dir, name: pl.name(), place: pl, owner: w.ownerOf(l, importPath)}
		made[importPath] = m
		order = append(order, m)
	}
	for _, importPath := range missing {
		if pl, ok := x.place(importPath, w.Rel(w.missingDir(l, importPath)), usesOf(importPath, importers[importPath])); ok {
			add(importPath, pl)
		}
	}
	var libraries []string
	for i := 0; i < len(order); i++ { // grows
		others, libs := x.types.Needs(order[i].place.files)
		libraries = append(libraries, libs...)
		for _, f := range others {
			if p := order[i].place.pathOf(f); p != "" && there[p] == nil && made[p] == nil {
				if w.missingDir(l, p) == "" {
					libraries = append(libraries, p)
				} else {
					add(p, x.beside(order[i].place, p))
				}
			}
		}
	}
	if len(order) == 0 {
		return nil, nil
	}
	w.listAlso(ctx, l, libraries, there)
	for _, m := range order {
		problems = append(problems, w.writeStubs(l, x, m, made, there)...)
	}
	for _, m := range order {
		if there[m.path] != nil {
			notes = append(notes, fmt.Sprintf("stubs of %s were made up: they are not committed (package %s)", enumerate(m.place.paths()), m.path))
		}
	}
	return notes, problems
}

// writeStubs makes the files of a package and enters it into the listing.
func (w *Workspace) writeStubs(l *listing, x *protoIndex, m *madeUp, made map[string]*madeUp, there map[string]*listedPackage) (problems []Problem) {
	for _, f := range m.place.files {
		var bad *protostub.SyntaxError
		if errors.As(f.Err, &bad) {
			problems = append(problems, Problem{File: f.Path, Line: bad.Line, Package: m.path, Msg: "syntax error: " + bad.Msg,
				Hint: "correct the syntax; what is generated from this file is not committed, so what uses it is not analysed"})
		}
	}
	t := &protostub.Target{
		Files: m.place.files, Index: x.types, PathOf: m.place.pathOf,
		Has:      func(p string) bool { return p != m.path && (there[p] != nil || made[p] != nil) },
		Declares: func(p, name string) bool { return declares(there[p], name) },
	}
	stubs, err := t.Generate(m.name)
	if err != nil {
		return append(problems, Problem{File: m.place.files[0].Path, Package: m.path, Msg: err.Error(), Hint: "please report this with the file"})
	}
	if len(stubs) == 0 {
		return problems
	}
	p := &listedPackage{Dir: m.dir, ImportPath: m.path, Name: m.name, Module: m.owner, made: map[string][]byte{}}
	for _, s := range stubs {
		p.GoFiles = append(p.GoFiles, s.Name)
		p.Imports = append(p.Imports, s.Imports...)
		p.made[s.Name] = s.Source
	}
	slices.Sort(p.GoFiles)
	slices.Sort(p.Imports)
	p.Imports = slices.Compact(p.Imports)
	there[m.path] = p
	if i := slices.IndexFunc(l.packages, func(q *listedPackage) bool { return q.ImportPath == m.path }); i >= 0 {
		l.packages[i] = p
	} else {
		l.packages = append(l.packages, p)
	}
	return problems
}

// missingDir is where a package of the repository's own modules would stand (an absolute folder), if there are no Go files
// there; "" for any other path.
func (w *Workspace) missingDir(l *listing, importPath string) string {
	best := Module{}
	for _, u := range w.units {
		for _, m := range u.Modules {
			if m.Path == "" || importPath != m.Path && !strings.HasPrefix(importPath, m.Path+"/") || len(m.Path) < len(best.Path) {
				continue
			}
			// Of several modules with one path, the one that is being listed.
			if len(m.Path) > len(best.Path) || within(w.Abs(m.Dir), l.dir) {
				best = m
			}
		}
	}
	if best.Path == "" {
		return ""
	}
	dir := filepath.Join(w.Abs(best.Dir), filepath.FromSlash(strings.TrimPrefix(importPath, best.Path)))
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return ""
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			return ""
		}
	}
	return dir
}

// ownerOf is the module of a package that is made up. Its language version is left out, because stubs need a new one.
func (w *Workspace) ownerOf(l *listing, importPath string) *listedModule {
	var best *listedModule
	for _, p := range l.packages {
		m := p.Module
		if m != nil && (importPath == m.Path || strings.HasPrefix(importPath, m.Path+"/")) && w.isOwn(p) && (best == nil || len(m.Path) > len(best.Path)) {
			best = &listedModule{Path: m.Path, Version: m.Version, Dir: m.Dir}
		}
	}
	return best
}

// listAlso lists packages that only stubs import, with what they import. Those that the module does not provide stay out.
func (w *Workspace) listAlso(ctx context.Context, l *listing, paths []string, there map[string]*listedPackage) {
	paths = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(paths))), func(p string) bool { return there[p] != nil })
	if len(paths) == 0 {
		return
	}
	also := &listing{dir: l.dir, work: l.work, flags: l.flags, patterns: paths}
	also.run(ctx, w.env)
	for _, p := range also.packages {
		if p.Error == nil && there[p.ImportPath] == nil && len(p.GoFiles)+len(p.CgoFiles) > 0 {
			p.DepOnly = true
			there[p.ImportPath] = p
			l.packages = append(l.packages, p)
		}
	}
}

// declares says whether a package has a type of a name, by its text alone.
func declares(p *listedPackage, name string) bool {
	if p == nil {
		return false
	}
	for _, f := range p.GoFiles {
		src, err := os.ReadFile(filepath.Join(p.Dir, f))
		if err != nil {
			continue
		}
		for _, before := range []string{"type ", "\n\t"} { // alone, or in a group
			for _, after := range []string{" ", "["} {
				if bytes.Contains(src, []byte(before+name+after)) {
					return true
				}
			}
		}
	}
	return false
}

// uses are the names of a package that other code uses, by the name that the code gives the package; "" where it gives none.
type uses map[string][]string

// usesOf reads how packages use one that they import.
func usesOf(importPath string, importers []*listedPackage) uses {
	out := uses{}
	for _, p := range importers {
		for _, name := range append(slices.Clone(p.GoFiles), p.CgoFiles...) {
			src, err := readGo(filepath.Join(p.Dir, name))
			if err != nil || !bytes.Contains(src, []byte(strconv.Quote(importPath))) {
				continue
			}
			f, _ := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
			if f == nil {
				continue
			}
			as, imported := "", false
			for _, spec := range f.Imports {
				if spec.Path.Value == strconv.Quote(importPath) {
					imported = true
					if spec.Name != nil {
						as = spec.Name.Name
					}
				}
			}
			if !imported {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); ok && (as == x.Name || as == "") {
					key := x.Name // for a package without a name here, that of every other package too
					if as != "" {
						key = ""
					}
					if !slices.Contains(out[key], sel.Sel.Name) {
						out[key] = append(out[key], sel.Sel.Name)
					}
				}
				return true
			})
		}
	}
	return out
}

// of are the names used of a package with the given name.
func (u uses) of(name string) []string {
	return slices.Concat(u[""], u[name])
}

// enumerate names a few and counts the rest.
func enumerate(names []string) string {
	const most = 4
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return cmp.Or(strings.Join(names, ""), "no file")
}
