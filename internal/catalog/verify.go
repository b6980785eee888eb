package catalog

import (
	"cmp"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/strictyaml"
)

// Verify holds the models against the real API: packages are the type-checked libraries, in as many major versions as
// wanted, in any order. It gives the mistakes, sorted by model, and the symbols that no given package could have, sorted by
// name.
//
// A symbol must be declared, not inherited, by at least one of the packages of its alias; wherever it is, its arguments
// must be in range and of a plausible type, and the fields and methods that its expressions select must exist.
func Verify(models []*Model, packages []*types.Package) (mistakes []error, unchecked []Unchecked) {
	sorted := map[string][]*types.Package{}
	for _, p := range packages {
		sorted[p.Path()] = append(sorted[p.Path()], p)
		if c := Canonical(p.Path()); c != p.Path() {
			sorted[c] = append(sorted[c], p)
		}
	}
	own := map[string]bool{} // symbols with a version: they are not served by the model of all versions
	for _, m := range models {
		own[m.symbol()] = true
	}
	type group struct {
		at    string
		name  string
		seen  bool
		found bool
		why   string
		paths []string
	}
	groups := map[string]*group{}
	var order []*group
	for _, m := range models {
		g := groups[m.Pos+m.written]
		if g == nil {
			g = &group{at: m.Pos, name: m.written}
			groups[m.Pos+m.written] = g
			order = append(order, g)
		}
		path, name := m.path, strings.TrimPrefix(m.symbol(), m.path+".")
		if !slices.Contains(g.paths, path) {
			g.paths = append(g.paths, path)
		}
		for _, p := range sorted[path] {
			if p.Path() != path && own[p.Path()+"."+name] {
				continue
			}
			g.seen = true
			fn, err := declared(p, name, m.Value != "")
			if err != nil {
				g.why = err.Error()
				continue
			}
			g.found = true
			if fn != nil {
				for _, err := range checkShapes(m, fn) {
					mistakes = append(mistakes, fmt.Errorf("%s: %s in %s: %w", m.Pos, m.written, p.Path(), err))
				}
			}
		}
	}
	for _, g := range order {
		if !g.seen {
			unchecked = append(unchecked, Unchecked{g.name, g.at, g.paths})
		} else if !g.found {
			mistakes = append(mistakes, fmt.Errorf("%s: %s: %s", g.at, g.name, g.why))
		}
	}
	slices.SortFunc(mistakes, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	slices.SortFunc(unchecked, func(a, b Unchecked) int {
		return cmp.Or(strings.Compare(a.Symbol, b.Symbol), strings.Compare(a.Pos, b.Pos))
	})
	return mistakes, unchecked
}

// Unchecked is a symbol none of whose packages was given.
type Unchecked struct {
	Symbol   string // as the model writes it
	Pos      string // of the model, as file:line:column
	Packages []string
}

func (m *Model) symbol() string {
	if m.Value != "" {
		return m.Value
	}
	return m.Func
}

// declared finds the function or method that p itself declares under name, or nothing for a variable.
func declared(p *types.Package, name string, value bool) (*types.Func, error) {
	typeName, method, isMethod := strings.Cut(name, ".")
	if isMethod && (typeName == "*" || method == "*") {
		return nil, nil // any step of a chain; what its expressions name is not the same for all
	}
	obj := p.Scope().Lookup(typeName)
	if obj == nil {
		return nil, fmt.Errorf("%s does not declare %s", p.Path(), typeName)
	}
	if !isMethod {
		switch obj := obj.(type) {
		case *types.Func:
			if !value {
				return obj, nil
			}
		case *types.Var:
			if value {
				return nil, nil
			}
			return nil, fmt.Errorf("%s.%s is a variable: write value, not func", p.Path(), name)
		case *types.TypeName:
			// A type of functions, whose values a library keeps in fields.
			if sig, ok := obj.Type().Underlying().(*types.Signature); ok && !value {
				return types.NewFunc(obj.Pos(), p, obj.Name(), sig), nil
			}
		}
		return nil, fmt.Errorf("%s.%s is a %T", p.Path(), name, obj)
	}
	named, ok := obj.Type().(*types.Named)
	if !ok {
		return nil, fmt.Errorf("%s.%s is not a type of its own but %s", p.Path(), typeName, obj.Type())
	}
	for m := range named.Methods() {
		if m.Name() == method {
			return m, nil
		}
	}
	if i, ok := named.Underlying().(*types.Interface); ok {
		for m := range i.ExplicitMethods() {
			if m.Name() == method {
				return m, nil
			}
		}
	}
	if found, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), true, p, method); found != nil {
		if f, ok := found.(*types.Func); ok {
			return nil, fmt.Errorf("%s.%s inherits %s from %s", p.Path(), typeName, method, f.FullName())
		}
	}
	return nil, fmt.Errorf("%s.%s has no method %s", p.Path(), typeName, method)
}

