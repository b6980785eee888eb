package workspace

import (
	"context"
	"errors"
	"go/build"
	"go/version"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// go list reads every package of a large module twice, and with an empty build cache that takes longer than all else that is
// done with the packages. Where nothing is out of the ordinary, what it says follows from go.mod alone: since Go 1.17 that
// names every module that any import of the main module's packages leads to. So the packages of such a module are found
// here, by go/build, once each for the whole repository.
//
// Whatever is out of the ordinary is left to go list, which knows what to say of it: a go.work or vendor folder, an older
// or newer go.mod, one that is not complete or not consistent, a module that is not in the module cache or not in go.sum,
// an import that leads nowhere, to two modules, to a program or into somebody's internal package, a file whose imports cannot
// be read, an import cycle.

// A packageFinder finds packages by their folders. Units share it.
type packageFinder struct {
	env  *goEnv
	ctxt build.Context

	mu   sync.Mutex
	dirs map[string]*foundDir
}

// A foundDir is what stands in a folder.
type foundDir struct {
	once  sync.Once
	hasGo bool // any .go file, of whatever build
	pkg   *build.Package
	err   error
}

// newPackageFinder is nil where the go command's build context is not known.
func newPackageFinder(env *goEnv) *packageFinder {
	if len(env.releaseTags) == 0 {
		return nil
	}
	f := &packageFinder{env: env, dirs: map[string]*foundDir{}}
	f.ctxt = build.Context{GOOS: env.goos, GOARCH: env.goarch, CgoEnabled: env.cgo == "1", Compiler: "gc",
		ToolTags: env.toolTags, ReleaseTags: env.releaseTags,
		HasSubdir: func(string, string) (string, bool) { return "", false }} // it is known where a folder lies
	for _, flag := range env.tags {
		list := strings.TrimPrefix(flag, "-tags=")
		f.ctxt.BuildTags = append(f.ctxt.BuildTags, strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\'' || r == '"' })...)
	}
	return f
}

// buildTags asks the go command which tags it sets by itself. They are empty when it cannot tell.
func buildTags(ctx context.Context, dir string, environ []string) (tool, release []string) {
	cmd := exec.CommandContext(ctx, "go", "list", "-f", "{{join context.ToolTags \",\"}} {{join context.ReleaseTags \",\"}}", "unsafe")
	cmd.Dir, cmd.Env = dir, withEnv(environ, "GOFLAGS=-buildvcs=false", "GO111MODULE=on", "GOWORK=off", "GOPACKAGESDRIVER=off")
	out, err := cmd.Output()
	a, b, ok := strings.Cut(strings.TrimSuffix(string(out), "\n"), " ")
	if err != nil || !ok || !strings.HasPrefix(b, "go1.1,") {
		return nil, nil
	}
	if a != "" {
		tool = strings.Split(a, ",")
	}
	return tool, strings.Split(b, ",")
}

// entryInfo is as much of a file's information as go/build looks at: the rest would cost a system call per file.
type entryInfo struct{ fs.DirEntry }

func (e entryInfo) Mode() fs.FileMode  { return e.Type() }
func (e entryInfo) Size() int64        { return 0 }
func (e entryInfo) ModTime() time.Time { return time.Time{} }
func (e entryInfo) Sys() any           { return nil }

// dir gives what stands in a folder; a folder is read once.
func (f *packageFinder) dir(dir string) *foundDir {
	f.mu.Lock()
	d := f.dirs[dir]
	if d == nil {
		d = &foundDir{}
		f.dirs[dir] = d
	}
	f.mu.Unlock()
	d.once.Do(func() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			d.err = err
			return
		}
		var files []fs.FileInfo
		for _, e := range entries {
			if name := e.Name(); strings.HasSuffix(name, ".go") && !e.IsDir() {
				d.hasGo = true
				if !strings.HasSuffix(name, "_test.go") {
					files = append(files, entryInfo{e})
				}
			}
		}
		if !d.hasGo {
			d.err = &build.NoGoError{Dir: dir}
			return
		}
		ctxt := f.ctxt
		ctxt.ReadDir = func(string) ([]fs.FileInfo, error) { return files, nil }
		d.pkg, d.err = ctxt.ImportDir(dir, 0)
	})
	return d
}

