package main

import (
	"cmp"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/svclint/svclint/internal/catalog"
)

// A wantList says which packages are to be loaded of which module versions, and for which paths of which family.
type wantList struct {
	// modules are the packages that each module version may provide. The standard library has the zero Version.
	modules map[module.Version][]string
	paths   []wantedPath
}

// A wantedPath is an import path as a family writes it: with a major version, or for all of them.
type wantedPath struct {
	family    *catalog.Family
	path      string
	providers []provider
}

// A provider is a package that a path may stand for.
type provider struct {
	module module.Version
	pkg    string
}

// packagesOf are the packages that were found, by the module version that they are of, and why others were not.
type packagesOf struct {
	packages map[module.Version][]*types.Package
	missing  map[string]string
}

func (l packagesOf) has(m module.Version, path string) bool {
	return slices.ContainsFunc(l.packages[m], func(p *types.Package) bool { return p.Path() == path })
}

func (l packagesOf) all() []*types.Package {
	var out []*types.Package
	for _, m := range sortedVersions(l.packages) {
		out = append(out, l.packages[m]...)
	}
	return out
}

// wanted lists what the families ask for.
func wanted(families []*catalog.Family) *wantList {
	w := &wantList{modules: map[module.Version][]string{}}
	for _, f := range families {
		for _, m := range f.Modules {
			w.want(m)
		}
		seen := map[string]bool{}
		for _, alias := range sortedKeys(f.Packages) {
			for _, path := range f.Packages[alias] {
				if seen[path] {
					continue
				}
				seen[path] = true
				p := wantedPath{family: f, path: path, providers: providers(path, f.Modules)}
				for _, by := range p.providers {
					w.want(by.module, by.pkg)
				}
				w.paths = append(w.paths, p)
			}
		}
	}
	return w
}

func (w *wantList) want(m module.Version, packages ...string) {
	list := append(w.modules[m], packages...)
	slices.Sort(list)
	w.modules[m] = slices.Compact(list)
}

// providers lists the packages that a path of a family may stand for. A path without major version stands for all of them, one
// with it for itself alone. Of nested modules the inner one has the package.
func providers(path string, modules []module.Version) []provider {
	if standard(path) {
		return []provider{{pkg: path}}
	}
	var out []provider
	longest := 0
	for _, m := range modules {
		root := m.Path
		if catalog.Canonical(path) == path {
			root = catalog.Canonical(m.Path)
		}
		rest, ok := strings.CutPrefix(path, root)
		if !ok || rest != "" && rest[0] != '/' || len(root) < longest {
			continue
		}
		if len(root) > longest {
			out, longest = nil, len(root)
		}
		out = append(out, provider{m, m.Path + rest})
	}
	return out
}

// standard reports whether a path is one of the standard library: the first element of all others is a host name.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// missingModules are the files that name no module although they speak of libraries that have one.
func missingModules(families []*catalog.Family) []string {
	var out []string
	for _, f := range families {
		if len(f.Modules)+len(f.Unavailable) > 0 {
			continue
		}
		for _, alias := range sortedKeys(f.Packages) {
			if i := slices.IndexFunc(f.Packages[alias], func(p string) bool { return !standard(p) }); i >= 0 {
				path := f.Packages[alias][i]
				out = append(out, fmt.Sprintf("models/%s.yaml: there is no modules: name the module versions that the models were checked against, such as [%s@v1.2.3]",
					f.Name, path))
				break
			}
		}
	}
	return out
}

// unprovided are the paths that no named module has, and the modules that have nothing that the file speaks of.
func (w *wantList) unprovided(loaded packagesOf) []string {
	var out []string
	type use struct {
		family string
		module module.Version
	}
	used := map[use]bool{}
	for _, p := range w.paths {
		found, why := false, ""
		for _, by := range p.providers {
			if loaded.has(by.module, by.pkg) {
				found, used[use{p.family.Name, by.module}] = true, true
			} else if msg := loaded.missing[by.pkg]; msg != "" {
				why = " (" + msg + ")"
			}
		}
		if !found && !unavailable(p) && len(p.family.Modules)+len(p.family.Unavailable) > 0 {
			out = append(out, fmt.Sprintf("models/%s.yaml: no module of modules: has the package %s%s: add the one that has it, or correct the path", p.family.Name, p.path, why))
		}
	}
	for _, p := range w.paths {
		for _, m := range p.family.Modules {
			if u := (use{p.family.Name, m}); !used[u] {
				used[u] = true
				out = append(out, fmt.Sprintf("models/%s.yaml: %s has none of the file's packages: leave it out, or correct its path or version", p.family.Name, m))
			}
		}
	}
	return out
}

// unavailable reports whether the file says that the path's module cannot be had.
func unavailable(p wantedPath) bool {
	for path := range p.family.Unavailable {
		for _, by := range providers(p.path, []module.Version{{Path: path}}) {
			if by.pkg != "" {
				return true
			}
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func sortedVersions[V any](m map[module.Version]V) []module.Version {
	return slices.SortedFunc(maps.Keys(m), func(a, b module.Version) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Version, b.Version))
	})
}
