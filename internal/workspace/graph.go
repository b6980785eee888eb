package workspace

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A node is one distinct package: packages of several units that have the same files and the same imports share one.
type node struct {
	meta    *listedPackage
	own     bool // read in full: the repository's own, or first-party
	outside bool // first-party
	id      string
	units   []*Unit
	imports map[string]*node // by path as written in the source; nil value: not found

	missing map[string]string // why an import was not found, as go list says
	cyclic  bool              // an import of it leads back to it, and was left out

	// What follows belongs to the scheduler.
	state     nodeState
	importers int      // nodes that import it and are not surveyed
	asked     demand   // what of it importers name
	sources   [][]byte // from the survey to the check: own files, or what is kept of a dependency's
	paths     []string // own: of the files in sources
	files     []*ast.File
	pkg       *types.Package
	info      *types.Info
	ssa       *ssa.Package
	needs     []*node // imports that are referenced
	users     []*node // nodes that need this one
	unready   int     // needs that are not checked
	unbuilt   int     // needs that cannot be built against, and 1 until the node itself is created
	problems  []Problem
	stubs     map[string]*types.Package // own: blank or missing imports
}

// ids of the nodes: machine independent, so that they can key a cache.
type graph struct {
	w     *Workspace
	nodes map[string]*node // by id
	own   []*node          // sorted by ID
}

// isOwn says whether a package is the repository's own: below its root, and neither vendored, nor in a module cache or
// Go installation that happens to lie there.
func (w *Workspace) isOwn(p *listedPackage) bool {
	if p.Standard || p.Dir == "" || !within(w.root, p.Dir) || w.env.modCache != "" && within(w.env.modCache, p.Dir) {
		return false
	}
	rel := "/" + w.Rel(p.Dir) + "/"
	// The analysed folder itself may lie in a folder of any name.
	rel = "/" + strings.TrimPrefix(rel, "/"+w.Rel(w.dir)+"/")
	return !strings.Contains(rel, "/vendor/") && !strings.Contains(rel, "/node_modules/")
}

// add takes a listing into the graph.
func (g *graph) add(u *Unit, l *listing) {
	byPath := make(map[string]*listedPackage, len(l.packages))
	for _, p := range l.packages {
		byPath[p.ImportPath] = p
	}
	firstParty := g.w.firstParty(u, l)
	done := map[string]*node{}
	busy := map[string]bool{}
	var visit func(p *listedPackage) *node
	visit = func(p *listedPackage) *node {
		if n, ok := done[p.ImportPath]; ok {
			return n
		}
		if busy[p.ImportPath] {
			return nil // an import cycle; go list says so in the package's Error
		}
		busy[p.ImportPath] = true
		defer delete(busy, p.ImportPath)
		n := &node{meta: p, own: g.w.isOwn(p), imports: make(map[string]*node, len(p.Imports))}
		if !n.own && p.Module != nil && firstParty[p.Module.Path] {
			n.own, n.outside = true, true
		}
		for _, path := range p.Imports {
			as := path
			for from, to := range p.ImportMap {
				if to == path {
					as = from
				}
			}
			if path == "C" || path == "unsafe" {
				continue
			}
			if q := byPath[path]; q != nil && len(q.GoFiles)+len(q.CgoFiles) > 0 {
				n.imports[as] = visit(q)
				n.cyclic = n.cyclic || n.imports[as] == nil
			} else if n.own && q != nil && q.Error != nil {
				if n.missing == nil {
					n.missing = map[string]string{}
				}
				n.missing[as] = g.w.plain(q.Error.Err)
			}
		}
		n.id = g.identity(n)
		if have := g.nodes[n.id]; have != nil {
			n = have
		} else {
			g.nodes[n.id] = n
		}
		done[p.ImportPath] = n
		return n
	}
	for _, p := range l.packages {
		if len(p.GoFiles)+len(p.CgoFiles) == 0 || p.ImportPath == "unsafe" {
			continue
		}
		n := visit(p)
		if n.own && (len(n.units) == 0 || n.units[len(n.units)-1] != u) {
			if len(n.units) == 0 {
				g.own = append(g.own, n)
			}
			n.units = append(n.units, u)
			u.Packages = append(u.Packages, n.id)
		}
	}
	sort.Strings(u.Packages)
}

// identity hashes what a package is made of: where it stands, its files and the identities of its imports. The content
// of files outside the module cache and the Go installation is part of it; there, the folder name has the version.
func (g *graph) identity(n *node) string {
	h := sha256.New()
	env, p := g.w.env, n.meta
	dir, fixed := g.w.Rel(p.Dir), false
	switch {
	case within(env.modCache, p.Dir) && env.modCache != "":
		dir, fixed = "mod:"+strings.TrimPrefix(p.Dir, env.modCache), true
	case within(env.root, p.Dir) && env.root != "":
		dir, fixed = "std:"+env.version+strings.TrimPrefix(p.Dir, env.root), true
	}
	fmt.Fprintln(h, p.ImportPath, p.Name, filepath.ToSlash(dir), env.goos, env.goarch, env.cgo, env.tags, env.version)
	if p.Module != nil {
		// No version: a module is v0.0.0 where a replace line leads to it and has none where it is the main one.
		fmt.Fprintln(h, p.Module.Path, p.Module.GoVersion)
	}
	if n.outside {
		fmt.Fprintln(h, "in full")
	}
	for _, f := range n.goFiles() {
		fmt.Fprintln(h, f)
		if fixed {
			continue
		}
		b, made := p.made[f]
		if !made {
			b, _ = os.ReadFile(filepath.Join(p.Dir, f))
		}
		fmt.Fprintln(h, len(b))
		h.Write(b)
	}
	for _, f := range p.EmbedFiles {
		if !n.own {
			break
		}
		fmt.Fprintln(h, "embed", f)
		if b, err := os.ReadFile(filepath.Join(p.Dir, f)); err == nil {
			fmt.Fprintln(h, len(b))
			h.Write(b)
		}
	}
	paths := make([]string, 0, len(n.imports))
	for path := range n.imports {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	for _, path := range paths {
		id := "missing"
		if m := n.imports[path]; m != nil {
			id = m.id
		}
		fmt.Fprintln(h, "import", path, id)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// letGo lets everything go but what the package is made of: types are most of what loading keeps.
func (n *node) letGo() {
	n.files, n.pkg, n.info, n.ssa, n.needs, n.users, n.stubs, n.asked = nil, nil, nil, nil, nil, nil, nil, demand{}
}

// sorted lists the nodes by ID.
func (g *graph) sorted() []*node {
	out := slices.Collect(maps.Values(g.nodes))
	slices.SortFunc(out, func(a, b *node) int { return strings.Compare(a.id, b.id) })
	return out
}

func (n *node) goFiles() []string {
	if len(n.meta.CgoFiles) == 0 {
		return n.meta.GoFiles
	}
	return append(append([]string(nil), n.meta.GoFiles...), n.meta.CgoFiles...)
}

// nameOf is the package name behind an import path in the source of n.
func (n *node) nameOf(path string) string {
	if m := n.imports[path]; m != nil && m.meta.Name != "" {
		return m.meta.Name
	}
	if path == "unsafe" {
		return "unsafe"
	}
	// Not listed: the last element, but for a version.
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = parts[len(parts)-2]
	}
	last, _, _ = strings.Cut(last, ".v")
	return strings.TrimPrefix(last, "go-")
}
