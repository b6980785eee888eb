package protostub

import (
	"slices"

	"github.com/emicklei/proto"
)

// Needs lists what the stubs of some files, which make up one Go package, are made with: other .proto files whose types
// they use, and packages of libraries.
func (x *Index) Needs(files []*File) (others []*File, libraries []string) {
	libraries = []string{reflection}
	for _, f := range files {
		use := func(scope, name string) {
			if d, ok := x.find(f, files, scope, name); ok {
				if !slices.Contains(files, d.file) && !slices.Contains(others, d.file) {
					others = append(others, d.file)
				}
			} else if p := wellKnown(trimDot(name)); p != "" {
				libraries = append(libraries, p)
			}
		}
		for _, top := range f.tops {
			if _, ok := top.(*proto.Service); ok {
				libraries = append(libraries, contextPath, grpcPath)
			}
			references("", top, use)
		}
	}
	slices.Sort(libraries)
	return others, slices.Compact(libraries)
}

// references calls use for every type name that a declaration uses, with the message it stands in.
func references(scope string, e proto.Visitee, use func(scope, name string)) {
	switch e := e.(type) {
	case *proto.Message:
		if !e.IsExtend {
			for _, inner := range e.Elements {
				references(join(scope, e.Name), inner, use)
			}
		}
	case *proto.Group:
		for _, inner := range e.Elements {
			references(join(scope, e.Name), inner, use)
		}
	case *proto.Oneof:
		for _, inner := range e.Elements {
			references(scope, inner, use)
		}
	case *proto.NormalField:
		use(scope, e.Type)
	case *proto.MapField:
		use(scope, e.Type)
	case *proto.OneOfField:
		use(scope, e.Type)
	case *proto.Service:
		for _, inner := range e.Elements {
			if rpc, ok := inner.(*proto.RPC); ok {
				use(scope, rpc.RequestType)
				use(scope, rpc.ReturnsType)
			}
		}
	}
}

func trimDot(name string) string {
	if name != "" && name[0] == '.' {
		return name[1:]
	}
	return name
}
