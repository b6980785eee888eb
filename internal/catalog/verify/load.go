package main

import (
	"bytes"
	"context"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/svclint/svclint/internal/workspace"
)

// load type-checks what is wanted, each package at the version that is named. It gives the number of scratch modules too.
func load(ctx context.Context, w *wantList, env []string) (loaded packagesOf, rounds int, err error) {
	tmp, err := os.MkdirTemp("", "svclint-verify-")
	if err != nil {
		return loaded, 0, fmt.Errorf("make a folder for scratch modules: %w; set TMPDIR to one that can be written", err)
	}
	defer os.RemoveAll(tmp)
	loaded = packagesOf{packages: map[module.Version][]*types.Package{}, missing: map[string]string{}}
	var rest []module.Version
	for _, m := range sortedVersions(w.modules) {
		if m.Path != "" {
			rest = append(rest, m)
		}
	}
	scratch := func(mods []module.Version) (held []module.Version, err error) {
		rounds++
		s := scratchModule{dir: filepath.Join(tmp, fmt.Sprint(rounds)), env: env, want: w}
		if err := os.Mkdir(s.dir, 0o755); err != nil {
			return nil, fmt.Errorf("make a scratch module: %w", err)
		}
		return s.load(ctx, mods, loaded)
	}
	for rounds == 0 || len(rest) > 0 {
		held, err := scratch(highest(rest))
		if err == nil && len(held) == 0 && len(rest) > 0 {
			held, err = scratch(rest[:1])
			if err == nil && len(held) == 0 {
				err = fmt.Errorf("%s cannot be loaded: its own dependencies ask for a higher version of it; name that one", rest[0])
			}
		}
		if err != nil {
			return loaded, rounds, err
		}
		rest = slices.DeleteFunc(rest, func(m module.Version) bool { return slices.Contains(held, m) })
	}
	return loaded, rounds, nil
}

// highest gives the highest version of each module.
func highest(mods []module.Version) []module.Version {
	var out []module.Version
	for _, m := range mods {
		if i := slices.IndexFunc(out, func(o module.Version) bool { return o.Path == m.Path }); i < 0 {
			out = append(out, m)
		} else if semver.Compare(out[i].Version, m.Version) < 0 {
			out[i] = m
		}
	}
	return out
}

// A scratchModule is a module that nobody builds: it requires libraries, and imports their packages.
type scratchModule struct {
	dir  string
	env  []string
	want *wantList
}

// load adds the packages of those mods that are selected at the version named, and of the standard library, and gives those
// modules.
func (s *scratchModule) load(ctx context.Context, mods []module.Version, loaded packagesOf) (held []module.Version, err error) {
	if err := s.require(mods); err != nil {
		return nil, err
	}
	if held, err = s.selected(ctx, mods); err != nil {
		return nil, err
	}
	var paths []string
	for _, m := range append([]module.Version{{}}, held...) {
		paths = append(paths, s.want.modules[m]...)
	}
	slices.Sort(paths)
	found, err := s.provide(ctx, slices.Compact(paths), loaded)
	if err != nil {
		return nil, err
	}
	// A package that is missing from its module has the go command look for another module, which may raise versions.
	if held, err = s.selected(ctx, held); err != nil {
		return nil, err
	}
	packages, err := s.check(ctx, sortedKeys(found))
	if err != nil {
		return nil, err
	}
	for _, p := range packages {
		if m := found[p.Path()]; (m.Path == "" || slices.Contains(held, m)) && p.Scope().Len() > 0 && !loaded.has(m, p.Path()) {
			loaded.packages[m] = append(loaded.packages[m], p)
		}
	}
	return held, nil
}

// require writes the go.mod.
func (s *scratchModule) require(mods []module.Version) error {
	var f modfile.File
	err := f.AddModuleStmt("scratch.invalid/verify")
	if err == nil {
		err = f.AddGoStmt("1.26.0")
	}
	for _, m := range mods {
		f.AddNewRequire(m.Path, m.Version, false)
	}
	var text []byte
	if err == nil {
		f.Cleanup()
		text, err = f.Format()
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(s.dir, "go.mod"), text, 0o644)
	}
	if err != nil {
		return fmt.Errorf("write a scratch module: %w", err)
	}
	return nil
}

// selected gives those of mods that the go command uses at the version named.
func (s *scratchModule) selected(ctx context.Context, mods []module.Version) ([]module.Version, error) {
	if len(mods) == 0 {
		return nil, nil
	}
	args := []string{"-m", "-f", "{{.Path}}@{{.Version}}"}
	for _, m := range mods {
		args = append(args, m.Path)
	}
	out, err := s.list(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("resolve the module versions of the model files: %w\ncorrect the version, or name the module under unavailable: with the reason", err)
	}
	lines := strings.Fields(out)
	return slices.DeleteFunc(slices.Clone(mods), func(m module.Version) bool { return !slices.Contains(lines, m.String()) }), nil
}

// provide downloads packages and gives those that exist, with the module version that each is of. Why the others do not is
// noted in loaded.
func (s *scratchModule) provide(ctx context.Context, paths []string, loaded packagesOf) (map[string]module.Version, error) {
	const format = "{{if .Name}}{{.ImportPath}} {{with .Module}}{{.Path}} {{.Version}}{{end}}{{else}}{{.ImportPath}}: {{with .Error}}{{printf \"%q\" .Err}}{{end}}{{end}}"
	out, err := s.list(ctx, append([]string{"-e", "-f", format, "--"}, paths...)...)
	if err != nil {
		return nil, fmt.Errorf("list the packages of the model files: %w", err)
	}
	found := map[string]module.Version{}
	for line := range strings.Lines(out) {
		if path, why, ok := strings.Cut(line, ": "); ok {
			if msg, err := strconv.Unquote(strings.TrimSpace(why)); err == nil {
				loaded.missing[path] = strings.Join(strings.Fields(msg), " ")
			}
			continue
		}
		switch f := strings.Fields(line); len(f) {
		case 1:
			found[f[0]] = module.Version{}
		case 3:
			found[f[0]] = module.Version{Path: f[1], Version: f[2]}
		}
	}
	return found, nil
}

// list runs go list, which may complete the scratch module's go.mod and go.sum.
func (s *scratchModule) list(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-mod=mod"}, args...)...)
	cmd.Dir = s.dir
	cmd.Env = append(slices.Clone(s.env), "GOFLAGS=-mod=mod", "GOWORK=off", "GO111MODULE=on", "GOTOOLCHAIN=local", "PWD="+s.dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go list: %w\n%s", err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// check type-checks packages, without their bodies.
func (s *scratchModule) check(ctx context.Context, paths []string) ([]*types.Package, error) {
	var source strings.Builder
	source.WriteString("package verify\n\nimport (\n")
	for i, path := range paths {
		fmt.Fprintf(&source, "\tp%d %q\n", i, path)
	}
	source.WriteString(")\n")
	if err := os.WriteFile(filepath.Join(s.dir, "verify.go"), []byte(source.String()), 0o644); err != nil {
		return nil, fmt.Errorf("write a scratch module: %w", err)
	}
	w, err := workspace.Open(ctx, s.dir, workspace.Options{Env: s.env})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var packages []*types.Package
	if _, err := w.Load(ctx, func(p *workspace.Package) error {
		mu.Lock()
		defer mu.Unlock()
		packages = append(packages, p.Types.Imports()...)
		return nil
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(packages, func(a, b *types.Package) int { return strings.Compare(a.Path(), b.Path()) })
	return packages, nil
}