// checkShapes holds every expression of m against the signature of fn.
func checkShapes(m *Model, fn *types.Func) []error {
	var errs []error
	sig := fn.Signature()
	walkExprs(reflect.ValueOf(*m), "", func(at string, e Expr) {
		sig := sig
		if m.Makes != nil && m.Makes.Kind == "invoker" && strings.HasPrefix(at, "call.") {
			sig = invoked(sig)
		}
		t, err := exprType(e.Node, sig)
		if err == nil {
			err = plausible(at, t)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w; it is %s", at, e.Source, err, sig))
		}
	})
	result := func(what string, n int) {
		if n >= sig.Results().Len() {
			errs = append(errs, fmt.Errorf("%s: there is no result %d; it is %s", what, n, sig))
		}
	}
	if m.Makes != nil && m.Makes.Pointer.IsZero() {
		result("makes", m.Makes.Result)
	}
	if m.Span != nil && m.Span.Step == "start" {
		result("span", m.Span.Result)
	}
	if !m.Pass.IsZero() {
		result("pass", 0)
	}
	return errs
}

// invoked is the signature of the function that a function gives, on the receiver of the latter: the call that an invoker's model
// speaks of is made when the result is called.
func invoked(sig *types.Signature) *types.Signature {
	if sig.Results().Len() == 0 {
		return sig
	}
	fn, ok := sig.Results().At(0).Type().Underlying().(*types.Signature)
	if !ok {
		return sig
	}
	return types.NewSignatureType(sig.Recv(), nil, nil, fn.Params(), fn.Results(), fn.Variadic())
}

// walkExprs visits the expressions below v; at is the path of keys, such as data.sql.
func walkExprs(v reflect.Value, at string, visit func(at string, e Expr)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walkExprs(v.Elem(), at, visit)
		}
	case reflect.Struct:
		if e, ok := v.Interface().(Expr); ok {
			if !e.IsZero() {
				visit(at, e)
			}
			return
		}
		for f := range strictyaml.Fields(v.Type()) {
			walkExprs(v.FieldByIndex(f.Index), strings.TrimPrefix(at+"."+strictyaml.Key(f), "."), visit)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			walkExprs(v.MapIndex(k), at+"."+k.String(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkExprs(v.Index(i), at, visit)
		}
	}
}

