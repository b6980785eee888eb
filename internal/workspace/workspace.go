package workspace

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"golang.org/x/tools/go/ssa"
)

// ErrNoGoFiles says that there is nothing to analyse below the directory given to Open.
var ErrNoGoFiles = errors.New("no Go files")

// Options change how a workspace is opened and loaded. The zero value is the default.
type Options struct {
	// Progress is told how far a stage ("list", "check", "analyse") is. Calls do not overlap. total grows while "check" runs,
	// because dependencies are discovered on the way.
	Progress func(stage string, done, total int)
	// Env is the environment of the go command; nil means os.Environ().
	Env []string
	// Workers limits how many packages are worked on at a time; 0 means GOMAXPROCS.
	Workers int
	// SSAMode is handed to ssa.NewProgram.
	SSAMode ssa.BuilderMode
	// FirstParty are prefixes of the paths of modules that are read in full although they are dependencies, besides those of
	// the repository's own organisation. See firstparty.go.
	FirstParty []string
	// Library says of a module of the organisation that it is a library whose functions have a meaning of their own: it
	// is read as any dependency. Nil says it of none.
	Library func(module string) bool
	// API says which packages' types are wanted, whether the repository's code needs them or not; APIs gives them after Load.
	API func(importPath string) bool
}

// A Workspace is a repository, or a part of it, whose files have been found.
type Workspace struct {
	root  string   // absolute, symlinks resolved
	dir   string   // what is analysed, at or below root
	files []string // every file that may matter, relative to root, sorted
	tests []string // the _test.go files, relative to root, sorted
	units []*Unit
	opts  Options
	env   *goEnv

	finder *packageFinder

	protosOnce sync.Once
	protos     *protoIndex // see protoFiles

	problems   []Problem // found while looking for files
	goDirs     []string  // absolute folders with Go files
	moduleDirs []string  // absolute folders with a go.mod
	unreadable []string  // absolute folders

	apis  []*types.Package
	graph *graph // known after Load
}

// A Unit is what one go list call loads: the members of a go.work, or one module.
type Unit struct {
	ID       string   // Dir, with "#work" appended for a go.work; unique in the workspace
	Dir      string   // folder of the go.work or go.mod
	Modules  []Module // sorted by Dir
	Packages []string // IDs of the own packages in it, sorted; known after Load

	work     bool
	patterns []string // what is listed, relative to listDir
	listDir  string   // absolute
}

// A Module is a Go module of the repository.
type Module struct {
	Path      string // as its go.mod says; not unique in a repository
	Dir       string
	GoVersion string
}

// Open finds the modules and files below dir. Errors name the folder and what to do; one of them is ErrNoGoFiles.
func Open(ctx context.Context, dir string, opts Options) (*Workspace, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w; give the folder of a Go repository", dir, err)
	}
	if st, err := os.Stat(abs); err != nil {
		return nil, fmt.Errorf("open %s: %w; give the folder of a Go repository", dir, err)
	} else if !st.IsDir() {
		return nil, fmt.Errorf("open %s: it is a file; give the folder that holds it", dir)
	}
	w := &Workspace{root: repositoryRoot(abs), dir: abs, opts: opts}
	if w.opts.Env == nil {
		w.opts.Env = os.Environ()
	}
	if w.env, err = readGoEnv(ctx, abs, w.opts.Env); err != nil {
		return nil, err
	}
	w.finder = newPackageFinder(w.env)
	if err := w.discover(ctx); err != nil {
		return nil, err
	}
	return w, nil
}

// Root is the absolute path of the repository root: the git top level, or the analysed folder when there is none.
func (w *Workspace) Root() string { return w.root }

// Dir is the analysed folder relative to the root; "." when they are the same.
func (w *Workspace) Dir() string { return w.Rel(w.dir) }

// Units are the go list loads the workspace consists of, sorted by ID. Their Packages are filled by Load.
func (w *Workspace) Units() []*Unit { return w.units }

// APIs are the packages that Options.API asks for, as far as Load found them, by import path; one path may come several
// times when units use several versions of it.
func (w *Workspace) APIs() []*types.Package { return w.apis }

// Rel makes an absolute file name relative to the repository root, with slashes. Names outside the root stay as they are.
func (w *Workspace) Rel(abs string) string {
	if !filepath.IsAbs(abs) {
		return filepath.ToSlash(abs)
	}
	if abs == w.root {
		return "."
	}
	prefix := w.root
	if !strings.HasSuffix(prefix, string(filepath.Separator)) {
		prefix += string(filepath.Separator)
	}
	if rest, ok := strings.CutPrefix(abs, prefix); ok {
		return filepath.ToSlash(rest)
	}
	return filepath.ToSlash(abs)
}

// Abs is the absolute name of a path relative to the repository root.
func (w *Workspace) Abs(rel string) string {
	if filepath.IsAbs(rel) {
		return rel
	}
	return filepath.Join(w.root, filepath.FromSlash(rel))
}

// ReadFile reads a file named relative to the repository root.
func (w *Workspace) ReadFile(rel string) ([]byte, error) {
	b, err := os.ReadFile(w.Abs(rel))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", rel, errors.Unwrap(err))
	}
	return b, nil
}

// Files are the files below the analysed folder that are not Go code, hidden, vendored or test data, sorted. .env files
// are in it.
func (w *Workspace) Files() []string { return w.files }

// TestFiles are the _test.go files below the analysed folder, sorted. They are not loaded.
func (w *Workspace) TestFiles() []string { return w.tests }

// SQLFiles are the names of the SQL files among Files.
func (w *Workspace) SQLFiles() []string {
	var out []string
	for _, f := range w.files {
		if strings.EqualFold(filepath.Ext(f), ".sql") {
			out = append(out, f)
		}
	}
	return out
}

// A Problem is something that could not be analysed. It is never fatal for the rest.
type Problem struct {
	File    string // relative to the root; may be empty
	Line    int    // 0 when not known
	Package string // import path; may be empty
	Msg     string // what is wrong: the first error
	Hint    string // what the user can do
}

func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": ")
	}
	if p.Package != "" {
		b.WriteString(p.Package + ": ")
	}
	b.WriteString(p.Msg)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Coverage says how much of the repository was analysed.
type Coverage struct {
	Packages int // own packages found
	Analysed int // own packages of which at least the SSA form was handed to the visitor
	Partial  int // analysed packages of which something is missing: a syntax or type error, a file that was left out
	Problems []Problem
	Notes    []string // what was done differently from a plain load, one line each
}

// sortProblems orders and deduplicates, so that a report is the same from run to run.
func sortProblems(ps []Problem) []Problem {
	sort.Slice(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		if a.Package != b.Package {
			return a.Package < b.Package
		}
		return a.Msg < b.Msg
	})
	var out []Problem
	for i, p := range ps {
		if i == 0 || p != ps[i-1] {
			out = append(out, p)
		}
	}
	return out
}
