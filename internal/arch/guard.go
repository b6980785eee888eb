package arch

import (
	"regexp"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/sqltext"
)

// This file judges what a repetition of a request or message does. An effect is harmless when doing it twice leaves what
// doing it once left (an overwrite, a delete, an upsert), or when a guard lets only the first one through: a guard counts
// when its failing branch leaves before the effect.

// sqlGuard is what a statement itself does against repetition, and whether its outcome can guard what comes after.
func sqlGuard(st *sqltext.Statement, text string) (guard string, guarding bool) {
	switch {
	case st.OnConflict == "nothing" || st.OnConflict == "ignore":
		return "on-conflict", true
	case (st.Verb == "update" || st.Verb == "upsert") && conditional(st), consuming(st, text):
		return "conditional-update", true
	case st.Verb == "upsert" && !st.Relative:
		return "upsert", false
	}
	return "", false
}

// conditional reports whether a repetition of an update finds no row, because the first one changed what the WHERE clause
// asks for. A counter that is asked for being large enough (stock >= 1) is no such condition; a version is.
func conditional(st *sqltext.Statement) bool {
	for _, c := range st.WhereColumns {
		if !containsFold(st.SetColumns, c) {
			continue
		}
		if !containsFold(st.RelativeColumns, c) || strings.Contains(strings.ToLower(c), "version") || strings.Contains(strings.ToLower(c), "revision") {
			return true
		}
	}
	return false
}

// consuming reports whether a statement uses up rows that a repetition does not find: WITH gone AS (DELETE ... RETURNING)
// UPDATE ... FROM gone.
func consuming(st *sqltext.Statement, text string) bool {
	writes := map[string]bool{}
	for _, t := range st.Tables {
		if t.Op == "write" {
			writes[t.Name] = true
		}
	}
	upper := strings.ToUpper(text)
	return len(writes) > 1 && strings.Contains(upper, "DELETE") && strings.Contains(upper, "RETURNING")
}

// picksNext reports whether a statement changes the next row of several: SET status = 'ready' WHERE id = (SELECT id ... LIMIT 1).
// The row that it changed is not found again, but the one after it is. A job works its way through in this manner; a request
// or message that comes again gets one more.
func picksNext(text string) bool { return nextRow.MatchString(text) }

var nextRow = regexp.MustCompile(`(?is)(=|\bin)\s*\(\s*select\b.*\b(limit|fetch\s+(first|next))\b`)

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(e string) bool { return strings.EqualFold(e, s) })
}

// guards finds, for the effects of each flow, an earlier effect that lets only the first repetition through.
func (l *linker) guards(unique uniqueKeys) {
	for _, p := range l.processes {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind == KindData && e.Op == "write" && e.Guard == "" && inserts(e.Verb) && p.handlesDuplicate(e) {
					p.underKey(e, unique.of(p, e))
				}
			}
			p.checked(fl, unique)
			p.underOwnKey(fl, unique)
			for _, g := range fl.effects {
				if !g.guarding {
					continue
				}
				for _, e := range fl.effects {
					if e != g && e.Guard == "" && p.guarded(g, e) {
						e.Guard = guardName(g)
						at := g.Site
						e.GuardSite = &at
					}
				}
			}
		}
	}
}

// inserts reports whether a verb adds what must not be there yet.
func inserts(verb string) bool { return verb == "insert" || verb == "create" }

func guardName(g *effect) string {
	switch {
	case g.Verb == "setnx":
		return "setnx"
	case g.Guard == "on-conflict", g.Guard == "unique-key":
		return "inbox"
	}
	return g.Guard
}

// guarded reports whether the outcome of g decides whether e is reached.
func (p *process) guarded(g, e *effect) bool {
	common, gCall, eCall := meet(g.at, e.at)
	if common == nil || gCall == eCall {
		return false
	}
	// An error is an outcome where it says that the row was already there, and not only that the guard could not be asked.
	return p.decides(common.fn, gCall, eCall, g.Guard == "unique-key" || p.tells(common, gCall, g.at))
}

// tells reports whether the error of a call says what the guard behind it answered: somewhere on the way down to the guard,
// a branch that the guard's outcome decides returns an error.
func (p *process) tells(f *frame, call int32, g site) bool {
	var way []site // from f down to the guard
	for at := g; at.frame != nil && at.frame != f; at = (site{at.frame.parent, at.frame.call}) {
		way = append(way, at)
	}
	for _, at := range way {
		fn := at.frame.fn
		if at.call < 0 {
			continue
		}
		for i := range fn.Blocks {
			cond := fn.Blocks[i].Cond
			if cond < 0 || !fn.derives(cond, at.call, false) {
				continue
			}
			for _, s := range fn.Blocks[i].Succs {
				for _, r := range fn.Returns {
					if len(r.Vals) > 0 && fn.dominates(s, r.Block) && p.ownError(fn, r.Vals[len(r.Vals)-1], at.call) {
						return true
					}
				}
			}
		}
	}
	return false
}

// ownError reports whether a returned value is an error of the code's own: not nil, not that of the call, and not what
// something that is done there may return.
func (p *process) ownError(fn *function, v, call int32) bool {
	val := &fn.Values[v]
	switch val.Op {
	case effects.OpConst, effects.OpUnknown, effects.OpPhi:
		return false
	case effects.OpCall:
		c := &fn.Calls[val.Args[0]]
		if own := p.w.prog.funcs[c.Callee]; c.Callee == "" || c.Method != "" || own != nil && own.interesting {
			return false
		}
	}
	return (val.Type == "error" || val.Op == effects.OpIface || val.Op == effects.OpLoad) && !fn.derives(v, call, true)
}

