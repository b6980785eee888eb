package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// function is a Func with what the linker derives from it once.
type function struct {
	*effects.Func
	pkg *pkgSummary
	// models are what the catalog says of each call, by call index; nil where it says nothing.
	models [][]*catalog.Model
	// leaked are the variables whose address a library gets, which may then set them (json.Unmarshal, Scan).
	leaked      map[int32]bool
	leaks       map[int]bool // parameters whose target a library gets
	interesting bool         // reaches an effect
	serving     bool         // reaches the start of a server, consumer, worker or scheduler
	storing     bool         // reaches a store that outlives the call, or an effect
	preds       [][]int32
	loops       []loop // in functions that a walk over main may enter
	selects     bool   // branches by a text that comes from the caller or a loop's element
	registers   bool   // reaches, by plain calls, what registers an endpoint
}

// elsewhere reports whether nobody edits the function in this repository: it is generated, or of a first-party module
// outside. What happens in it is told where it is called.
func (fn *function) elsewhere() bool { return fn.Generated || fn.pkg.Outside }

type pkgSummary struct {
	*effects.Summary
	generated bool // every function is in a generated file
}

// program is one unit of loading: the Summaries that were type-checked together, indexed.
type program struct {
	cat    *catalog.Catalog
	pkgs   map[string]*pkgSummary
	funcs  map[string]*function
	types  map[string]*effects.Type
	ifaces map[string]*effects.Iface
	// byMethod lists the concrete types that have a method of a name.
	byMethod map[string][]*effects.Type
	// globalStores lists the stores to package variables.
	globalStores map[string][]storeRef
	// valueFuncs lists the functions that are used as values, by number of parameters.
	valueFuncs map[int][]*function
	ordered    []*function // by ID
}

type storeRef struct {
	fn    *function
	index int
}

func newProgram(cat *catalog.Catalog, summaries []*effects.Summary) *program {
	p := &program{
		cat:          cat,
		pkgs:         map[string]*pkgSummary{},
		funcs:        map[string]*function{},
		types:        map[string]*effects.Type{},
		ifaces:       map[string]*effects.Iface{},
		byMethod:     map[string][]*effects.Type{},
		globalStores: map[string][]storeRef{},
		valueFuncs:   map[int][]*function{},
	}
	for _, s := range summaries {
		if p.pkgs[s.Path] != nil {
			continue // the loader has said that two packages have one path
		}
		if cat.Knows(s.Path) {
			continue // a library whose source lies in the repository, by a replace, is a library still
		}
		ps := &pkgSummary{Summary: s, generated: len(s.Funcs) > 0}
		p.pkgs[s.Path] = ps
		for _, f := range s.Funcs {
			fn := &function{Func: f, pkg: ps}
			p.funcs[f.ID] = fn
			p.ordered = append(p.ordered, fn)
			ps.generated = ps.generated && (f.Generated || fn.initializer())
		}
		for i := range s.Types {
			if t := &s.Types[i]; !t.Foreign || p.types[t.ID] == nil {
				p.types[t.ID] = t
			}
		}
		for i := range s.Ifaces {
			p.ifaces[s.Ifaces[i].ID] = &s.Ifaces[i]
		}
	}
	for _, t := range p.types {
		for _, m := range t.Methods {
			p.byMethod[m.Name] = append(p.byMethod[m.Name], t)
		}
	}
	slices.SortFunc(p.ordered, func(a, b *function) int { return strings.Compare(a.ID, b.ID) })
	for name := range p.byMethod {
		slices.SortFunc(p.byMethod[name], func(a, b *effects.Type) int { return strings.Compare(a.ID, b.ID) })
	}
	for _, fn := range p.ordered {
		p.index(fn)
	}
	p.leak()
	p.reach()
	for _, fn := range p.ordered {
		if fn.interesting || fn.storing {
			fn.findLoops()
		}
		fn.findSelects()
	}
	return p
}

