package workspace

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/modfile"
)

// outdated matches what the go command says when go.mod, go.sum or vendor would have to be written first. It would do
// so itself with -mod=mod; here that happens in a copy.
var outdated = regexp.MustCompile(`missing go\.sum entry|updates to go\.(mod|sum|work) needed|inconsistent vendoring|` +
	`go\.mod file indicates|existing contents have changed|go\.work\.sum|go mod tidy|go mod vendor|not marked as explicit in vendor|` +
	`vendor/modules\.txt|-mod=vendor`)

// listUnit lists a unit, in the first way that works:
//
//  1. without go list, where nothing is out of the ordinary (quicklist.go);
//  2. as it is: readonly, or from its vendor folder;
//  3. when go.mod, go.sum or vendor are out of date, or a module that is missing is a sibling in this repository:
//     with -mod=mod on copies in a temporary folder.
//
// A go.work is always listed through a copy, because the go command may write go.work.sum beside it. The returned
// listings are one, or one per module when a go.work could not be used as a whole.
//
// Generated packages that are not committed are then made up (stub.go).
func (w *Workspace) listUnit(ctx context.Context, u *Unit) (lists []*listing, notes []string, problems []Problem) {
	tmp, err := os.MkdirTemp("", "svclint-list-")
	if err != nil {
		return nil, nil, []Problem{{File: u.Dir, Msg: "no temporary folder: " + err.Error(), Hint: "set TMPDIR to a folder that can be written"}}
	}
	defer os.RemoveAll(tmp)
	lists, notes, problems = w.listIn(ctx, u, tmp)
	for _, l := range lists {
		if ctx.Err() != nil {
			return nil, nil, nil
		}
		ns, ps := w.makeUp(ctx, l)
		notes, problems = append(notes, ns...), append(problems, ps...)
	}
	return lists, notes, problems
}

// listIn lists a unit with tmp for the copies.
func (w *Workspace) listIn(ctx context.Context, u *Unit, tmp string) (lists []*listing, notes []string, problems []Problem) {
	if u.work {
		l, err := w.listWork(ctx, u, tmp)
		if err == nil && l.failure() == "" && !(outdated.MatchString(l.text()) && l.broken() > 0) {
			return []*listing{l}, nil, nil
		}
		if ctx.Err() != nil {
			return nil, nil, nil
		}
		msg := "cannot be used as it is"
		if err != nil {
			msg = err.Error()
		} else if f := l.failure(); f != "" {
			msg = f
		}
		notes = append(notes, fmt.Sprintf("%s/go.work: its modules were listed one by one (%s); \"go work sync\" may repair it", u.Dir, msg))
		for i, m := range u.Modules {
			one := &Unit{ID: u.ID, Dir: m.Dir, Modules: []Module{m}, listDir: w.Abs(m.Dir), patterns: []string{"./..."}}
			if within(one.listDir, w.dir) {
				one.listDir = w.dir
			}
			sub := filepath.Join(tmp, fmt.Sprint(i))
			if err := os.Mkdir(sub, 0o755); err != nil {
				continue
			}
			ls, ns, ps := w.listModule(ctx, one, sub)
			lists, notes, problems = append(lists, ls...), append(notes, ns...), append(problems, ps...)
		}
		return lists, notes, problems
	}
	return w.listModule(ctx, u, tmp)
}

