package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"golang.org/x/mod/modfile"
)

// repositoryRoot walks up from dir to the folder that holds .git (a folder, or a file in worktrees and submodules). git is not run.
func repositoryRoot(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// skipDir are the folders below the analysed one that never hold code or manifests of the repository's own. The first
// three are what the go command skips too.
func skipDir(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" ||
		name == "vendor" || name == "node_modules"
}

// discover fills files and units.
func (w *Workspace) discover(ctx context.Context) error {
	scope := w.scope()
	var mods, works []string // absolute folders
	goFiles, inDir := false, w.dir+string(filepath.Separator)
	err := filepath.WalkDir(scope, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			w.problems = append(w.problems, Problem{File: w.Rel(path), Msg: "cannot be read: " + reason(err),
				Hint: "make it readable, or leave it out"})
			if d != nil && d.IsDir() {
				w.unreadable = append(w.unreadable, path)
				return fs.SkipDir
			}
			return nil
		}
		name := d.Name()
		if d.IsDir() {
			if path != scope && !strings.HasPrefix(inDir, path+string(filepath.Separator)) && skipDir(name) {
				return fs.SkipDir
			}
			return nil
		}
		below := strings.HasPrefix(path, inDir)
		switch {
		case name == "go.mod":
			if below {
				mods = append(mods, filepath.Dir(path))
			}
		case name == "go.work":
			if below {
				works = append(works, filepath.Dir(path))
			}
		case strings.HasSuffix(name, "_test.go"):
			if below {
				w.tests = append(w.tests, w.Rel(path))
			}
		case strings.HasSuffix(name, ".go"):
			if below {
				goFiles = true
				if dir := filepath.Dir(path); len(w.goDirs) == 0 || w.goDirs[len(w.goDirs)-1] != dir {
					w.goDirs = append(w.goDirs, dir)
				}
			}
		case !strings.HasPrefix(name, ".") || strings.HasPrefix(name, ".env"):
			w.files = append(w.files, w.Rel(path))
		}
		return nil
	})
	if err != nil {
		return err
	}
	sort.Strings(w.files)
	sort.Strings(w.tests)
	if !goFiles && len(w.unreadable) > 0 {
		return fmt.Errorf("%s: there may be Go files below it, but %s cannot be read: %w; make it readable", w.dir, w.unreadable[0], fs.ErrPermission)
	}
	if !goFiles {
		return fmt.Errorf("%s: %w: no .go file (other than tests) below it; give a folder that holds a Go module", w.dir, ErrNoGoFiles)
	}
	if up := findUp(filepath.Dir(w.dir), "go.work"); up != "" {
		works = append(works, up)
	}
	above := ""
	if !contains(mods, w.dir) {
		above = findUp(filepath.Dir(w.dir), "go.mod")
	}
	if len(mods) == 0 && above == "" {
		return fmt.Errorf("%s: there are Go files but no go.mod; run \"go mod init\" in it, or give a folder inside a Go module", w.dir)
	}
	w.moduleDirs = mods
	w.makeUnits(mods, works, above)
	return nil
}

// readable replaces a pattern with an unreadable folder below it, at which the go command would give up, by the packages
// beside that folder. Patterns are relative to dir.
func (w *Workspace) readable(dir string, patterns []string) []string {
	var out []string
	for _, p := range patterns {
		base, all := strings.CutSuffix(p, "/...")
		base = filepath.Join(dir, filepath.FromSlash(base))
		beside := false
		for _, u := range w.unreadable {
			beside = beside || within(base, u)
		}
		if !all || !beside {
			out = append(out, p)
			continue
		}
		for _, d := range w.goDirs {
			rel, err := filepath.Rel(dir, d)
			if err == nil && within(base, d) && w.moduleOf(d) == w.moduleOf(base) {
				out = append(out, "./"+filepath.ToSlash(rel))
			}
		}
	}
	if len(out) == 0 {
		return patterns
	}
	sort.Strings(out)
	return slices.Compact(out)
}

// moduleOf is the folder of the module below the analysed folder that dir lies in; "" for the one above it.
func (w *Workspace) moduleOf(dir string) string {
	best := ""
	for _, m := range w.moduleDirs {
		if within(m, dir) && len(m) > len(best) {
			best = m
		}
	}
	return best
}

// scope is the folder whose manifests matter: the analysed folder, or the module it lies in, because compose files and
// Dockerfiles of a module stand at its top.
func (w *Workspace) scope() string {
	if _, err := os.Stat(filepath.Join(w.dir, "go.mod")); err == nil {
		return w.dir
	}
	if up := findUp(filepath.Dir(w.dir), "go.mod"); up != "" && within(w.root, up) {
		return up
	}
	return w.dir
}

