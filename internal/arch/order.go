package arch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// This file finds effects that stand in the wrong order: after the acknowledgement of their message, before the guard that
// should keep them from being repeated, or behind a check of state that may have changed since it was read.

// orders notes on the changes of each request and message what stands in the wrong order around them.
func (l *linker) orders(unique uniqueKeys) {
	l.seen = l.seenTables()
	for _, p := range l.processes {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				e.Relative = e.relative
				if e.Verb == "insert" && l.seen[strings.ToLower(e.Name)] && e.guarding && e.asked() && !l.forgotten(p, e) {
					e.KeptForever = true
				}
				if fl.endpoint == nil || !l.mutates(e) {
					continue
				}
				// A guard keeps an effect from happening twice, and not from being lost.
				for _, ack := range fl.acks {
					if fl.endpoint.Protocol == "consumer" && e.AckSite == nil && always(ack, e.at) {
						at := p.written(ack)
						e.AckSite = &at
					}
				}
				if e.Async || e.Guard != "" && (e.Guard != "on-conflict" || *e.GuardSite != e.Site) {
					continue
				}
				if g := p.lateGuard(fl, e); g != nil && e.Guard == "" {
					at := g.Site
					e.LateGuardSite = &at
				}
				if g := p.racyCheck(fl, e, unique); g != nil {
					at := g.Site
					e.CheckSite = &at
				}
			}
		}
	}
}

// always reports whether a has been done on every way to b.
func always(a, b site) bool {
	common, aCall, bCall := meet(a, b)
	if common == nil || aCall == bCall || !common.fn.before(aCall, bCall) {
		return false
	}
	for f, call := a.frame, a.call; f != common; f, call = f.parent, f.call {
		block := f.fn.Calls[call].Block
		if f.fn.Calls[call].Defer || slices.ContainsFunc(f.fn.Returns, func(r effects.Return) bool { return !f.fn.dominates(block, r.Block) }) {
			return false
		}
	}
	return true
}

// lateGuard is a guard of a flow that an effect has overtaken. A statement that is only harmless by itself is no guard for
// others: the guard is a key that is set once, a table of messages that were seen, or what does guard another effect. And
// its outcome has to matter to who has the effect done: what a rate limit makes of its keys is its own affair.
func (p *process) lateGuard(fl *flow, e *effect) *effect {
	for _, g := range fl.effects {
		if g == e || !g.guarding || g.Guard == "conditional-update" || g.Verb != "setnx" && !outbox(g.Name) && !guardsAnother(fl, g) {
			continue
		}
		common, eCall, gCall := meet(e.at, g.at)
		if common == nil || eCall == gCall || !p.learns(common, gCall, g) {
			continue
		}
		from, to := common.fn.Calls[eCall].Block, common.fn.Calls[gCall].Block
		if from == to && eCall < gCall || from != to && common.fn.onward(from, to) && !common.fn.onward(to, from) {
			return g
		}
	}
	return nil
}

// learns reports whether the outcome of a guard matters in a function, a call of which leads to the guard: every function on
// the way up hands it back, and a branch rests on it.
func (p *process) learns(f *frame, call int32, g *effect) bool {
	for at := g.at; at.frame != f && at.frame.whole() != f; at = (site{at.frame.parent, at.frame.call}) {
		if at.frame.parent == nil || at.call < 0 || !p.handsBack(at, g) {
			return false
		}
	}
	return g.branches(f.fn, call) || p.tells(f, call, g.at)
}

// handsBack reports whether what a function returns rests on the outcome of a guard that a call of it leads to.
func (p *process) handsBack(at site, g *effect) bool {
	fn := at.frame.fn
	errors := g.Guard == "unique-key" || p.tells(at.frame, at.call, g.at)
	for _, r := range fn.Returns {
		if slices.ContainsFunc(r.Vals, func(v int32) bool {
			return (errors || fn.Values[v].Type != "error") && fn.derives(v, at.call, errors)
		}) {
			return true
		}
	}
	for i := range fn.Blocks {
		b := &fn.Blocks[i]
		if b.Cond < 0 || len(b.Succs) < 2 || !errors && fn.isError(&fn.Values[b.Cond]) || !fn.derives(b.Cond, at.call, errors) {
			continue
		}
		for _, r := range fn.Returns {
			if fn.onward(b.Succs[0], r.Block) != fn.onward(b.Succs[1], r.Block) {
				return true
			}
		}
	}
	return false
}