// index finds the models of a function's calls and the stores to package variables.
func (p *program) index(fn *function) {
	for i := range fn.Calls {
		c := &fn.Calls[i]
		if c.Callee == "" || p.funcs[c.Callee] != nil {
			continue
		}
		if models := p.lookup(c.Callee); models != nil {
			if fn.models == nil {
				fn.models = make([][]*catalog.Model, len(fn.Calls))
			}
			fn.models[i] = models
		}
	}
	for i, s := range fn.Stores {
		if addr := fn.Values[s.Addr]; addr.Op == effects.OpGlobal {
			p.globalStores[addr.Str] = append(p.globalStores[addr.Str], storeRef{fn, i})
		}
	}
	seen := map[string]bool{}
	for _, v := range fn.Values {
		switch v.Op {
		case effects.OpFunc, effects.OpClosure, effects.OpBound:
			if target := p.funcs[v.Str]; target != nil && !seen[v.Str] {
				seen[v.Str] = true
				n := len(target.Params)
				if v.Op == effects.OpBound {
					n--
				}
				p.valueFuncs[n] = append(p.valueFuncs[n], target)
			}
		}
	}
	fn.preds = make([][]int32, len(fn.Blocks))
	for i, b := range fn.Blocks {
		for _, s := range b.Succs {
			fn.preds[s] = append(fn.preds[s], int32(i))
		}
	}
}

// lookup asks the catalog about a library function by its ID in the Summary.
func (p *program) lookup(id string) []*catalog.Model { return p.cat.Lookup(id) }

// implements reports whether a concrete type has every method of an interface. Interfaces that no Summary describes are
// matched by the one method that is called.
func (p *program) implements(t *effects.Type, iface string, call *effects.Call) bool {
	if i := p.ifaces[iface]; i != nil {
		for _, want := range i.Methods {
			m := methodOf(t, want.Name)
			if m == nil || !sameSig(m.Sig, want.Sig) {
				return false
			}
		}
		return true
	}
	m := methodOf(t, call.Method)
	return m != nil && sameSig(m.Sig, call.Sig)
}

func methodOf(t *effects.Type, name string) *effects.Method {
	i, ok := slices.BinarySearchFunc(t.Methods, name, func(m effects.Method, name string) int { return strings.Compare(m.Name, name) })
	if ok {
		return &t.Methods[i]
	}
	for i := range t.Methods { // unexported methods sort by package
		if t.Methods[i].Name == name {
			return &t.Methods[i]
		}
	}
	return nil
}

// sameSig compares signatures; type parameters (?) match anything, so then only the shape counts.
func sameSig(a, b string) bool {
	if a == b {
		return true
	}
	if !strings.Contains(a, "?") && !strings.Contains(b, "?") {
		return false
	}
	return arity(a) == arity(b)
}

// arity counts parameters and results at the top level of a spelled signature.
func arity(sig string) [2]int {
	var out [2]int
	depth, part := 0, -1
	empty := true
	for _, r := range sig {
		switch r {
		case '(', '[', '{':
			if depth == 0 && r == '(' {
				part++
				empty = true
			} else {
				empty = false
			}
			depth++
		case ')', ']', '}':
			depth--
			if depth == 0 && !empty && part < 2 {
				out[part]++
			}
		case ',':
			if depth == 1 && part < 2 {
				out[part]++
			}
		default:
			empty = false
		}
	}
	return out
}

// implementers lists the concrete types that a call through an interface may reach, over the whole program.
func (p *program) implementers(c *effects.Call) []*effects.Type {
	var out []*effects.Type
	for _, t := range p.byMethod[c.Method] {
		if p.implements(t, c.Iface, c) {
			out = append(out, t)
		}
	}
	return out
}

// base follows field and element addresses to what they are addresses into.
func (fn *function) base(v int32) int32 {
	for {
		switch val := fn.Values[v]; val.Op {
		case effects.OpFieldPtr, effects.OpIndexPtr, effects.OpField, effects.OpIndex:
			v = val.Args[0]
		default:
			return v
		}
	}
}

// dominates reports whether block a dominates block b.
func (fn *function) dominates(a, b int32) bool {
	for b >= 0 {
		if a == b {
			return true
		}
		b = fn.Blocks[b].Idom
	}
	return false
}
