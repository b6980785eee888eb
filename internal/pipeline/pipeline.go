// Package pipeline runs the rooms in their order: it opens the workspace, summarizes its packages, links the Summaries
// and manifests, looks at the tests of consumers, and hands on the Model. The CLI calls Analyze; a go/analysis pass, which sees one package at a time, gets
// the same Model through ForPass.
package pipeline

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/redelivery"
	"github.com/svclint/svclint/internal/workspace"
)

// ErrNothingToAnalyse says that there are no Go files below a directory.
var ErrNothingToAnalyse = workspace.ErrNoGoFiles

// Options of an analysis.
type Options struct {
	// Progress is told how far a stage is. Calls do not overlap.
	Progress func(stage string, done, total int)
	// Config is the configuration to use, in place of the .svclint.yml in the analysed directory or the nearest one above.
	Config string
	// CheckConfig is asked about the configuration before anything else is done; its error ends the analysis.
	CheckConfig func(*config.Config) error
}

// Analyze recovers the Model of the repository at dir. What could not be read is told in the Model's Coverage; the error
// is for when nothing could be.
func Analyze(ctx context.Context, dir string, opts Options) (*arch.Model, error) {
	w, in, err := collect(ctx, dir, opts)
	if err != nil {
		return nil, err
	}
	m, err := arch.Link(ctx, *in)
	if err != nil {
		return nil, err
	}
	redelivery.Find(m, w.TestFiles(), w.ReadFile)
	return m, nil
}

// Collect reads everything that the linker needs: after it, no file and no syntax tree is looked at.
func Collect(ctx context.Context, dir string, opts Options) (*arch.Input, error) {
	_, in, err := collect(ctx, dir, opts)
	return in, err
}

func collect(ctx context.Context, dir string, opts Options) (*workspace.Workspace, *arch.Input, error) {
	cfg, err := Configuration(dir, opts)
	if err != nil {
		return nil, nil, err
	}
	cat, err := Catalog(cfg)
	if err != nil {
		return nil, nil, err
	}
	w, err := workspace.Open(ctx, dir, workspace.Options{Progress: opts.Progress, FirstParty: cfg.FirstPartyModules(), Library: library})
	if err != nil {
		return nil, nil, err
	}
	if err := settle(cfg, w); err != nil {
		return nil, nil, err
	}
	// What needs no packages is read beside the loading, which takes longer and waits for go list first.
	var (
		beside   sync.WaitGroup
		deployed *workspace.Manifests
		history  []workspace.Commit
	)
	defer beside.Wait()
	beside.Go(func() { history = w.History(ctx) })
	beside.Go(func() { deployed = w.Manifests() })
	summaries, cov, err := summarize(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	in := &arch.Input{Catalog: cat, Coverage: coverage(cov), Settings: cfg, Libraries: libraries(w, cat)}
	in.Units = units(w, summaries)
	var mains []string
	for _, u := range in.Units {
		for _, s := range u.Summaries {
			if s.Name == "main" && !slices.Contains(mains, s.Dir) {
				mains = append(mains, s.Dir)
			}
		}
	}
	beside.Wait()
	manifests(w, deployed, mains, in)
	in.Config = configFiles(w)
	in.DotEnv = dotEnv(w, mains)
	for _, f := range w.SQLFiles() {
		text, err := w.ReadFile(f)
		if err != nil {
			in.Coverage.Problems = append(in.Coverage.Problems, arch.Problem{File: f, Msg: err.Error(), Hint: "make it readable, or remove it"})
			continue
		}
		in.SQL = append(in.SQL, arch.SQLFile{Path: f, Text: string(text)})
	}
	for _, c := range history {
		in.History = append(in.History, arch.Commit(c))
	}
	return w, in, nil
}

// summarize loads the workspace and reduces each package as soon as it is built, so that its syntax tree can be let go.
func summarize(ctx context.Context, w *workspace.Workspace) (map[string]*effects.Summary, *workspace.Coverage, error) {
	var mu sync.Mutex
	summaries := map[string]*effects.Summary{}
	cov, err := w.Load(ctx, func(p *workspace.Package) error {
		if p.SSA == nil {
			return nil
		}
		rel := w.Rel
		if p.Outside {
			rel = func(file string) string { return path.Join(p.Dir, filepath.Base(file)) }
		}
		s := effects.Summarize(effects.Input{Path: p.Path, Dir: p.Dir, Fset: p.Fset, Files: p.Files, SSA: p.SSA, Rel: rel})
		s.Outside = p.Outside
		mu.Lock()
		defer mu.Unlock()
		summaries[p.ID] = s
		return nil
	})
	return summaries, cov, err
}

// units puts the Summaries of each unit in order.
func units(w *workspace.Workspace, summaries map[string]*effects.Summary) []arch.Unit {
	var out []arch.Unit
	for _, u := range w.Units() {
		unit := arch.Unit{Dir: u.Dir}
		for _, id := range u.Packages {
			if s := summaries[id]; s != nil {
				unit.Summaries = append(unit.Summaries, s)
			}
		}
		slices.SortFunc(unit.Summaries, func(a, b *effects.Summary) int { return strings.Compare(a.Path, b.Path) })
		out = append(out, unit)
	}
	return out
}

func libraries(w *workspace.Workspace, cat *catalog.Catalog) map[string]arch.Library {
	out := map[string]arch.Library{}
	for path, l := range w.Naming(cat.Knows, arch.Dialling(cat)) {
		out[path] = arch.Library(l)
	}
	return out
}

func manifests(w *workspace.Workspace, m *workspace.Manifests, mains []string, in *arch.Input) {
	entries := w.EntriesOf(m.Deployments, mains)
	for i := range m.Deployments {
		d := &m.Deployments[i]
		out := arch.Deployment{
			Name: d.Name, Kind: d.Kind, File: d.File, Line: d.Line, Image: d.Image, Hosts: d.Hostnames,
			Command: d.Command, Env: map[string]string{}, Unknown: map[string]string{}, Entries: entries[i], Job: d.Job,
			Built: d.BuildContext != "" || d.Dockerfile != "",
		}
		for name, v := range d.Env {
			out.Env[name] = v.Value
			if v.Unresolved != "" {
				out.Unknown[name] = v.Unresolved
			}
		}
		in.Deployments = append(in.Deployments, out)
	}
	for _, p := range m.Problems {
		in.Coverage.Problems = append(in.Coverage.Problems, arch.Problem(p))
	}
}

func coverage(c *workspace.Coverage) arch.Coverage {
	out := arch.Coverage{Packages: c.Packages, Analysed: c.Analysed, Notes: c.Notes}
	for _, p := range c.Problems {
		out.Problems = append(out.Problems, arch.Problem(p))
	}
	return out
}

// IsNothing reports whether an error of Analyze says that there was nothing to analyse.
func IsNothing(err error) bool { return errors.Is(err, ErrNothingToAnalyse) }