// exprType gives the Go type of a value, or nil where the expression alone does not say it.
func exprType(n Node, sig *types.Signature) (types.Type, error) {
	switch n := n.(type) {
	case Recv:
		if sig.Recv() == nil {
			return nil, fmt.Errorf("a function has no receiver")
		}
		return sig.Recv().Type(), nil
	case Arg:
		if n.Index >= sig.Params().Len() {
			return nil, fmt.Errorf("there is no argument %d", n.Index)
		}
		return sig.Params().At(n.Index).Type(), nil
	case Args:
		if n.From >= sig.Params().Len() {
			return nil, fmt.Errorf("there is no argument %d", n.From)
		}
		return nil, nil
	case Field:
		return selected(n.X, n.Name, sig)
	case MethodOf:
		return selected(n.X, n.Name, sig)
	case Attr:
		_, err := exprType(n.X, sig)
		return nil, err
	case Elements:
		return element(n.X, sig)
	case Index:
		return element(n.X, sig)
	case TypeName:
		_, err := exprType(n.X, sig)
		return nil, err
	case Join:
		_, err := exprType(n.X, sig)
		return nil, err
	case Keys:
		t, err := exprType(n.X, sig)
		if t == nil || err != nil {
			return nil, err
		}
		if m, ok := t.Underlying().(*types.Map); ok {
			return m.Key(), nil
		}
		return nil, fmt.Errorf("%s has no keys", t)
	case ResultOf:
		t, err := exprType(n.X, sig)
		if t == nil || err != nil {
			return nil, err
		}
		if fn, ok := t.Underlying().(*types.Signature); ok && fn.Results().Len() > 0 {
			return fn.Results().At(0).Type(), nil
		}
		return nil, fmt.Errorf("%s gives no result", t)
	case FuncName:
		_, err := exprType(n.X, sig)
		return nil, err
	case TypeArg:
		if n.Index >= sig.TypeParams().Len() && n.Index >= sig.RecvTypeParams().Len() {
			return nil, fmt.Errorf("there is no type argument %d", n.Index)
		}
		return nil, nil
	case Sent:
		if sig.Results().Len() > 0 {
			if c, ok := sig.Results().At(0).Type().Underlying().(*types.Chan); ok && c.Dir() != types.RecvOnly {
				return c.Elem(), nil
			}
		}
		return nil, fmt.Errorf("nothing can be sent to the result")
	case Concat:
		return nil, both(n.X, n.Y, sig)
	case Either:
		return nil, both(n.X, n.Y, sig)
	}
	return nil, nil
}

func both(x, y Node, sig *types.Signature) error {
	if _, err := exprType(x, sig); err != nil {
		return err
	}
	_, err := exprType(y, sig)
	return err
}

// selected looks a field or method up where the type of x is known and not an interface, whose values may have more.
func selected(x Node, name string, sig *types.Signature) (types.Type, error) {
	t, err := exprType(x, sig)
	if t == nil || err != nil {
		return nil, err
	}
	found, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	if found != nil {
		return found.Type(), nil
	}
	if types.IsInterface(t) {
		return nil, nil
	}
	return nil, fmt.Errorf("%s has no %s", t, name)
}

func element(x Node, sig *types.Signature) (types.Type, error) {
	t, err := exprType(x, sig)
	if t == nil || err != nil {
		return nil, err
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return u.Elem(), nil
	case *types.Array:
		return u.Elem(), nil
	case *types.Map:
		return u.Elem(), nil
	case *types.Interface:
		return nil, nil
	}
	return nil, fmt.Errorf("%s has no elements", t)
}

// plausible catches indexes that are off by one: a context is a context, SQL is text, and a callback is a function.
func plausible(at string, t types.Type) error {
	if t == nil {
		return nil
	}
	_, shape, _ := strings.Cut(at, ".")
	switch {
	case at == "context.from" || shape == "context":
		if !strings.HasSuffix(t.String(), "context.Context") && !strings.HasSuffix(t.String(), "http.Request") {
			return fmt.Errorf("%s is not a context", t)
		}
	case shape == "sql":
		switch u := t.Underlying().(type) {
		case *types.Basic:
			if u.Info()&types.IsString != 0 {
				return nil
			}
		case *types.Interface:
			return nil
		}
		return fmt.Errorf("%s is not text", t)
	case at == "callback.func":
		if _, ok := t.Underlying().(*types.Signature); !ok && !types.IsInterface(t) && !strings.HasPrefix(t.String(), "[]func") {
			return fmt.Errorf("%s is not a function", t)
		}
	}
	return nil
}