// asked reports whether the outcome of a guard decides anything. A SETNX that nobody asks only fills a cache.
func (e *effect) asked() bool {
	for f, call := e.at.frame, e.at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		if e.branches(f.fn, call) {
			return true
		}
		if f == e.root {
			break
		}
	}
	return false
}

// branches reports whether a branch of a function rests on the outcome of a guard, which a call of it leads to.
func (e *effect) branches(fn *function, call int32) bool {
	for i := range fn.Blocks {
		cond := fn.Blocks[i].Cond
		if cond < 0 || e.Guard != "unique-key" && fn.isError(&fn.Values[cond]) {
			continue // the guard could not be asked
		}
		if fn.derives(cond, call, e.Guard == "unique-key") {
			return true
		}
	}
	return false
}

// racyCheck is the read of the state that decides whether a write is done, where two requests that come at once both pass.
func (p *process) racyCheck(fl *flow, e *effect, unique uniqueKeys) *effect {
	if len(fl.locks) > 0 || e.Transaction != "" || e.versioned {
		return nil // in a transaction its isolation decides, which is not known here
	}
	keys := unique.of(p, e)
	for _, g := range fl.effects {
		if g.Kind != KindData || g.Op != "read" || g.locking || strings.Trim(g.Name, "*?") == "" {
			continue
		}
		switch {
		case isCache(g.Store) && e.Guard == "":
			// GET, then the effect, then SET: the key is there to remember that the effect was done.
			if fl.remembers(g, e) && p.checks(g, e, anyCheck) {
				return g
			}
		case e.Kind != KindData || g.Name != e.Name || g.Store != e.Store:
		case e.Verb == "insert" && p.checks(g, e, limitCheck):
			return g // its own key keeps it from being there twice, and not from being one too many
		case e.Guard != "":
		case e.Verb == "insert" && (g.Statement != "" || g.Store == "mongo") && len(g.where) > 0 && len(keys) > 0:
			// The schema is known, and none of its keys is made of columns that were asked for.
			backed := slices.ContainsFunc(keys, func(key []string) bool {
				return slices.ContainsFunc(key, func(col string) bool { return containsFold(g.where, col) })
			})
			if !backed && (g.Statement != "" && (p.checks(g, e, anyCheck) || p.guarded(g, e)) || p.looksFor(g, e)) {
				return g
			}
		case e.Verb == "update" && e.Statement != "" && len(e.sets) > 0 && !slices.ContainsFunc(e.sets, func(col string) bool { return containsFold(e.where, col) }):
			if p.checks(g, e, limitCheck) || p.stateChecked(g, e) {
				return g
			}
		}
	}
	return nil
}

// remembers reports whether a flow sets the key that a read of a cache asked for, after an effect.
func (fl *flow) remembers(g, e *effect) bool {
	return slices.ContainsFunc(fl.effects, func(set *effect) bool {
		if set.Kind != KindData || set.Op != "write" || set.Store != g.Store || set.Name != g.Name || set.Verb != "set" {
			return false
		}
		common, eCall, setCall := meet(e.at, set.at)
		return common != nil && eCall != setCall && common.fn.leadsTo(eCall, setCall)
	})
}

// checkKind says which conditions count as a check of state.
type checkKind bool

const (
	anyCheck   checkKind = false
	limitCheck checkKind = true // a comparison of sizes with something else than none and one: a capacity, a balance
)

