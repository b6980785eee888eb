package workspace

import (
	"cmp"
	"fmt"
	"go/types"
	"path"
	"slices"
	"strings"
)

// A platform team's own modules wrap RPC, brokers and stores, and no model knows them. They live in the module cache, as a
// dependency, but are as much the organisation's code as the repository is; so they are read in full: bodies are kept,
// and a visitor sees the packages. What lies outside has no place in the repository, so nothing is reported there.

// firstParty gives the modules of a listing, by path, that are read in full: those under a prefix that the user lists, and
// those of the organisation of the unit's own modules, except
//
//   - libraries that the catalog knows: their functions have a meaning of their own, and what they are made of has none;
//   - what a library imports: the organisation then publishes libraries for the world (the repository is an example of a
//     framework, say), and these are their insides.
func (w *Workspace) firstParty(u *Unit, l *listing) map[string]bool {
	own := map[string]bool{}
	for _, m := range u.Modules {
		own[m.Path] = true
	}
	owners := organisations(u)
	if len(owners) == 0 { // module approval: of the organisation that the repository's other modules name
		owners = organisations(w.units...)
	}
	if len(owners)+len(w.opts.FirstParty) == 0 {
		return nil
	}
	found := map[string]bool{}
	listed := map[string]bool{}
	for _, p := range l.packages {
		if p.Standard || p.Module == nil || own[p.Module.Path] || w.isOwn(p) || found[p.Module.Path] {
			continue
		}
		m := p.Module.Path
		if slices.ContainsFunc(w.opts.FirstParty, func(prefix string) bool { return m == prefix || strings.HasPrefix(m, prefix+"/") }) {
			found[m], listed[m] = true, true
		} else if owners[organisation(m)] && (w.opts.Library == nil || !w.opts.Library(m)) {
			found[m] = true
		}
	}
	if len(found) == len(listed) {
		return found
	}
	moduleOf := make(map[string]string, len(l.packages))
	for _, p := range l.packages {
		if p.Module != nil {
			moduleOf[p.ImportPath] = p.Module.Path
		}
	}
	for changed := true; changed; {
		changed = false
		for _, p := range l.packages {
			if p.Module == nil || w.isOwn(p) || found[p.Module.Path] {
				continue
			}
			for _, imp := range p.Imports {
				if m := moduleOf[imp]; found[m] && !listed[m] {
					delete(found, m)
					changed = true
				}
			}
		}
	}
	return found
}

// organisations are those of the modules of units.
func organisations(units ...*Unit) map[string]bool {
	owners := map[string]bool{}
	for _, u := range units {
		for _, m := range u.Modules {
			if o := organisation(m.Path); o != "" {
				owners[o] = true
			}
		}
	}
	return owners
}

// organisation is who publishes a module, as its path says it: host and owner on the forges where everybody may have
// an account, else the host; "" for a path that no host begins.
func organisation(module string) string {
	host, rest, _ := strings.Cut(module, "/")
	if !strings.Contains(host, ".") {
		return ""
	}
	switch host {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitea.com", "gitee.com", "git.sr.ht", "dev.azure.com", "gopkg.in":
		owner, _, _ := strings.Cut(rest, "/")
		if owner == "" {
			return ""
		}
		return host + "/" + owner
	}
	return host
}

// dirOf is a package's folder relative to the root, or, outside it, behind its module's path and version: the same on
// every machine.
func (w *Workspace) dirOf(n *node) string {
	if !n.outside {
		return w.Rel(n.meta.Dir)
	}
	m := n.meta.Module
	return path.Join(moduleVersion(m), strings.TrimPrefix(n.meta.ImportPath, m.Path))
}

func moduleVersion(m *listedModule) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + "@" + m.Version
}

// firstPartyNotes says which modules were read in full.
func (g *graph) firstPartyNotes() []string {
	packages := map[string]int{}
	for _, n := range g.own {
		if n.outside {
			packages[moduleVersion(n.meta.Module)]++
		}
	}
	var notes []string
	for m, n := range packages {
		notes = append(notes, fmt.Sprintf("%s was read in full (packages: %d): it is of the same organisation, or listed under first-party", m, n))
	}
	return notes
}

// wanted are the nodes whose API is asked for.
func (g *graph) wanted() []*node {
	if g.w.opts.API == nil {
		return nil
	}
	var out []*node
	for _, n := range g.nodes {
		if g.w.opts.API(n.meta.ImportPath) {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b *node) int {
		return cmp.Or(strings.Compare(a.meta.ImportPath, b.meta.ImportPath), strings.Compare(a.id, b.id))
	})
	return out
}

// apis are the types of the wanted nodes, once they are checked.
func (g *graph) apis() []*types.Package {
	var out []*types.Package
	for _, n := range g.wanted() {
		if n.pkg != nil {
			out = append(out, n.pkg)
		}
	}
	return out
}
