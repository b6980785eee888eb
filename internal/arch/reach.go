package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// leak finds the variables whose address gets to a library, directly or through the parameters of other functions.
func (p *program) leak() {
	for changed := true; changed; {
		changed = false
		for _, fn := range p.ordered {
			for i := range fn.Calls {
				c := &fn.Calls[i]
				callee := fn.callees[i]
				for j, arg := range c.Args {
					if callee != nil && !callee.leaks[j] {
						continue
					}
					if c.Recv && j == 0 || c.Callee == "" && c.Iface == "" {
						continue
					}
					changed = fn.leakValue(arg) || changed
				}
			}
		}
	}
}

// addressed is what a value is the address of, or of a part of, in whatever type.
func (fn *function) addressed(v int32) int32 {
	for range 7 {
		switch val := &fn.Values[v]; val.Op {
		case effects.OpIface, effects.OpConvert, effects.OpFieldPtr, effects.OpIndexPtr:
			v = val.Args[0]
		default:
			return v
		}
	}
	return v
}

// leakValue notes that a library gets a value, and reports whether that is new.
func (fn *function) leakValue(v int32) bool {
	v = fn.addressed(v)
	switch val := &fn.Values[v]; val.Op {
	case effects.OpList:
		fresh := false
		for _, e := range val.Args {
			fresh = fn.leakValue(e) || fresh
		}
		return fresh
	case effects.OpAlloc:
		if fn.leaked[v] {
			return false
		}
		if fn.leaked == nil {
			fn.leaked = map[int32]bool{}
		}
		fn.leaked[v] = true
		return true
	case effects.OpParam:
		if fn.leaks[int(val.N)] {
			return false
		}
		if fn.leaks == nil {
			fn.leaks = map[int]bool{}
		}
		fn.leaks[int(val.N)] = true
		return true
	}
	return false
}

// reach marks the functions from which an effect can be reached at all, over an approximated call graph: interfaces by
// method name, function values by number of parameters. The walks skip everything else, which is most of a repository.
func (p *program) reach() {
	callers := map[*function][]*function{}
	edge := func(from, to *function) { callers[to] = append(callers[to], from) }
	invokers := p.invokers()
	var effectful, storing, serving []*function
	for _, fn := range p.ordered {
		for i := range fn.Calls {
			c := &fn.Calls[i]
			switch {
			case c.Iface == "net/http.Handler":
				// Behind it may be any function with a handler's parameters, as an http.HandlerFunc.
				for _, target := range p.valueFuncs[2] {
					if n := len(target.Params); n >= 2 && target.Params[n-2].Type == "net/http.ResponseWriter" {
						edge(fn, target)
					}
				}
				for _, t := range p.byMethod[c.Method] {
					if target := p.funcs[methodOf(t, c.Method).Func]; target != nil {
						edge(fn, target)
					}
				}
			case c.Iface != "":
				for _, t := range p.byMethod[c.Method] {
					m := methodOf(t, c.Method)
					if target := p.funcs[m.Func]; target != nil {
						edge(fn, target)
					} else if t.Foreign && hasEffect(p.lookup(m.Func)) && p.implements(t, c.Iface, c) {
						effectful = append(effectful, fn)
					}
				}
			case c.Callee != "":
				if target := fn.callees[i]; target != nil {
					edge(fn, target)
				}
			default:
				for _, target := range p.valueFuncs[len(c.Args)] {
					edge(fn, target)
				}
				if c.Func >= 0 && invokers[fn.Values[c.Func].Type] {
					effectful = append(effectful, fn)
				}
			}
		}
		for _, v := range fn.Values {
			switch v.Op {
			case effects.OpFunc, effects.OpClosure, effects.OpBound:
				if target := p.funcs[v.Str]; target != nil {
					edge(fn, target)
				}
			case effects.OpIface:
				// A value handed to a library as an interface may be called back.
				if t := p.types[strings.TrimPrefix(v.Type, "*")]; t != nil && p.handsOut(fn) {
					for i := range t.Methods {
						if target := p.funcs[t.Methods[i].Func]; target != nil && isCallbackMethod(t.Methods[i].Name) {
							edge(fn, target)
						}
					}
				}
			}
		}
		if p.hasServe(fn) || fn.endless() {
			serving = append(serving, fn)
		}
		if p.hasEffect(fn) {
			effectful = append(effectful, fn)
		}
		if outlivingStore(fn) || fn.handsGlobal() || slices.ContainsFunc(fn.models, setsUp) {
			storing = append(storing, fn)
		}
	}
	mark := func(work []*function, seen func(*function) *bool) {
		for _, fn := range work {
			*seen(fn) = true
		}
		for len(work) > 0 {
			fn := work[len(work)-1]
			work = work[:len(work)-1]
			for _, c := range callers[fn] {
				if s := seen(c); !*s {
					*s = true
					work = append(work, c)
				}
			}
		}
	}
	p.reachRegistrations()
	mark(effectful, func(f *function) *bool { return &f.interesting })
	mark(serving, func(f *function) *bool { return &f.serving })
	mark(append(slices.Clone(effectful), storing...), func(f *function) *bool { return &f.storing })
}