// A moduleRoot is a module that go.mod names.
type moduleRoot struct {
	listedModule
	goMod string         // its go.mod, or the cache's copy
	sum   module.Version // what go.sum must know
	local bool           // in a folder, not in the module cache
}

// A quickListing finds the packages of one module and what they import.
type quickListing struct {
	w     *Workspace
	f     *packageFinder
	main  *moduleRoot
	roots map[string]*moduleRoot // by path; the main module is among them
	sums  map[string]bool        // lines of go.sum without the hash
}

// quickList lists a module, or gives nil where that is go list's to do.
func (w *Workspace) quickList(ctx context.Context, u *Unit, patterns []string) *listing {
	m := u.Modules[0]
	dir := w.Abs(m.Dir)
	if w.finder == nil || hasVendor(dir) || !slices.Equal(patterns, []string{"./..."}) {
		return nil
	}
	q := &quickListing{w: w, f: w.finder, roots: map[string]*moduleRoot{}, sums: map[string]bool{}}
	if !q.readGoMod(dir) || !q.readGoSum(dir) || !q.consistent() {
		return nil
	}
	l := &listing{dir: u.listDir, work: "off", flags: []string{"-mod=readonly"}, patterns: patterns}
	if !q.packages(ctx, l) {
		return nil
	}
	return l
}

// readGoMod reads the main module's requirements.
func (q *quickListing) readGoMod(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	f, err := modfile.Parse("go.mod", b, nil)
	if err != nil || f.Module == nil || f.Go == nil || len(f.Ignore) > 0 || len(f.Exclude) > 0 {
		return false
	}
	if v := "go" + f.Go.Version; version.Compare(v, "go1.17") < 0 || version.Compare(v, q.f.env.version) > 0 {
		return false
	}
	q.main = &moduleRoot{listedModule: listedModule{Path: f.Module.Mod.Path, Dir: dir, GoVersion: f.Go.Version}, local: true}
	q.roots[q.main.Path] = q.main
	for _, r := range f.Require {
		if q.roots[r.Mod.Path] != nil {
			return false
		}
		root := &moduleRoot{listedModule: listedModule{Path: r.Mod.Path, Version: r.Mod.Version}, sum: r.Mod}
		for _, rep := range f.Replace {
			if rep.Old.Path != r.Mod.Path || rep.Old.Version != "" && rep.Old.Version != r.Mod.Version {
				continue
			}
			root.sum = rep.New
			if rep.Old.Version != "" {
				break // it wins over one for all versions
			}
		}
		if root.sum.Version == "" {
			root.local, root.Dir = true, filepath.FromSlash(root.sum.Path)
			if !filepath.IsAbs(root.Dir) {
				root.Dir = filepath.Join(dir, root.Dir)
			}
			root.goMod = filepath.Join(root.Dir, "go.mod")
		} else {
			escaped, err := module.EscapePath(root.sum.Path)
			at, err2 := module.EscapeVersion(root.sum.Version)
			if err != nil || err2 != nil || q.f.env.modCache == "" {
				return false
			}
			root.Dir = filepath.Join(q.f.env.modCache, filepath.FromSlash(escaped)+"@"+at)
			root.goMod = filepath.Join(q.f.env.modCache, "cache", "download", filepath.FromSlash(escaped), "@v", at+".mod")
		}
		q.roots[root.Path] = root
	}
	return true
}

// readGoSum reads which modules go.sum knows.
func (q *quickListing) readGoSum(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	for line := range strings.Lines(string(b)) {
		if fields := strings.Fields(line); len(fields) == 3 {
			q.sums[fields[0]+" "+fields[1]] = true
		}
	}
	return true
}

// consistent reports whether every module asks for no more than go.mod gives it, as go mod tidy would have it. It reads
// their Go versions on the way.
func (q *quickListing) consistent() bool {
	ok := true
	var mu sync.Mutex
	roots := slices.Collect(maps.Values(q.roots))
	concurrently(q.w.workers(), len(roots), func(i int) {
		if roots[i] != q.main && !q.readRequirements(roots[i]) {
			mu.Lock()
			ok = false
			mu.Unlock()
		}
	})
	return ok
}

