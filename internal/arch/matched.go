package arch

import (
	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// Matched gives the places (Model.Pos) of the models in a catalog that speak of something the repository's code does: a
// call, also through an interface that the model's type has the method for, the use of a function as a value, or of a
// variable. A place that is not in it is that of an entry that says nothing about this repository.
func Matched(cat *catalog.Catalog, units []Unit) map[string]bool {
	matched := map[string]bool{}
	note := func(models []*catalog.Model) {
		for _, m := range models {
			matched[m.Pos] = true
		}
	}
	called := map[string]bool{} // methods that are called through an interface
	for _, u := range units {
		for _, s := range u.Summaries {
			if cat.Knows(s.Path) {
				continue // the library itself
			}
			for _, f := range s.Funcs {
				for i := range f.Calls {
					note(cat.Lookup(f.Calls[i].Callee))
					if f.Calls[i].Iface != "" {
						called[f.Calls[i].Method] = true
					}
				}
				for i := range f.Values {
					switch v := &f.Values[i]; v.Op {
					case effects.OpFunc, effects.OpBound:
						note(cat.Lookup(v.Str))
					case effects.OpGlobal:
						note(cat.Values(v.Str))
					}
				}
			}
		}
	}
	for _, u := range units {
		for _, s := range u.Summaries {
			for i := range s.Types {
				for _, m := range s.Types[i].Methods {
					if called[m.Name] {
						note(cat.Lookup(m.Func))
					}
				}
			}
		}
	}
	return matched
}
