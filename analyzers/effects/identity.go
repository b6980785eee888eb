package effects

import (
	"go/types"
	"hash/fnv"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// names gives types and functions the IDs by which Summaries of different packages agree. It caches, because the same
// types come up at every call.
type names struct {
	ids  map[types.Type]string
	sigs map[*types.Signature]string
	// structs are the struct types without a name that have tags, by ID.
	structs map[string]*types.Struct
}

func newNames() *names {
	return &names{ids: map[types.Type]string{}, sigs: map[*types.Signature]string{}, structs: map[string]*types.Struct{}}
}

// typeID names a type: path.Name for named types without type arguments, with a * in front for pointers. Type parameters
// are ?, so that the ID of a generic type's part says that it may be anything.
func (n *names) typeID(t types.Type) string {
	if t == nil {
		return ""
	}
	if id, ok := n.ids[t]; ok {
		return id
	}
	id := n.spell(t)
	n.ids[t] = id
	return id
}

func (n *names) spell(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return objectID(t.Obj())
	case *types.Pointer:
		return "*" + n.typeID(t.Elem())
	case *types.Slice:
		return "[]" + n.typeID(t.Elem())
	case *types.Array:
		return "[]" + n.typeID(t.Elem())
	case *types.Map:
		return "map[" + n.typeID(t.Key()) + "]" + n.typeID(t.Elem())
	case *types.Chan:
		return "chan " + n.typeID(t.Elem())
	case *types.Basic:
		return t.Name()
	case *types.TypeParam:
		return "?"
	case *types.Signature:
		return "func" + n.sig(t)
	case *types.Interface:
		if t.Empty() {
			return "any"
		}
		return "interface{" + n.methodNames(t) + "}"
	case *types.Struct:
		return n.structID(t)
	}
	return "?"
}

// structID names a struct type without a name: those with tags, whose fields a library may fill, are told apart.
func (n *names) structID(t *types.Struct) string {
	for i := range t.NumFields() {
		if t.Tag(i) != "" {
			h := fnv.New64a()
			h.Write([]byte(types.TypeString(t, nil)))
			id := "struct{" + strconv.FormatUint(h.Sum64(), 36) + "}"
			n.structs[id] = t
			return id
		}
	}
	return "struct"
}

func (n *names) methodNames(t *types.Interface) string {
	var b strings.Builder
	for i := range t.NumMethods() {
		b.WriteString(t.Method(i).Name() + ";")
	}
	return b.String()
}

// sig spells a signature without its receiver and parameter names.
func (n *names) sig(s *types.Signature) string {
	if id, ok := n.sigs[s]; ok {
		return id
	}
	var b strings.Builder
	tuple := func(t *types.Tuple) {
		b.WriteByte('(')
		for i := range t.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(n.typeID(t.At(i).Type()))
		}
		b.WriteByte(')')
	}
	tuple(s.Params())
	tuple(s.Results())
	n.sigs[s] = b.String()
	return b.String()
}

func objectID(o types.Object) string {
	if o.Pkg() == nil {
		return o.Name()
	}
	return o.Pkg().Path() + "." + o.Name()
}

// methodID is path.Type.Method, whether the receiver is a pointer or not. Methods of an embedded interface literal, which
// have no named receiver, are path.Method.
func methodID(f *types.Func) string {
	f = f.Origin()
	sig := f.Signature()
	if recv := sig.Recv(); recv != nil {
		t := recv.Type()
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		if named, ok := types.Unalias(t).(*types.Named); ok {
			return objectID(named.Obj()) + "." + f.Name()
		}
	}
	return objectID(f)
}

// funcID names an SSA function: by its object where it has one, by its place in the enclosing function otherwise.
func funcID(fn *ssa.Function) string {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if parent := fn.Parent(); parent != nil {
		for i, anon := range parent.AnonFuncs {
			if anon == fn {
				return funcID(parent) + "$" + strconv.Itoa(i+1)
			}
		}
	}
	if obj, ok := fn.Object().(*types.Func); ok {
		// The several init functions of a package share an object name; a method may be called init as any other.
		if obj.Name() != "init" || obj.Signature().Recv() != nil {
			return methodID(obj)
		}
	}
	if fn.Pkg != nil {
		return fn.Pkg.Pkg.Path() + "." + fn.Name()
	}
	return fn.String()
}

// displayName is the function as a Go programmer writes it, without the package.
func displayName(fn *ssa.Function) string {
	if fn.Parent() != nil {
		id := fn.Name()
		outer := fn
		for outer.Parent() != nil {
			outer = outer.Parent()
		}
		if i := strings.IndexByte(id, '$'); i >= 0 {
			return displayName(outer) + id[i:]
		}
		return displayName(outer)
	}
	recv := fn.Signature.Recv()
	if recv == nil {
		return fn.Name()
	}
	t := recv.Type()
	star := ""
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t, star = p.Elem(), "*"
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return "(" + star + named.Obj().Name() + ")." + fn.Name()
	}
	return fn.Name()
}
