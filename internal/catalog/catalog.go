package catalog

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Catalog holds models by symbol. It is not changed once it is made, and may be used by several goroutines.
type Catalog struct {
	funcs    map[string][]*Model
	values   map[string][]*Model
	packages map[string]bool
	chains   map[string]bool // packages whose methods are the steps of chains: they have a model of *.*
	models   []*Model
}

// New makes a catalog of families. Where several families speak of one symbol, the last one's models stand alone: so a
// repository's own models correct the built-in ones.
func New(families ...*Family) *Catalog {
	return (&Catalog{funcs: map[string][]*Model{}, values: map[string][]*Model{}, packages: map[string]bool{}, chains: map[string]bool{}}).With(families...)
}

// With is the catalog and further families, which count where both speak of a symbol. The catalog itself stays as it is.
func (c *Catalog) With(families ...*Family) *Catalog {
	c = &Catalog{funcs: maps.Clone(c.funcs), values: maps.Clone(c.values), packages: maps.Clone(c.packages), chains: maps.Clone(c.chains)}
	for _, f := range families {
		for _, path := range f.Packages {
			for _, p := range path {
				c.packages[p] = true
			}
		}
		c.add(f.Models)
	}
	for _, index := range []map[string][]*Model{c.funcs, c.values} {
		for _, models := range index {
			c.models = append(c.models, models...)
		}
	}
	slices.SortFunc(c.models, func(a, b *Model) int {
		return cmp.Or(cmp.Compare(a.Func, b.Func), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Pos, b.Pos))
	})
	return c
}

// add enters the models of one family.
func (c *Catalog) add(models []*Model) {
	fresh := map[string]bool{}
	for _, m := range models {
		index, symbol := c.funcs, m.Func
		if m.Value != "" {
			index, symbol = c.values, m.Value
		}
		if !fresh[symbol] {
			index[symbol] = nil
			fresh[symbol] = true
		}
		index[symbol] = append(index[symbol], m)
		if path, ok := strings.CutSuffix(symbol, anyMethod); ok {
			c.chains[path] = true
		}
	}
}

// Lookup gives the models of a function or method: import path + "." + Func, or + "." + Type + "." + Method, where Type is
// the one that declares the method, without pointer and type arguments: github.com/gin-gonic/gin.RouterGroup.GET, not
// gin.Engine.GET. Give the import path as the code has it, with its major version: the models of just that version come
// first, then those of every version (see Canonical).
func (c *Catalog) Lookup(symbol string) []*Model {
	if m := find(c.funcs, symbol); m != nil {
		return m
	}
	return c.step(symbol)
}

// step gives the models of a step of a chain: those of Type.*, *.Method and *.*, in this order.
func (c *Catalog) step(symbol string) []*Model {
	dot := strings.LastIndexByte(symbol, '.')
	if dot < 0 {
		return nil
	}
	method := symbol[dot+1:]
	if dot = strings.LastIndexByte(symbol[:dot], '.'); dot < 0 || !c.chains[symbol[:dot]] {
		return nil
	}
	path, typ := symbol[:dot], symbol[dot+1:len(symbol)-len(method)-1]
	for _, name := range []string{typ + ".*", "*." + method, "*.*"} {
		if m := c.funcs[path+"."+name]; m != nil {
			return m
		}
	}
	return nil
}

// Values gives the models of a package variable, such as net/http.DefaultServeMux; symbols are as for Lookup.
func (c *Catalog) Values(symbol string) []*Model { return find(c.values, symbol) }

// Knows says that some model speaks of the package, in this or in any major version.
func (c *Catalog) Knows(importPath string) bool {
	return c.packages[importPath] || c.packages[Canonical(importPath)]
}

// KnowsModule says that some model speaks of a package of the module, or of one from the same repository: on a forge the
// first three elements of the path, elsewhere two.
func (c *Catalog) KnowsModule(module string) bool {
	n := 2
	switch host, _, _ := strings.Cut(module, "/"); host {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitea.com", "gitee.com":
		n = 3
	}
	elems := strings.Split(Canonical(module), "/")
	repository := strings.Join(elems[:min(n, len(elems))], "/")
	for p := range c.packages {
		if p == repository || strings.HasPrefix(p, repository+"/") {
			return true
		}
	}
	return false
}

// Models gives all models, sorted by symbol.
func (c *Catalog) Models() []*Model { return c.models }

func find(index map[string][]*Model, symbol string) []*Model {
	if m, ok := index[symbol]; ok {
		return m
	}
	if canonical := Canonical(symbol); canonical != symbol {
		return index[canonical]
	}
	return nil
}

var majorSuffix = regexp.MustCompile(`^(gopkg\.in/[^.]+)\.v[0-9]+`)

// anyMethod is the symbol of every method of a package, behind its path.
const anyMethod = ".*.*"

// Canonical removes the major version from an import path or a symbol, so that one model serves all of them:
// github.com/jackc/pgx/v5/pgxpool becomes github.com/jackc/pgx/pgxpool, and gopkg.in/yaml.v3 becomes gopkg.in/yaml.
// See https://go.dev/ref/mod#major-version-suffixes.
func Canonical(path string) string {
	if strings.HasPrefix(path, "gopkg.in/") {
		return majorSuffix.ReplaceAllString(path, "$1")
	}
	for from := 0; ; {
		i := strings.Index(path[from:], "/v")
		if i < 0 {
			return path
		}
		i += from
		end := i + len("/v")
		for end < len(path) && '0' <= path[end] && path[end] <= '9' {
			end++
		}
		version := path[i+len("/v") : end]
		if version != "" && version[0] != '0' && version != "1" && (end == len(path) || path[end] == '/' || path[end] == '.') {
			return path[:i] + path[end:]
		}
		from = i + 1
	}
}
