package effects

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Input is a package as the loader hands it over.
type Input struct {
	Path  string
	Dir   string
	Fset  *token.FileSet
	Files []*ast.File
	SSA   *ssa.Package
	Rel   func(file string) string // makes file names relative to the repository root
}

// Summarize makes the Summary of a package. The package must be built; it can be let go afterwards.
func Summarize(in Input) *Summary {
	p := &pkg{
		in:        in,
		names:     newNames(),
		files:     map[string]string{},
		generated: map[string]bool{},
		ifaces:    map[string]*types.Interface{},

		foreignTypes: map[string]*types.Named{},
	}
	for _, f := range in.Files {
		if isGenerated(f) {
			p.generated[p.pos(f.Package).File] = true
		}
	}
	s := &Summary{Path: in.Path, Name: in.SSA.Pkg.Name(), Dir: in.Dir, Imports: p.imports(), Directives: p.directives(), Embeds: p.embeds()}
	for _, fn := range functions(in.SSA) {
		s.Funcs = append(s.Funcs, p.function(fn))
	}
	s.Types = p.types()
	s.Ifaces = p.interfaces()
	slices.SortFunc(s.Funcs, func(a, b *Func) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

// isGenerated is ast.IsGenerated for generators too that end the line in their own way ("DO NOT EDIT!").
func isGenerated(f *ast.File) bool {
	if ast.IsGenerated(f) {
		return true
	}
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			break
		}
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "// Code generated ") && strings.Contains(c.Text, "DO NOT EDIT") {
				return true
			}
		}
	}
	return false
}

type pkg struct {
	in        Input
	names     *names
	files     map[string]string // absolute -> relative
	generated map[string]bool   // by relative file
	ifaces    map[string]*types.Interface
	// foreignTypes are other packages' types that are used as interfaces here.
	foreignTypes map[string]*types.Named
}

func (p *pkg) pos(pos token.Pos) Pos {
	if !pos.IsValid() {
		return Pos{}
	}
	at := p.in.Fset.PositionFor(pos, false)
	rel, ok := p.files[at.Filename]
	if !ok {
		rel = p.in.Rel(at.Filename)
		p.files[at.Filename] = rel
	}
	return Pos{File: rel, Line: at.Line, Col: at.Column}
}

func (p *pkg) imports() []Import {
	seen := map[string]Pos{}
	for _, f := range p.in.Files {
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the parser has reported it
			}
			at := p.pos(spec.Pos())
			if old, ok := seen[path]; !ok || at.Compare(old) < 0 {
				seen[path] = at
			}
		}
	}
	var out []Import
	for path, at := range seen {
		out = append(out, Import{path, at})
	}
	slices.SortFunc(out, func(a, b Import) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// functions lists every function of the package that has a body, closures included.
func functions(pkg *ssa.Package) []*ssa.Function {
	var out []*ssa.Function
	seen := map[*ssa.Function]bool{}
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		if fn == nil || seen[fn] {
			return
		}
		seen[fn] = true
		if len(fn.Blocks) > 0 {
			out = append(out, fn)
		}
		for _, anon := range fn.AnonFuncs {
			add(anon)
		}
	}
	for _, m := range pkg.Members {
		switch m := m.(type) {
		case *ssa.Function:
			add(m)
		case *ssa.Type:
			named, ok := types.Unalias(m.Type()).(*types.Named)
			if !ok || types.IsInterface(named) {
				continue
			}
			for i := range named.NumMethods() {
				add(pkg.Prog.FuncValue(named.Method(i)))
			}
		}
	}
	return out
}