// makeUnits assigns each module to the go.work above it that uses it, or to a unit of its own. above is the module that
// the analysed folder lies in, if that is not at its top.
func (w *Workspace) makeUnits(mods, works []string, above string) {
	all := append([]string(nil), mods...)
	if above != "" {
		all = append(all, above)
	}
	taken := map[string]bool{}
	sort.Slice(works, func(i, j int) bool {
		return len(works[i]) > len(works[j]) || len(works[i]) == len(works[j]) && works[i] < works[j]
	})
	if w.env.workOff {
		works = nil
	}
	for _, dir := range works {
		uses, err := workUses(filepath.Join(dir, "go.work"))
		if err != nil {
			w.problems = append(w.problems, problemFromError(w, filepath.Join(dir, "go.work"), err, "correct the go.work; its modules were analysed one by one"))
			continue
		}
		u := &Unit{Dir: w.Rel(dir), work: true, listDir: dir}
		u.ID = u.Dir + "#work"
		for _, use := range uses {
			outside := !within(w.dir, use) && use != above
			if outside && !within(w.dir, dir) || taken[use] {
				continue
			}
			if _, err := os.Stat(filepath.Join(use, "go.mod")); err != nil {
				w.problems = append(w.problems, Problem{File: w.Rel(filepath.Join(dir, "go.work")),
					Msg: "uses " + w.Rel(use) + ", which has no go.mod", Hint: "add the go.mod or drop the use line"})
				continue
			}
			taken[use] = true
			u.Modules = append(u.Modules, w.readModule(use))
			from := use
			if use == above {
				from = w.dir
			}
			rel, err := filepath.Rel(dir, from)
			if err != nil {
				continue
			}
			u.patterns = append(u.patterns, "./"+strings.TrimPrefix(filepath.ToSlash(rel)+"/...", "./"))
		}
		if len(u.Modules) > 0 {
			w.units = append(w.units, u)
		}
	}
	for _, dir := range all {
		if taken[dir] {
			continue
		}
		u := &Unit{Dir: w.Rel(dir), ID: w.Rel(dir), listDir: dir, patterns: []string{"./..."}}
		if dir == above {
			u.listDir = w.dir
		}
		u.Modules = []Module{w.readModule(dir)}
		w.units = append(w.units, u)
	}
	for _, u := range w.units {
		sort.Slice(u.Modules, func(i, j int) bool { return u.Modules[i].Dir < u.Modules[j].Dir })
		sort.Strings(u.patterns)
	}
	sort.Slice(w.units, func(i, j int) bool { return w.units[i].ID < w.units[j].ID })
}

// workUses are the absolute folders a go.work names.
func workUses(file string) ([]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	f, err := modfile.ParseWork(file, b, nil)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, u := range f.Use {
		p := filepath.FromSlash(u.Path)
		if !filepath.IsAbs(p) {
			p = filepath.Join(filepath.Dir(file), p)
		}
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		out = append(out, filepath.Clean(p))
	}
	return out, nil
}

// readModule reads what is wanted of a go.mod. A broken one is reported when it is listed, by the go command.
func (w *Workspace) readModule(dir string) Module {
	m := Module{Dir: w.Rel(dir)}
	b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return m
	}
	m.Path = modfile.ModulePath(b)
	if f, err := modfile.ParseLax("go.mod", b, nil); err == nil && f.Go != nil {
		m.GoVersion = f.Go.Version
	}
	return m
}

// findUp is the nearest folder at or above dir that holds a file of that name; "" when there is none.
func findUp(dir, name string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if st, err := os.Stat(filepath.Join(d, name)); err == nil && !st.IsDir() {
			return d
		}
		if d == filepath.Dir(d) {
			return ""
		}
	}
}

func within(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// hasFile says whether a file is among Files.
func (w *Workspace) hasFile(rel string) bool {
	i := sort.SearchStrings(w.files, rel)
	return i < len(w.files) && w.files[i] == rel
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// reason is the last part of a file error, without the absolute path that would make reports differ between machines.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// problemFromError keeps the line of a go.mod or go.work error.
func problemFromError(w *Workspace, file string, err error, hint string) Problem {
	p := Problem{File: w.Rel(file), Msg: reason(err), Hint: hint}
	var list modfile.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		p.Line, p.Msg = list[0].Pos.Line, list[0].Err.Error()
	}
	return p
}
