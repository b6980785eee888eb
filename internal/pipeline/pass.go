package pipeline

import (
	"context"
	"go/token"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/fix"
	"github.com/svclint/svclint/internal/suppress"
)

// models holds the Model of each repository that passes of this process have asked for: a pass runs once per package,
// the Model is of all of them.
var models sync.Map // root -> func() (*arch.Model, error)

// ForPass is the Model of the repository that holds the pass's package.
func ForPass(pass *analysis.Pass) (*arch.Model, error) { return ForDir(dirOf(pass)) }

// ForDir is the Model of the repository that holds dir: the one that ForPass gives to passes over its packages.
func ForDir(dir string) (*arch.Model, error) {
	root := Root(dir)
	if root == "" {
		return &arch.Model{Schema: arch.Schema}, nil
	}
	load, _ := models.LoadOrStore(root, sync.OnceValues(func() (*arch.Model, error) {
		return Analyze(context.Background(), root, Options{})
	}))
	return load.(func() (*arch.Model, error))()
}

// Run makes the Run function of a pass from its check: it reports what the check finds in the package, as the
// configuration wants it, and no //svclint:ignore takes out. //nolint is golangci-lint's to apply, and what is wrong with a
// suppression belongs to no package: svclint check tells it.
func Run(check func(*arch.Model) []finding.Finding) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		m, err := ForPass(pass)
		if err != nil {
			return nil, err
		}
		fs := finding.Settle(check(m), m.Settings)
		Report(pass, suppress.Apply(fs, suppress.Input{
			Directives: m.Directives, Entries: suppress.Entries(m.Settings), Today: time.Now(), SkipNolint: true,
		}).Left)
		return nil, nil
	}
}

// Report reports the findings whose place lies in a file of the pass's package.
func Report(pass *analysis.Pass, fs []finding.Finding) {
	root := Top(Root(dirOf(pass)))
	for i := range fs {
		f := &fs[i]
		pos := posOf(pass, root, f.Pos)
		if !pos.IsValid() {
			continue
		}
		// No related information: golangci-lint and go vet print each piece as a finding of its own.
		pass.Report(analysis.Diagnostic{Pos: pos, Category: f.Rule.ID, Message: f.Message + " (" + f.Rule.ID + ")", SuggestedFixes: suggest(pass, f, pos)})
	}
}

// suggest is the certain fix of a finding, if there is one.
func suggest(pass *analysis.Pass, f *finding.Finding, pos token.Pos) []analysis.SuggestedFix {
	if !fix.CanMend(f.Rule.ID) || pass.ReadFile == nil {
		return nil
	}
	in := pass.Fset.File(pos)
	text, err := pass.ReadFile(in.Name())
	if err != nil || len(text) != in.Size() {
		return nil
	}
	file, err := fix.Parse(in.Name(), text)
	if err != nil {
		return nil
	}
	made, err := fix.For(f, file)
	if err != nil || made == nil {
		return nil
	}
	edits, err := file.TextEdits(made)
	if err != nil {
		return nil
	}
	out := analysis.SuggestedFix{Message: made.Message}
	for _, e := range edits {
		out.TextEdits = append(out.TextEdits, analysis.TextEdit{Pos: in.Pos(e.Start), End: in.Pos(e.End), NewText: []byte(e.New)})
	}
	return []analysis.SuggestedFix{out}
}

// posOf finds a place of the Model in the files of a pass.
func posOf(pass *analysis.Pass, root string, at effects.Pos) token.Pos {
	if !at.IsValid() {
		return token.NoPos
	}
	for _, file := range pass.Files {
		f := pass.Fset.File(file.FileStart)
		if rel, err := filepath.Rel(root, f.Name()); err == nil && filepath.ToSlash(rel) == at.File && at.Line <= f.LineCount() {
			return f.LineStart(at.Line) + token.Pos(max(at.Col, 1)-1)
		}
	}
	return token.NoPos
}

// dirOf is the directory of the pass's package, "" when it has no files.
func dirOf(pass *analysis.Pass) string {
	if len(pass.Files) == 0 {
		return ""
	}
	return filepath.Dir(pass.Fset.File(pass.Files[0].FileStart).Name())
}

// Root is the repository of a directory: the nearest directory above it with a .svclint.yml, else with a go.work, else
// with a .git, else the topmost one with a go.mod; "" if there is none.
func Root(dir string) string {
	if dir == "" {
		return ""
	}
	for _, mark := range []string{".svclint.yml", "go.work", ".git"} {
		if root := nearest(dir, mark); root != "" {
			return root
		}
	}
	top := nearest(dir, "go.mod")
	for above := top; above != ""; above = nearest(filepath.Dir(above), "go.mod") {
		top = above
		if filepath.Dir(above) == above {
			break
		}
	}
	return top
}

// Top is the directory that places in the Model of an analysed directory are relative to: the git top level, else the
// directory itself.
func Top(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	if top := nearest(abs, ".git"); top != "" {
		return top
	}
	return abs
}

// nearest is the nearest directory from dir upwards that holds a file of the given name, "" if there is none.
func nearest(dir, name string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