// decides reports whether the outcome of one call of a function decides whether another is reached. Errors count as outcomes
// if the caller says so.
func (p *process) decides(fn *function, gCall, eCall int32, errors bool) bool {
	gBlock, eBlock := fn.Calls[gCall].Block, fn.Calls[eCall].Block
	if !fn.passes(gCall, eCall) {
		return false
	}
	for b := range fn.Blocks {
		cond := fn.Blocks[b].Cond
		if cond < 0 || !fn.dominates(gBlock, int32(b)) || !fn.dominates(int32(b), eBlock) || int32(b) == eBlock {
			continue
		}
		if fn.derives(cond, gCall, errors) && p.leaves(fn, int32(b), eBlock) {
			return true
		}
	}
	return false
}

// leaves reports whether one way out of a branch does not come to a block.
func (p *process) leaves(fn *function, branch, block int32) bool {
	for _, s := range fn.Blocks[branch].Succs {
		if !fn.reaches(s, block, branch) {
			return true
		}
	}
	return false
}

// meet finds the frame in which the ways to two sites part, and the calls in it that lead there. Of two rounds of one loop it
// is the frame that both are of.
func meet(a, b site) (common *frame, aCall, bCall int32) {
	for a.frame != nil && b.frame != nil {
		switch f, g := a.frame, b.frame; {
		case f.depth > g.depth:
			a = site{f.parent, f.call}
		case g.depth > f.depth:
			b = site{g.parent, g.call}
		case f == g:
			return f, a.call, b.call
		case f.whole() == g.whole():
			return f.whole(), a.call, b.call
		default:
			a, b = site{f.parent, f.call}, site{g.parent, g.call}
		}
	}
	return nil, 0, 0
}

// derives reports whether a value depends on the outcome of a call other than its error: the error says that the guard
// could not be asked, not what it answered. Errors count where they are compared or inspected (errors.Is, pgErr.Code).
func (fn *function) derives(v, call int32, inspected bool) bool {
	d := derivation{fn: fn, call: call, seen: map[derived]int8{}}
	return d.from(v, inspected, 0)
}

// A derivation looks for a call in what a value is made of.
type derivation struct {
	fn   *function
	call int32
	seen map[derived]int8 // in vain, with the least depth at which that was
}

type derived struct {
	v         int32
	inspected bool
}

const maxDerived = 14

func (d *derivation) from(v int32, inspected bool, depth int8) bool {
	at := derived{v, inspected}
	if was, ok := d.seen[at]; ok && was <= depth || depth > maxDerived {
		return false
	}
	d.seen[at] = depth
	fn := d.fn
	val := &fn.Values[v]
	switch val.Op {
	case effects.OpCall:
		if val.Args[0] == d.call {
			return inspected || val.Type != "error"
		}
		c := &fn.Calls[val.Args[0]]
		inspect := inspected || strings.HasPrefix(c.Callee, "errors.")
		return slices.ContainsFunc(c.Args, func(a int32) bool { return d.from(a, inspect, depth+1) })
	case effects.OpBinary:
		for i, a := range val.Args {
			other := &fn.Values[val.Args[1-i]]
			isNil := other.Op == effects.OpConst && other.Str == "nil"
			if d.from(a, inspected || !isNil && other.Op == effects.OpLoad, depth+1) {
				return true
			}
		}
		return false
	case effects.OpParam, effects.OpFree, effects.OpGlobal, effects.OpConst:
		return false
	case effects.OpLoad:
		// A variable, perhaps a captured one, that the call's result is assigned to.
		if base := &fn.Values[val.Args[0]]; base.Op == effects.OpAlloc || base.Op == effects.OpFree {
			return slices.ContainsFunc(fn.Stores, func(s effects.Store) bool {
				return s.Addr == val.Args[0] && d.from(s.Val, inspected, depth+1)
			})
		}
	}
	return slices.ContainsFunc(val.Args, func(a int32) bool { return d.from(a, inspected, depth+1) })
}

// deduplicated reports whether a message is published with an option by which the broker drops a second one: a message id,
// the id of a task. An id that is made anew for each message drops nothing.
func (w *world) deduplicated(at site) bool {
	var options []*object
	for _, elem := range w.list(catalog.Args{}, at) {
		for _, o := range elem {
			options = append(options, o)
			for _, more := range w.attr(o, "options") {
				options = append(options, more)
				options = append(options, w.elements(more)...)
			}
		}
	}
	return slices.ContainsFunc(options, func(o *object) bool {
		o = unbox(o)
		if o.kind != libObject || o.frame == nil {
			return false
		}
		made := site{o.frame, o.val}
		return slices.ContainsFunc(w.prog.cat.Lookup(made.info().Callee), func(m *catalog.Model) bool {
			if m.Guard == nil || m.Guard.Kind != "unique" && m.Guard.Kind != "message-id" {
				return false
			}
			return !slices.ContainsFunc(w.expr(m.Guard.Key.Node, made), generated)
		})
	})
}

// idMakers are packages, or parts of their paths, that make ids.
var idMakers = []string{"uuid", "xid", "ksuid", "ulid", "nanoid", "nuid", "objectid", "math/rand", "crypto/rand"}

// generated reports whether a value is a fresh id.
func generated(o *object) bool {
	o = unbox(o)
	if o.kind != libObject || o.frame == nil {
		return false
	}
	callee := (site{o.frame, o.val}).info().Callee
	for _, maker := range idMakers {
		if strings.Contains(strings.ToLower(callee), maker) {
			return true
		}
	}
	return false
}