// listWork lists through a copy of go.work with absolute folders; from the vendor folder when there is one, as that
// is only found beside the real go.work and is never written.
func (w *Workspace) listWork(ctx context.Context, u *Unit, tmp string) (*listing, error) {
	dir := w.Abs(u.Dir)
	l := &listing{dir: dir, work: filepath.Join(dir, "go.work"), patterns: w.readable(dir, u.patterns)}
	if hasVendor(dir) {
		l.flags = []string{"-mod=vendor"}
		l.run(ctx, w.env)
		return l, nil
	}
	b, err := os.ReadFile(l.work)
	if err != nil {
		return nil, err
	}
	f, err := modfile.ParseWork(l.work, b, nil)
	if err != nil {
		return nil, err
	}
	dropped := f.Use
	f.Use = nil
	keep := map[string]string{}
	for _, use := range dropped {
		abs := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(dir, abs)
		}
		if _, err := os.Stat(filepath.Join(abs, "go.mod")); err == nil {
			keep[abs] = use.ModulePath
		}
	}
	f.Use = dropped
	for _, use := range append([]*modfile.Use(nil), dropped...) {
		_ = f.DropUse(use.Path)
	}
	for abs, mod := range keep {
		if err := f.AddUse(filepath.ToSlash(abs), mod); err != nil {
			return nil, err
		}
	}
	for _, r := range append([]*modfile.Replace(nil), f.Replace...) {
		if r.New.Version == "" && !filepath.IsAbs(r.New.Path) {
			if err := f.AddReplace(r.Old.Path, r.Old.Version, filepath.Join(dir, filepath.FromSlash(r.New.Path)), ""); err != nil {
				return nil, err
			}
		}
	}
	f.SortBlocks()
	f.Cleanup()
	l.work = filepath.Join(tmp, "go.work")
	if err := os.WriteFile(l.work, modfile.Format(f.Syntax), 0o644); err != nil {
		return nil, err
	}
	if err := copyFile(filepath.Join(dir, "go.work.sum"), filepath.Join(tmp, "go.work.sum")); err != nil {
		return nil, err
	}
	l.run(ctx, w.env)
	return l, nil
}

// listModule lists one module with GOWORK=off.
func (w *Workspace) listModule(ctx context.Context, u *Unit, tmp string) ([]*listing, []string, []Problem) {
	m := u.Modules[0]
	dir := w.Abs(m.Dir)
	patterns := w.readable(u.listDir, u.patterns)
	if l := w.quickList(ctx, u, patterns); l != nil {
		return []*listing{l}, nil, nil
	}
	first := &listing{dir: u.listDir, work: "off", flags: []string{"-mod=readonly"}, patterns: patterns}
	if hasVendor(dir) {
		first.flags = []string{"-mod=vendor"}
	}
	first.run(ctx, w.env)
	if ctx.Err() != nil {
		return nil, nil, nil
	}
	text := first.text()
	if !outdated.MatchString(text) && !w.namesSibling(text, m) {
		if msg := first.failure(); msg != "" {
			return nil, nil, []Problem{w.listProblem(m, msg)}
		}
		return []*listing{first}, nil, nil
	}

	second := &listing{dir: u.listDir, work: "off", patterns: w.readable(u.listDir, u.patterns),
		flags: []string{"-mod=mod", "-modfile=" + filepath.Join(tmp, "go.mod")}}
	if err := w.copyModule(dir, m, tmp); err != nil {
		return nil, nil, []Problem{problemFromError(w, filepath.Join(dir, "go.mod"), err, "correct the go.mod; nothing in this module was analysed")}
	}
	second.run(ctx, w.env)
	if ctx.Err() != nil {
		return nil, nil, nil
	}
	if msg := second.failure(); msg == "" && (first.failure() != "" || second.broken() < first.broken()) {
		why := first.failure()
		if why == "" {
			why = firstMatchLine(text, outdated)
		}
		return []*listing{second}, []string{fmt.Sprintf(
			"%s: go.mod or go.sum is out of date (%s); it was completed in a temporary copy, the file is unchanged; \"go mod tidy\" repairs it",
			w.Rel(filepath.Join(dir, "go.mod")), w.plain(why))}, nil
	}
	if msg := first.failure(); msg != "" {
		return nil, nil, []Problem{w.listProblem(m, msg)}
	}
	return []*listing{first}, nil, nil
}

