package arch

import (
	"slices"
	"strings"
)

// takers are the functions that a message of a consumer passes through before anything is done about it: the handler, and
// what all ways to its effects and their guards have in common; where the handler chooses between ways that exclude each
// other, by the kind of message, what those of each choice have in common. A test that calls one of them twice delivers the
// message twice. It is nil for what takes no messages, or messages of a topic that is not known, or does nothing with them.
func (l *linker) takers(fl *flow) *Takers {
	if fl.endpoint.Protocol != "consumer" || strings.HasSuffix(fl.endpoint.ID, ":*") || !slices.ContainsFunc(fl.effects, l.mutates) {
		return nil
	}
	t := new(Takers)
	for _, root := range fl.endpoint.roots() {
		var ways []way
		for _, e := range fl.effects {
			if e.root == root && (l.mutates(e) || e.guarding) {
				ways = append(ways, fl.way(e))
			}
		}
		for _, common := range trunks(ways, 0) {
			for i, fn := range direct(common) {
				taker, ok := fl.process.taker(fn, i == 0)
				if ok && !slices.ContainsFunc(t.Funcs, func(o Taker) bool { return o.Dir == taker.Dir && o.Type == taker.Type && o.Name == taker.Name }) {
					t.Funcs = append(t.Funcs, taker)
				}
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

// way is how an effect is reached: the functions from the handler to the one that holds it, each with its call of the next,
// in the last one of the effect.
type way []passage

type passage struct {
	fn   *function
	call int32
}

// way leaves out what stands before the handler: a receive loop that knows nothing of it.
func (fl *flow) way(e *effect) way {
	var w way
	for f, call := e.at.frame, e.at.call; f != nil; f, call = f.parent, f.call {
		w = append(w, passage{f.fn, call})
		if f == e.root {
			break
		}
	}
	slices.Reverse(w)
	for i, p := range w {
		if p.fn.Name == fl.endpoint.Handler && p.fn.Pos == fl.endpoint.Site {
			return w[i:]
		}
	}
	return w
}

// trunks are the beginnings that ways have in common; n of their functions are known to be the same. Where the ways part into
// calls of which one run makes only one, each has a trunk of its own.
func trunks(ways []way, n int) [][]*function {
	if len(ways) == 0 {
		return nil
	}
	for n < len(ways[0]) && !slices.ContainsFunc(ways, func(w way) bool { return n >= len(w) || w[n].fn != ways[0][n].fn }) {
		n++
		if slices.ContainsFunc(ways, func(w way) bool { return w[n-1].call != ways[0][n-1].call }) {
			break
		}
	}
	if n == 0 {
		return nil
	}
	var branches [][]way
	at := ways[0][n-1].fn
	for _, w := range ways {
		i := slices.IndexFunc(branches, func(b []way) bool { return b[0][n-1].call == w[n-1].call })
		if i < 0 {
			i = len(branches)
			branches = append(branches, nil)
		}
		branches[i] = append(branches[i], w)
	}
	exclusive := len(branches) > 1
	for i, a := range branches {
		for _, b := range branches[i+1:] {
			from, to := at.Calls[a[0][n-1].call].Block, at.Calls[b[0][n-1].call].Block
			exclusive = exclusive && !at.onward(from, to) && !at.onward(to, from)
		}
	}
	if !exclusive {
		var trunk []*function
		for _, p := range ways[0][:n] {
			trunk = append(trunk, p.fn)
		}
		return [][]*function{trunk}
	}
	var out [][]*function
	for _, b := range branches {
		out = append(out, trunks(b, n)...)
	}
	return out
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