// types lists the named types of the package with their complete method sets.
func (p *pkg) types() []Type {
	var out []Type
	scope := p.in.SSA.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok {
			continue
		}
		if iface, ok := named.Underlying().(*types.Interface); ok {
			p.ifaces[p.names.typeID(named)] = iface
			continue
		}
		out = append(out, p.namedType(named))
	}
	for _, named := range localTypes(scope) {
		out = append(out, p.namedType(named))
	}
	for _, named := range p.foreignTypes {
		t := p.namedType(named.Origin())
		t.Foreign, t.Fields = true, nil
		out = append(out, t)
	}
	for len(p.names.structs) > 0 { // naming the fields may find more
		found := p.names.structs
		p.names.structs = map[string]*types.Struct{}
		for id, t := range found {
			out = append(out, Type{ID: id, Kind: "struct", Fields: p.fields(t)})
		}
	}
	slices.SortFunc(out, func(a, b Type) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (p *pkg) fields(t *types.Struct) []Field {
	var out []Field
	for i := range t.NumFields() {
		f := t.Field(i)
		out = append(out, Field{f.Name(), p.names.typeID(f.Type()), t.Tag(i), f.Embedded()})
	}
	return out
}

// localTypes lists the types that the functions of a package declare, but no two of one name.
func localTypes(pkg *types.Scope) []*types.Named {
	found := map[string][]*types.Named{}
	var walk func(s *types.Scope)
	walk = func(s *types.Scope) {
		for _, name := range s.Names() {
			if tn, ok := s.Lookup(name).(*types.TypeName); ok && !tn.IsAlias() {
				if named, ok := tn.Type().(*types.Named); ok && !types.IsInterface(named) {
					found[name] = append(found[name], named)
				}
			}
		}
		for child := range s.Children() {
			walk(child)
		}
	}
	for file := range pkg.Children() {
		walk(file)
	}
	var out []*types.Named
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if named := found[name]; len(named) == 1 && pkg.Lookup(name) == nil && named[0].TypeParams().Len() == 0 {
			out = append(out, named[0])
		}
	}
	return out
}

// foreign notes the method set of another package's type that the package uses as an interface with methods: a library's
// client behind an interface of the repository's own.
func (p *pkg) foreign(t, iface types.Type) {
	if i, ok := iface.Underlying().(*types.Interface); !ok || i.NumMethods() == 0 {
		return
	}
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || types.IsInterface(named) || named.Obj().Pkg() == nil || named.Obj().Pkg() == p.in.SSA.Pkg {
		return
	}
	p.foreignTypes[p.names.typeID(named)] = named
}

func (p *pkg) namedType(named *types.Named) Type {
	t := Type{ID: p.names.typeID(named), Kind: "other"}
	ms := types.NewMethodSet(types.NewPointer(named))
	for i := range ms.Len() {
		t.Methods = append(t.Methods, p.method(named, ms.At(i)))
	}
	switch u := named.Underlying().(type) {
	case *types.Struct:
		t.Kind = "struct"
		t.Fields = p.fields(u)
	case *types.Signature:
		t.Kind = "func"
	case *types.Map:
		t.Kind = "map"
	}
	return t
}

func (p *pkg) method(named *types.Named, sel *types.Selection) Method {
	f := sel.Obj().(*types.Func)
	m := Method{Name: f.Name(), Func: methodID(f), Sig: p.names.sig(f.Signature())}
	var at types.Type = named
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		st, ok := structOf(at)
		if !ok {
			break
		}
		m.Path = append(m.Path, st.Field(i).Name())
		at = st.Field(i).Type()
	}
	if len(m.Path) > 0 && types.IsInterface(at) {
		m.Iface = p.iface(at)
	}
	return m
}

func structOf(t types.Type) (*types.Struct, bool) {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

// iface notes an interface through which the package calls and gives its ID.
func (p *pkg) iface(t types.Type) string {
	id := p.names.typeID(t)
	if _, ok := p.ifaces[id]; !ok {
		if u, ok := t.Underlying().(*types.Interface); ok {
			p.ifaces[id] = u
		}
	}
	return id
}

func (p *pkg) interfaces() []Iface {
	var out []Iface
	for id, t := range p.ifaces {
		i := Iface{ID: id}
		for k := range t.NumMethods() {
			m := t.Method(k)
			i.Methods = append(i.Methods, Method{Name: m.Name(), Sig: p.names.sig(m.Signature()), Func: methodID(m)})
		}
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b Iface) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
