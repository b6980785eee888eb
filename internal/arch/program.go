package arch

import (
	"slices"
	"strings"
	"sync"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// function is a Func with what the linker derives from it once.
type function struct {
	*effects.Func
	pkg *pkgSummary
	// models are what the catalog says of each call, by call index; nil where it says nothing.
	models [][]*catalog.Model
	// callees are the functions of the program that the calls go to, by call index; nil where that is another's or not known.
	callees []*function
	// leaked are the variables whose address a library gets, which may then set them (json.Unmarshal, Scan).
	leaked      map[int32]bool
	leaks       map[int]bool // parameters whose target a library gets
	interesting bool         // reaches an effect
	serving     bool         // reaches the start of a server, consumer, worker or scheduler
	storing     bool         // reaches a store that outlives the call, or an effect
	preds       [][]int32
	loops       []loop                // in functions that a walk over main may enter
	retries     map[int32]naturalLoop // by call: the loop that makes it again where it fails
	selects     bool                  // branches by a text that comes from the caller or a loop's element
	registers   bool                  // reaches, by plain calls, what registers an endpoint
	testsNil    bool                  // a branch depends on whether something is nil
	compares    bool                  // a branch depends on a comparison with a constant text
	// assignedInClosure are the variables to which a closure in the function assigns.
	assignedInClosure map[int32]bool
	txSteps           []transactionStep // by call; nil where no call begins or ends a transaction
	afterErrors       map[[2]int32]bool // what afterError remembers
}

// elsewhere reports whether nobody edits the function in this repository: it is generated, or of a first-party module
// outside. What happens in it is told where it is called.
func (fn *function) elsewhere() bool { return fn.Generated || fn.pkg.Outside }

type pkgSummary struct {
	*effects.Summary
	generated bool            // every function is in a generated file
	embedded  []string        // the SQL that go:embed puts into its variables
	said      map[string]bool // answers of names
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
	// reachable is what implementers remembers, by ifaceMethod.
	reachable sync.Map
	// globalStores lists the stores to package variables.
	globalStores map[string][]storeRef
	// handing lists the functions that pass the address of a package variable to another function.
	handing map[string][]*function
	// embedded holds the SQL that go:embed puts into package variables.
	embedded map[string]string
	// valueFuncs lists the functions that are used as values, by number of parameters.
	valueFuncs map[int][]*function
	ordered    []*function // by ID
	spans      spanFacts
}

type storeRef struct {
	fn    *function
	index int
}

func newProgram(cat *catalog.Catalog, summaries []*effects.Summary, sql []SQLFile) *program {
	p := &program{
		cat:          cat,
		pkgs:         map[string]*pkgSummary{},
		funcs:        map[string]*function{},
		types:        map[string]*effects.Type{},
		ifaces:       map[string]*effects.Iface{},
		byMethod:     map[string][]*effects.Type{},
		globalStores: map[string][]storeRef{},
		handing:      map[string][]*function{},
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
	for _, fn := range p.ordered {
		p.assignments(fn)
	}
	p.embed(sql)
	p.findTransactions()
	var beside sync.WaitGroup
	beside.Go(p.leak)
	p.reach()
	beside.Wait()
	for _, fn := range p.ordered {
		if fn.interesting || fn.storing {
			fn.findLoops()
		}
		fn.findRetries() // also of transports and interceptors, which reach no effect themselves
		fn.findSelects()
	}
	return p
}

// index finds the models of a function's calls and the stores to package variables.
func (p *program) index(fn *function) {
	fn.callees = make([]*function, len(fn.Calls))
	for i := range fn.Calls {
		c := &fn.Calls[i]
		fn.callees[i] = p.funcs[c.Callee]
		for _, arg := range c.Args {
			// Half of a program may hand on its logger, so only the last is looked at: a function is indexed as a whole.
			if name := fn.globalBehind(arg); name != "" && (len(p.handing[name]) == 0 || p.handing[name][len(p.handing[name])-1] != fn) {
				p.handing[name] = append(p.handing[name], fn)
			}
		}
		symbol := calledSymbol(fn, c)
		if symbol == "" || p.funcs[symbol] != nil {
			continue
		}
		if models := p.lookup(symbol); models != nil {
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

// assignments finds the branches on nil, and the variables of a function that its closures assign.
func (p *program) assignments(fn *function) {
	for i := range fn.Blocks {
		if c := fn.Blocks[i].Cond; c >= 0 {
			_, ok := fn.nilTest(&fn.Values[c])
			fn.testsNil = fn.testsNil || ok
			fn.compares = fn.compares || fn.comparesText(c)
		}
	}
	for i := range fn.Values {
		v := &fn.Values[i]
		inner := p.funcs[v.Str]
		if v.Op != effects.OpClosure || inner == nil {
			continue
		}
		for n, arg := range v.Args {
			if p.assignsFree(inner, int32(n), maxNesting) {
				if fn.assignedInClosure == nil {
					fn.assignedInClosure = map[int32]bool{}
				}
				fn.assignedInClosure[arg] = true
			}
		}
	}
}

// assignsFree reports whether a closure, or one in it, assigns to its captured variable n.
func (p *program) assignsFree(fn *function, n int32, depth int) bool {
	captured := func(v int32) bool { return fn.Values[v].Op == effects.OpFree && fn.Values[v].N == n }
	if depth == 0 || slices.ContainsFunc(fn.Stores, func(s effects.Store) bool { return captured(s.Addr) }) {
		return true
	}
	for i := range fn.Values {
		v := &fn.Values[i]
		if inner := p.funcs[v.Str]; v.Op == effects.OpClosure && inner != nil {
			for k, arg := range v.Args {
				if captured(arg) && p.assignsFree(inner, int32(k), depth-1) {
					return true
				}
			}
		}
	}
	return false
}

// calledSymbol is the library symbol that a call may go to: the function, or the named type of a function value that a
// library keeps in a field.
func calledSymbol(fn *function, c *effects.Call) string {
	if c.Callee == "" && c.Iface == "" && c.Func >= 0 && !strings.HasPrefix(fn.Values[c.Func].Type, "func") {
		return fn.Values[c.Func].Type
	}
	return c.Callee
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

// implementers lists the concrete types that a call through an interface may reach, over the whole program. All processes ask
// for the same few interfaces.
func (p *program) implementers(c *effects.Call) []*effects.Type {
	k := ifaceMethod{c.Iface, c.Method, c.Sig}
	if known, ok := p.reachable.Load(k); ok {
		return known.([]*effects.Type)
	}
	var out []*effects.Type
	for _, t := range p.byMethod[c.Method] {
		if p.implements(t, c.Iface, c) {
			out = append(out, t)
		}
	}
	p.reachable.Store(k, out)
	return out
}

// ifaceMethod is a method that is called through an interface.
type ifaceMethod struct{ iface, name, sig string }

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