// reachRegistrations marks the functions that register endpoints, and those that lead to one by plain calls: the methods of
// a router of the repository's own.
func (p *program) reachRegistrations() {
	const wrappers = 4 // around a library's registration
	for range wrappers {
		for _, fn := range p.ordered {
			for i := range fn.Calls {
				if fn.registers {
					break
				}
				if target := fn.callees[i]; target != nil {
					fn.registers = target.registers
				} else if fn.models != nil {
					fn.registers = registersOne(fn.models[i])
				}
			}
		}
	}
}

// invokers are the types of the functions that libraries make to do a call later.
func (p *program) invokers() map[string]bool {
	out := map[string]bool{}
	for _, fn := range p.ordered {
		for i := range fn.Values {
			v := &fn.Values[i]
			if v.Op == effects.OpCall && fn.models != nil && slices.ContainsFunc(fn.models[v.Args[0]], invokes) {
				out[v.Type] = true
			}
		}
	}
	return out
}

// handsOut reports whether a function calls into a library at all.
func (p *program) handsOut(fn *function) bool { return fn.models != nil }

// isCallbackMethod names the methods through which libraries call user code most.
func isCallbackMethod(name string) bool {
	switch name {
	case "ServeHTTP", "RoundTrip", "Run", "Handle", "HandleMessage", "ConsumeClaim", "Consume", "ProcessTask", "Execute":
		return true
	}
	return false
}

// mayServe reports whether a server can be reached from main or, where commands are package variables, from what runs
// before it.
func (p *program) mayServe(main *function) bool {
	return main.serving || slices.ContainsFunc(p.initializers(main.pkg.Path), func(fn *function) bool { return fn.serving })
}

func (p *program) hasServe(fn *function) bool {
	for _, models := range fn.models {
		for _, m := range models {
			if m.Serve != nil || m.Consume != nil || m.Schedule != nil {
				return true
			}
		}
	}
	return false
}

func (p *program) hasEffect(fn *function) bool {
	for i := range fn.Calls {
		if c := &fn.Calls[i]; c.Callee != "" && fn.callees[i] == nil && (runsOrAdds(c.Callee) || leavesRequest(fn, int32(i))) {
			return true
		}
	}
	return slices.ContainsFunc(fn.models, hasEffect)
}

// hasEffect reports whether models of a function say that it does something to the world outside, or to what the service
// is.
func hasEffect(models []*catalog.Model) bool {
	return slices.ContainsFunc(models, func(m *catalog.Model) bool {
		return m.Endpoint != nil || m.Mount != nil || m.Use != nil || m.Serve != nil || m.Call != nil || m.Data != nil ||
			m.Publish != nil || m.Dispatch != nil || m.Waits != nil || m.Ack != nil || m.Consume != nil || m.Bind != nil || m.Schedule != nil || m.Tracer != nil ||
			m.Instrument != nil && (m.Instrument.Side == "db" || m.Instrument.Side == "messaging") ||
			m.Callback != nil && ofRecv(m.Callback.Func.Node) || // calls what the receiver was given before
			m.Makes != nil && !(m.Makes.Pointer.IsZero() && m.Makes.Named.IsZero()) || m.Table != nil
	})
}

// setsUp reports whether models of a function say that it wires the service up or reads its configuration.
func setsUp(models []*catalog.Model) bool {
	return slices.ContainsFunc(models, func(m *catalog.Model) bool {
		return wires(m) || m.Announce != nil || m.Fill != nil || m.Binding != nil || m.Config != nil && !m.Config.Into.IsZero()
	})
}

// outlivingStore reports whether the function writes through something that it did not allocate itself.
func outlivingStore(fn *function) bool {
	for _, s := range fn.Stores {
		if base := fn.base(s.Addr); fn.Values[base].Op != effects.OpAlloc && fn.Values[base].Op != effects.OpMake {
			return true
		}
	}
	return false
}

// handsGlobal reports whether the function gives a library the address of a package variable, which that may fill.
func (fn *function) handsGlobal() bool {
	for i := range fn.Calls {
		c := &fn.Calls[i]
		if fn.callees[i] != nil || c.Callee == "" && c.Iface == "" {
			continue
		}
		for j, arg := range c.Args {
			if !(c.Recv && j == 0) && fn.globalBehind(arg) != "" {
				return true
			}
		}
	}
	return false
}

// registersOne reports whether models of a function say that it adds something that the process answers.
func registersOne(models []*catalog.Model) bool {
	return slices.ContainsFunc(models, func(m *catalog.Model) bool { return m.Endpoint != nil || m.Mount != nil || m.Consume != nil })
}

// ofRecv reports whether an expression is about the receiver, and so about more than this call passes.
func ofRecv(n catalog.Node) bool {
	switch n := n.(type) {
	case catalog.Recv:
		return true
	case catalog.Field:
		return ofRecv(n.X)
	case catalog.Attr:
		return ofRecv(n.X)
	case catalog.MethodOf:
		return ofRecv(n.X)
	case catalog.Elements:
		return ofRecv(n.X)
	case catalog.Index:
		return ofRecv(n.X)
	case catalog.Concat:
		return ofRecv(n.X) || ofRecv(n.Y)
	case catalog.Either:
		return ofRecv(n.X) || ofRecv(n.Y)
	}
	return false
}