func (q *quickListing) readRequirements(root *moduleRoot) bool {
	if !root.local && !q.sums[root.sum.Path+" "+root.sum.Version+"/go.mod"] {
		return false
	}
	b, err := os.ReadFile(root.goMod)
	if err != nil {
		return false
	}
	f, err := modfile.ParseLax(root.goMod, b, nil)
	if err != nil || f.Module == nil || f.Module.Mod.Path != root.Path && root.sum.Path == root.Path {
		return false
	}
	if f.Go != nil {
		root.GoVersion = f.Go.Version
		// Since Go 1.21 a module's version of Go is a requirement like any other.
		if v := "go" + f.Go.Version; version.Compare(v, "go1.21") >= 0 && version.Compare(v, "go"+q.main.GoVersion) > 0 {
			return false
		}
	}
	for _, r := range f.Require {
		if other := q.roots[r.Mod.Path]; other != nil && other != q.main && semver.Compare(other.Version, r.Mod.Version) < 0 {
			return false
		}
	}
	return true
}

// concurrently runs do for 0 to n-1 on some goroutines.
func concurrently(workers, n int, do func(i int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(workers, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// packages finds the packages below the listed folder and all that they import, breadth first.
func (q *quickListing) packages(ctx context.Context, l *listing) bool {
	type place struct {
		path, dir string
		root      *moduleRoot // nil in the standard library
		own       bool
	}
	var level []place
	seen := map[string]bool{"unsafe": true, "C": true}
	for _, dir := range q.ownDirs(l.dir) {
		rel, err := filepath.Rel(q.main.Dir, dir)
		if err != nil {
			return false
		}
		p := place{path: path.Join(q.main.Path, filepath.ToSlash(rel)), dir: dir, root: q.main, own: true}
		seen[p.path] = true
		level = append(level, p)
	}
	own := map[string]*listedPackage{}
	for len(level) > 0 && ctx.Err() == nil {
		found := make([]*listedPackage, len(level))
		next := make([][]place, len(level))
		failed := make([]bool, len(level))
		concurrently(q.w.workers(), len(level), func(i int) {
			at := level[i]
			d := q.f.dir(at.dir)
			var none *build.NoGoError
			if at.own && errors.As(d.err, &none) {
				return // nothing there is built
			}
			if d.err != nil || d.pkg.Name == "main" && !at.own {
				failed[i] = true
				return
			}
			p := &listedPackage{Dir: at.dir, ImportPath: at.path, Name: d.pkg.Name, Standard: at.root == nil, DepOnly: !at.own, GoFiles: d.pkg.GoFiles, CgoFiles: d.pkg.CgoFiles}
			if at.root != nil {
				p.Module = &at.root.listedModule
			}
			if at.root != nil && len(d.pkg.EmbedPatterns) > 0 {
				p.EmbedFiles = embedded(at.dir, d.pkg.EmbedPatterns)
			}
			for _, imp := range d.pkg.Imports {
				if imp == "C" || imp == "unsafe" {
					p.Imports = append(p.Imports, imp)
					continue
				}
				var to place
				var ok bool
				if to.path, to.dir, to.root, ok = q.resolve(imp, at.root == nil); !ok || !mayImport(at.path, at.root == nil, to.path, to.root == nil) {
					failed[i] = true
					return
				}
				if to.path != imp {
					if p.ImportMap == nil {
						p.ImportMap = map[string]string{}
					}
					p.ImportMap[imp] = to.path
				}
				p.Imports = append(p.Imports, to.path)
				next[i] = append(next[i], to)
			}
			found[i] = p
		})
		if slices.Contains(failed, true) {
			return false
		}
		level = nil
		for i, p := range found {
			if p == nil {
				continue
			}
			l.packages = append(l.packages, p)
			if !p.Standard && p.Module == &q.main.listedModule {
				own[p.ImportPath] = p
			}
			for _, to := range next[i] {
				if !seen[to.path] {
					seen[to.path] = true
					level = append(level, to)
				}
			}
		}
	}
	slices.SortFunc(l.packages, func(a, b *listedPackage) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return ctx.Err() == nil && soundImports(own)
}

// ownDirs are the folders that "./..." means: those of the module that lie below dir, but for testdata, vendor, and what begins
// with a dot or an underscore.
func (q *quickListing) ownDirs(dir string) []string {
	var out []string
	for _, d := range q.w.goDirs {
		rel, err := filepath.Rel(dir, d)
		if err != nil || !within(dir, d) || !q.inModule(q.main, d) {
			continue
		}
		skip := false
		for _, elem := range strings.Split(filepath.ToSlash(rel), "/") {
			skip = skip || elem == "testdata" || elem == "vendor" || elem != "." && (elem[0] == '.' || elem[0] == '_')
		}
		if !skip {
			out = append(out, d)
		}
	}
	return out
}

// inModule reports whether a folder below a module's is of that module, and not of one in between.
func (q *quickListing) inModule(root *moduleRoot, dir string) bool {
	if !root.local {
		return true // a module in the cache holds no other
	}
	for d := dir; d != root.Dir; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil || len(d) < len(root.Dir) {
			return false
		}
	}
	return true
}

// resolve finds the package that an import path means. It must lead to one place.
func (q *quickListing) resolve(imp string, fromStd bool) (importPath, dir string, root *moduleRoot, ok bool) {
	src := filepath.Join(q.f.env.root, "src")
	first, _, _ := strings.Cut(imp, "/")
	if fromStd {
		if strings.Contains(first, ".") {
			imp = "vendor/" + imp
		}
		dir = filepath.Join(src, filepath.FromSlash(imp))
		return imp, dir, nil, q.f.dir(dir).hasGo
	}
	if !strings.Contains(first, ".") {
		if dir = filepath.Join(src, filepath.FromSlash(imp)); q.f.dir(dir).hasGo {
			return imp, dir, nil, true
		}
	}
	for prefix := imp; prefix != "."; prefix = path.Dir(prefix) {
		r := q.roots[prefix]
		if r == nil {
			continue
		}
		at := filepath.Join(r.Dir, filepath.FromSlash(strings.TrimPrefix(imp, prefix)))
		if !q.f.dir(at).hasGo || !q.inModule(r, at) {
			continue
		}
		if ok || !r.local && !q.sums[r.sum.Path+" "+r.sum.Version] {
			return "", "", nil, false
		}
		dir, root, ok = at, r, true
	}
	return imp, dir, root, ok
}

// mayImport applies the rule of internal packages.
func mayImport(from string, fromStd bool, to string, toStd bool) bool {
	i := strings.LastIndex("/"+to+"/", "/internal/")
	if i < 0 {
		return true
	}
	if toStd || fromStd {
		return toStd && fromStd
	}
	parent := strings.TrimSuffix(to[:max(i-1, 0)], "/")
	return from == parent || strings.HasPrefix(from, parent+"/")
}

// soundImports reports whether no package imports a program, or itself in the end.
func soundImports(packages map[string]*listedPackage) bool {
	state := map[*listedPackage]int{} // 1 while it is being looked at, 2 afterwards
	var sound func(p *listedPackage) bool
	sound = func(p *listedPackage) bool {
		if state[p] > 0 {
			return state[p] == 2
		}
		state[p] = 1
		for _, imp := range p.Imports {
			if to := packages[imp]; to != nil && (to.Name == "main" || !sound(to)) {
				return false
			}
		}
		state[p] = 2
		return true
	}
	for _, p := range packages {
		if !sound(p) {
			return false
		}
	}
	return true
}

// embedded lists the files that go:embed patterns mean, relative to dir. What is wrong with a pattern, the compiler says.
func embedded(dir string, patterns []string) []string {
	tree := os.DirFS(dir)
	seen := map[string]bool{}
	for _, pattern := range patterns {
		pattern, all := strings.CutPrefix(pattern, "all:")
		matches, _ := fs.Glob(tree, pattern)
		for _, match := range matches {
			_ = fs.WalkDir(tree, match, func(name string, d fs.DirEntry, err error) error {
				if err != nil {
					return fs.SkipDir
				}
				base := path.Base(name)
				if name != match && !all && (base[0] == '.' || base[0] == '_') || base == ".git" || base == ".hg" || base == ".bzr" || base == ".svn" {
					if d.IsDir() {
						return fs.SkipDir
					}
					return nil
				}
				if d.IsDir() && name != match {
					if _, err := fs.Stat(tree, path.Join(name, "go.mod")); err == nil {
						return fs.SkipDir // another module
					}
				}
				if d.Type().IsRegular() {
					seen[name] = true
				}
				return nil
			})
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
