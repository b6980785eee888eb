package arch

import (
	"slices"
	"strings"
)

// takers are the functions that a message of a consumer passes through before anything is done about it: the handler, and
// what all ways to its effects and their guards have in common. A test that calls one of them twice delivers the message
// twice. It is nil for what takes no messages or does nothing with them.
func (l *linker) takers(fl *flow) *Takers {
	if fl.endpoint.Protocol != "consumer" {
		return nil
	}
	ways := map[*frame][]*function{} // by root: what all effects have in common
	for _, e := range fl.effects {
		if !l.mutates(e) && !e.guarding {
			continue
		}
		way := fl.way(e)
		if common, ok := ways[e.root]; ok {
			way = prefix(common, way)
		}
		ways[e.root] = way
	}
	changes := slices.ContainsFunc(fl.effects, l.mutates)
	if len(ways) == 0 || !changes {
		return nil
	}
	t := new(Takers)
	for _, root := range fl.endpoint.roots() {
		for i, fn := range direct(ways[root]) {
			if taker, ok := fl.process.taker(fn, i == 0); ok && !slices.ContainsFunc(t.Funcs, func(o Taker) bool { return o.Dir == taker.Dir && o.Type == taker.Type && o.Name == taker.Name }) {
				t.Funcs = append(t.Funcs, taker)
			}
		}
	}
	for path, ps := range fl.process.w.prog.pkgs {
		if !ps.Outside && fl.process.links(path) && !slices.ContainsFunc(l.processes, func(p *process) bool { return p.Entry != fl.process.Entry && p.links(path) }) {
			t.Dirs = append(t.Dirs, ps.Dir)
		}
	}
	slices.Sort(t.Dirs)
	return t
}

// way lists the functions from the handler to the one that holds an effect. What stands before the handler is a receive loop
// that knows nothing of it.
func (fl *flow) way(e *effect) []*function {
	var fns []*function
	for f := e.at.frame; f != nil; f = f.parent {
		fns = append(fns, f.fn)
		if f == e.root {
			break
		}
	}
	slices.Reverse(fns)
	for i, fn := range fns {
		if fn.Name == fl.endpoint.Handler && fn.Pos == fl.endpoint.Site {
			return fns[i:]
		}
	}
	return fns
}

func prefix(a, b []*function) []*function {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// direct leaves out the functions that are only handed a closure of an earlier one, such as one that runs it in a
// transaction: they do not take the message.
func direct(way []*function) []*function {
	var out []*function
	for _, fn := range way {
		if outer, _, ok := strings.Cut(fn.ID, "$"); ok {
			for i := len(out) - 1; i >= 0; i-- {
				if name, _, _ := strings.Cut(out[i].ID, "$"); name == outer {
					out = out[:i+1]
					break
				}
			}
		}
		out = append(out, fn)
	}
	return out
}

// taker describes a function for those who look for calls of it. A closure cannot be called by its name: where it is the
// handler itself, the function that it stands in makes it.
func (p *process) taker(fn *function, handler bool) (Taker, bool) {
	name, _, closure := strings.Cut(fn.ID, "$")
	if closure && !handler || fn.elsewhere() {
		return Taker{}, false
	}
	outer := p.w.prog.funcs[name]
	if outer == nil {
		return Taker{}, false
	}
	t := Taker{Package: fn.pkg.Path, Dir: fn.pkg.Dir, Maker: closure, Name: outer.Name}
	if !outer.Method {
		return t, true
	}
	t.Type, t.Name, _ = strings.Cut(strings.TrimPrefix(strings.Replace(outer.Name, ")", "", 1), "("), ".")
	t.Type = strings.TrimPrefix(t.Type, "*")
	for _, typ := range p.w.prog.byMethod[t.Name] {
		if rest, ok := strings.CutPrefix(typ.ID, fn.pkg.Path+"."); ok && rest != t.Type {
			t.Rivals = append(t.Rivals, rest)
		}
	}
	slices.Sort(t.Rivals)
	return t, true
}
