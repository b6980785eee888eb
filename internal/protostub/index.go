package protostub

import (
	"slices"
	"strings"

	"github.com/emicklei/proto"
)

// An Index finds the types of a repository's .proto files by name.
type Index struct{ types map[string][]declared }

// declared is a message or enum.
type declared struct {
	file *File
	name string // in its file, with dots: "Outer.Inner"
	enum bool
}

// NewIndex takes in files in the given order.
func NewIndex(files []*File) *Index {
	x := &Index{types: map[string][]declared{}}
	for _, f := range files {
		for _, top := range f.tops {
			x.add(f, "", top)
		}
	}
	return x
}

func (x *Index) add(f *File, outer string, e proto.Visitee) {
	switch e := e.(type) {
	case *proto.Message:
		if e.IsExtend {
			return
		}
		name := join(outer, e.Name)
		x.types[join(f.Package, name)] = append(x.types[join(f.Package, name)], declared{f, name, false})
		for _, inner := range e.Elements {
			x.add(f, name, inner)
		}
	case *proto.Group:
		name := join(outer, e.Name)
		x.types[join(f.Package, name)] = append(x.types[join(f.Package, name)], declared{f, name, false})
	case *proto.Enum:
		name := join(outer, e.Name)
		x.types[join(f.Package, name)] = append(x.types[join(f.Package, name)], declared{f, name, true})
	}
}

// find resolves a type name as protobuf does: in the innermost scope first, then outwards. Where several files declare the
// same name (copies of one file), those of the same Go package come first, then those that are imported by name.
func (x *Index) find(from *File, near []*File, scope, name string) (declared, bool) {
	if full, ok := strings.CutPrefix(name, "."); ok {
		return x.best(from, near, full)
	}
	for in := join(from.Package, scope); ; {
		if d, ok := x.best(from, near, join(in, name)); ok {
			return d, true
		}
		if in == "" {
			return declared{}, false
		}
		i := strings.LastIndexByte(in, '.')
		in = in[:max(i, 0)]
	}
}

func (x *Index) best(from *File, near []*File, full string) (declared, bool) {
	found := x.types[full]
	for _, fits := range []func(*File) bool{
		func(f *File) bool { return f == from },
		func(f *File) bool { return slices.Contains(near, f) },
		func(f *File) bool {
			return slices.ContainsFunc(from.Imports, func(p string) bool { return f.Path == p || strings.HasSuffix(f.Path, "/"+p) })
		},
		func(*File) bool { return true },
	} {
		for _, d := range found {
			if fits(d.file) {
				return d, true
			}
		}
	}
	return declared{}, false
}

// join joins names with a dot.
func join(outer, name string) string {
	if outer == "" {
		return name
	}
	return outer + "." + name
}