// checks reports whether a condition on what g read decides whether e is reached.
func (p *process) checks(g, e *effect, kind checkKind) bool {
	common, gCall, eCall := meet(g.at, e.at)
	if common == nil || gCall == eCall {
		return false
	}
	fn := common.fn
	from, to := fn.Calls[gCall].Block, fn.Calls[eCall].Block
	if !fn.onward(from, to) {
		return false
	}
	for i := range fn.Blocks {
		cond := fn.Blocks[i].Cond
		if cond < 0 || int32(i) == to || !fn.onward(from, int32(i)) || !fn.onward(int32(i), to) || !p.leaves(fn, int32(i), to) || fn.heads(int32(i)) {
			continue
		}
		if kind == limitCheck && !p.comparesSizes(common, cond) || kind == anyCheck && !fn.dominates(int32(i), to) {
			continue
		}
		if fn.read(cond, gCall, map[int32]bool{}) {
			return true
		}
	}
	return false
}

// heads reports whether a loop comes back to a block: its condition ends the loop and decides nothing else.
func (fn *function) heads(block int32) bool {
	for i := range fn.Blocks {
		if slices.Contains(fn.Blocks[i].Succs, block) && fn.dominates(block, int32(i)) {
			return true
		}
	}
	return false
}

// comparesSizes reports whether a condition is a < b or its like, here or in what a called function returns for it. That there is
// none, or one, is no matter of size.
func (p *process) comparesSizes(f *frame, cond int32) bool {
	fn := f.fn
	v := &fn.Values[cond]
	for v.Op == effects.OpNot {
		v = &fn.Values[v.Args[0]]
	}
	if v.Op == effects.OpCall {
		return slices.ContainsFunc(p.w.targets(f, v.Args[0]).frames, func(child *frame) bool {
			return slices.ContainsFunc(child.fn.Returns, func(r effects.Return) bool {
				return int(v.N) < len(r.Vals) && child.fn.sizes(&child.fn.Values[r.Vals[v.N]])
			})
		})
	}
	return fn.sizes(v)
}

// sizes reports whether a value is a < b or its like, with at most a number above one as a constant.
func (fn *function) sizes(v *effects.Value) bool {
	if v.Op != effects.OpBinary || v.Str != "<" && v.Str != "<=" && v.Str != ">" && v.Str != ">=" {
		return false
	}
	return !slices.ContainsFunc(v.Args, func(a int32) bool {
		c := &fn.Values[a]
		if c.Op != effects.OpConst {
			return false
		}
		n, err := strconv.Atoi(c.Str)
		return err != nil || n < 2
	})
}

// read reports whether a value is what a call of a store gave: its result, or a variable that something made of the result
// filled (row.Scan(&n)). An error is not, unless it is compared with another than nil (sql.ErrNoRows).
func (fn *function) read(v, call int32, seen map[int32]bool) bool {
	if seen[v] {
		return false
	}
	seen[v] = true
	val := &fn.Values[v]
	switch val.Op {
	case effects.OpCall:
		if val.Type == "error" {
			return false
		}
		return val.Args[0] == call || fn.madeFrom(val.Args[0], call, seen)
	case effects.OpAlloc:
		for i := range fn.Calls {
			c := &fn.Calls[i]
			if slices.ContainsFunc(c.Args, func(a int32) bool { return fn.holdsAddress(a, v) }) && (int32(i) == call || fn.madeFrom(int32(i), call, seen)) {
				return true
			}
		}
		for _, s := range fn.Stores {
			if s.Addr == v && fn.read(s.Val, call, seen) {
				return true
			}
		}
		return false
	case effects.OpParam, effects.OpFree, effects.OpGlobal, effects.OpConst:
		return false
	}
	return slices.ContainsFunc(val.Args, func(a int32) bool { return fn.read(a, call, seen) })
}

// madeFrom reports whether a call is made on, or with, what another call gave.
func (fn *function) madeFrom(of, call int32, seen map[int32]bool) bool {
	return slices.ContainsFunc(fn.Calls[of].Args, func(a int32) bool { return fn.read(a, call, seen) })
}

// holdsAddress reports whether an argument is an address, or a list that holds it.
func (fn *function) holdsAddress(arg, addr int32) bool {
	arg = fn.strip(arg)
	if arg == addr {
		return true
	}
	return fn.Values[arg].Op == effects.OpList && slices.ContainsFunc(fn.Values[arg].Args, func(a int32) bool { return fn.strip(a) == addr })
}