// namesSibling says whether the complaint is about a module that stands elsewhere in this repository.
func (w *Workspace) namesSibling(text string, m Module) bool {
	if !strings.Contains(text, "no required module") && !strings.Contains(text, "cannot find module") && !strings.Contains(text, "reading ") &&
		!strings.Contains(text, "unrecognized import path") && !strings.Contains(text, "unknown revision") {
		return false
	}
	for path := range w.siblings(m) {
		if strings.Contains(text, path) {
			return true
		}
	}
	return false
}

// siblings are the other modules of the repository by path. A path that occurs twice is ambiguous and left out.
func (w *Workspace) siblings(m Module) map[string]string {
	out, seen := map[string]string{}, map[string]int{}
	for _, u := range w.units {
		for _, s := range u.Modules {
			seen[s.Path]++
			if s.Dir != m.Dir && s.Path != "" && s.Path != m.Path {
				out[s.Path] = w.Abs(s.Dir)
			}
		}
	}
	for path, n := range seen {
		if n > 1 {
			delete(out, path)
		}
	}
	return out
}

// copyModule writes go.mod and go.sum to tmp, with replace lines for sibling modules. Relative replace lines are
// resolved by the go command against the real module, so they stay.
func (w *Workspace) copyModule(dir string, m Module, tmp string) error {
	b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	f, err := modfile.Parse("go.mod", b, nil)
	if err != nil {
		return err
	}
	replaced := map[string]bool{}
	for _, r := range f.Replace {
		replaced[r.Old.Path] = true
	}
	for path, abs := range w.siblings(m) {
		if !replaced[path] {
			if err := f.AddReplace(path, "", abs, ""); err != nil {
				return err
			}
		}
	}
	f.SortBlocks()
	if b, err = f.Format(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, "go.mod"), b, 0o644); err != nil {
		return err
	}
	return copyFile(filepath.Join(dir, "go.sum"), filepath.Join(tmp, "go.sum"))
}

// copyFile copies a small file; one that does not exist is left out.
func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}

var goModPos = regexp.MustCompile(`^(?:errors parsing \S+:\s*)?(\S*go\.(?:mod|work)):(\d+)(?::\d+)?: (.*)$`)

// listProblem turns a failure of the go command into one that says what to do.
func (w *Workspace) listProblem(m Module, msg string) Problem {
	p := Problem{File: joinRel(m.Dir, "go.mod"), Package: m.Path, Msg: w.plain(msg)}
	if s := goModPos.FindStringSubmatch(msg); s != nil {
		fmt.Sscan(s[2], &p.Line)
		p.Msg = w.plain(s[3])
	}
	switch {
	case strings.Contains(msg, "requires go >=") || strings.Contains(msg, "toolchain not available") || strings.Contains(msg, "invalid go version"):
		p.Hint = "install that Go version: svclint reads Go with the installed toolchain (" + w.env.version + ")"
	case strings.Contains(msg, "parsing"), p.Line > 0:
		p.Hint = "correct the file; \"go list ./...\" in " + m.Dir + " shows every error"
	default:
		p.Hint = "run \"go mod tidy\" in " + m.Dir + " or make its dependencies reachable (GOPROXY, GOPRIVATE); nothing in this module was analysed"
	}
	return p
}

// plain makes a message of the go command one line without absolute paths, the same on every machine.
func (w *Workspace) plain(msg string) string {
	msg = strings.Join(strings.Fields(msg), " ")
	return strings.ReplaceAll(msg, w.root+string(filepath.Separator), "")
}

func firstMatchLine(text string, re *regexp.Regexp) string {
	for _, line := range strings.Split(text, "\n") {
		if re.MatchString(line) {
			return strings.TrimPrefix(strings.TrimSpace(line), "go: ")
		}
	}
	return ""
}

// joinRel joins paths relative to the root.
func joinRel(dir, name string) string {
	if dir == "." || dir == "" {
		return name
	}
	return dir + "/" + name
}
