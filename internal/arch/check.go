package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/sqltext"
)

// This file interprets two guards that take more than one statement: a check of the state that was read, which a constraint
// or a version backs, and an insert whose duplicate-key error is told apart from others.
//
// A check alone (SELECT, then return where the row is already there or already paid) lets two through that come at once. So
// it counts only with a backing write in the same flow: an insert into a table in which the columns that were asked for are
// unique, or an update that asks for the version it read. What comes behind the backing write, where its failure leaves, is
// guarded, too.

// checked marks the effects of a flow that are behind such a check.
func (p *process) checked(fl *flow, unique uniqueKeys) {
	for _, b := range fl.effects {
		if b.Kind != KindData || b.Op != "write" || b.Guard != "" && b.Guard != "conditional-update" {
			continue
		}
		var read *effect
		kind := ""
		for _, g := range fl.effects {
			if g.Kind != KindData || g.Op != "read" || g.Name != b.Name || g.Store != b.Store {
				continue
			}
			switch {
			case b.Verb == "insert" && p.asksKey(g, b, unique.of(p, b)) && (g.Statement != "" && p.guarded(g, b) || p.looksFor(g, b)):
				read, kind = g, "unique-key"
			case b.versioned && p.stateChecked(g, b):
				read, kind = g, "conditional-update"
			}
		}
		if read == nil {
			continue
		}
		at := b.Site
		if b.Guard == "" {
			b.Guard, b.GuardSite = kind, &at
		}
		for _, e := range fl.effects {
			if e != b && e.Guard == "" && p.failureLeaves(b, e) {
				e.Guard, e.GuardSite = kind, &at
			}
		}
	}
}

// asksKey reports whether a read asks for all columns of a unique key, whose values the insert is given.
func (p *process) asksKey(g, insert *effect, keys [][]string) bool {
	return slices.ContainsFunc(keys, func(key []string) bool {
		return coversKey(g.where, key) && !p.freshKey(insert, key)
	})
}

// versioned reports whether an update asks for the version that was read: optimistic locking. It lets only one of two that
// come at once through; one that comes later reads the new version.
func versioned(st *sqltext.Statement) bool {
	return st.Verb == "update" && slices.ContainsFunc(st.WhereColumns, isVersion)
}

func isVersion(column string) bool {
	column = strings.ToLower(column)
	return strings.Contains(column, "version") || strings.Contains(column, "revision")
}

// stateChecked reports whether every way from the read g to the write b passes a comparison of a field of what was read
// that b, or code before it, changes, and one outcome of which does not come to b.
func (p *process) stateChecked(g, b *effect) bool {
	common, gCall, bCall := meet(g.at, b.at)
	if common == nil || gCall == bCall {
		return false
	}
	fn := common.fn
	from, to := fn.Calls[gCall].Block, fn.Calls[bCall].Block
	if !fn.passes(gCall, bCall) {
		return false
	}
	checks := map[int32]bool{}
	for i := range fn.Blocks {
		cond := fn.Blocks[i].Cond
		if cond < 0 || int32(i) == to || !fn.dominates(from, int32(i)) || !p.leaves(fn, int32(i), to) {
			continue
		}
		if field := fn.comparedField(cond, gCall); field != "" && (fn.assigns(field) || containsFold(b.sets, underscore(field))) {
			checks[int32(i)] = true
		}
	}
	if len(checks) == 0 {
		return false
	}
	return checks[from] || !fn.reachesAround(from, to, checks)
}

// comparedField is the field of a call's result that a condition compares with something other than nil, "" for none.
func (fn *function) comparedField(cond, call int32) string {
	v := &fn.Values[cond]
	for v.Op == effects.OpNot {
		v = &fn.Values[v.Args[0]]
	}
	if v.Op != effects.OpBinary || v.Str != "==" && v.Str != "!=" {
		return ""
	}
	for _, a := range v.Args {
		val := &fn.Values[a]
		for val.Op == effects.OpConvert {
			val = &fn.Values[val.Args[0]]
		}
		if val.Op == effects.OpLoad {
			val = &fn.Values[val.Args[0]]
		}
		if (val.Op == effects.OpField || val.Op == effects.OpFieldPtr) && fn.derives(val.Args[0], call, false) {
			return val.Str
		}
	}
	return ""
}

// assigns reports whether a function stores to a field of that name.
func (fn *function) assigns(field string) bool {
	return slices.ContainsFunc(fn.Stores, func(s effects.Store) bool {
		addr := &fn.Values[s.Addr]
		return addr.Op == effects.OpFieldPtr && addr.Str == field
	})
}

// failureLeaves reports whether e comes after b and is not reached where b fails.
func (p *process) failureLeaves(b, e *effect) bool {
	common, bCall, eCall := meet(b.at, e.at)
	return common != nil && bCall != eCall && p.decides(common.fn, bCall, eCall, true)
}

// handlesDuplicate reports whether the error of an insert is asked, on its way up, whether it says that the row is already
// there: a library's predicate or error value (mongo.IsDuplicateKeyError, gorm.ErrDuplicatedKey), a database's error code, or
// the text of the error.
func (p *process) handlesDuplicate(e *effect) bool {
	for f, call := e.at.frame, e.at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		for i := range f.fn.Blocks {
			cond := f.fn.Blocks[i].Cond
			if cond >= 0 && f.fn.dominates(f.fn.Calls[call].Block, int32(i)) && p.asksDuplicate(f.fn, cond, call, 0) {
				return true
			}
		}
		if f == e.root {
			break
		}
	}
	return false
}

// duplicateCodes are the codes of a violated unique key: Postgres 23505 (unique_violation), MySQL 1062 (ER_DUP_ENTRY), SQL
// Server 2627 and 2601, SQLite 2067 (SQLITE_CONSTRAINT_UNIQUE) and 1555 (SQLITE_CONSTRAINT_PRIMARYKEY), and the texts of the
// errors.
var duplicateCodes = []string{"23505", "unique_violation", "1062", "2627", "2601", "2067", "1555"}

var duplicateTexts = []string{"duplicate", "unique constraint", "unique_violation", "already exists", "23505", "1062"}

func (p *process) asksDuplicate(fn *function, cond, call int32, depth int) bool {
	if depth > 6 {
		return false
	}
	v := &fn.Values[cond]
	switch v.Op {
	case effects.OpNot, effects.OpConvert:
		return p.asksDuplicate(fn, v.Args[0], call, depth+1)
	case effects.OpPhi:
		return slices.ContainsFunc(v.Args, func(a int32) bool { return p.asksDuplicate(fn, a, call, depth+1) })
	case effects.OpBinary:
		for i, a := range v.Args {
			c := &fn.Values[v.Args[1-i]]
			if c.Op == effects.OpConst && slices.Contains(duplicateCodes, c.Str) {
				return fn.derives(a, call, true) || fn.assertedFrom(a, call)
			}
		}
	case effects.OpCall:
		c := &fn.Calls[v.Args[0]]
		about := slices.ContainsFunc(c.Args, func(a int32) bool { return fn.derives(a, call, true) })
		if !about {
			return false
		}
		for _, m := range p.w.prog.cat.Lookup(c.Callee) {
			if m.Guard != nil && m.Guard.Kind == "duplicate-key" {
				return true
			}
		}
		switch c.Callee {
		case "errors.Is", "github.com/pkg/errors.Is":
			return len(c.Args) > 1 && p.isDuplicateError(fn, c.Args[1])
		case "strings.Contains", "strings.HasPrefix":
			t := &fn.Values[c.Args[1]]
			return t.Op == effects.OpConst && slices.ContainsFunc(duplicateTexts, func(s string) bool { return strings.Contains(strings.ToLower(t.Str), s) })
		}
		// A predicate of the repository's own: func isDuplicate(err error) bool.
		if own := p.w.prog.funcs[c.Callee]; own != nil && len(own.Params) == 1 && own.Params[0].Type == "error" {
			return p.predicate(own)
		}
	}
	return false
}

// assertedFrom reports whether a value is read from a variable that errors.As fills from the error of a call.
func (fn *function) assertedFrom(v, call int32) bool {
	for range 6 {
		val := &fn.Values[v]
		switch val.Op {
		case effects.OpAlloc:
			for i := range fn.Calls {
				c := &fn.Calls[i]
				if (c.Callee == "errors.As" || c.Callee == "github.com/pkg/errors.As") && len(c.Args) == 2 &&
					fn.strip(c.Args[1]) == v && fn.derives(c.Args[0], call, true) {
					return true
				}
			}
			return false
		case effects.OpCall:
			c := &fn.Calls[val.Args[0]]
			if !c.Recv || len(c.Args) == 0 {
				return false
			}
			v = c.Args[0] // pqErr.Code.Name(), pgErr.SQLState()
		case effects.OpLoad, effects.OpField, effects.OpFieldPtr, effects.OpConvert, effects.OpIface:
			v = val.Args[0]
		default:
			return false
		}
	}
	return false
}

// strip is the value behind conversions.
func (fn *function) strip(v int32) int32 {
	for fn.Values[v].Op == effects.OpIface || fn.Values[v].Op == effects.OpConvert {
		v = fn.Values[v].Args[0]
	}
	return v
}

// isDuplicateError reports whether a value is a library's error for a violated unique key.
func (p *process) isDuplicateError(fn *function, v int32) bool {
	val := &fn.Values[fn.strip(v)]
	if val.Op == effects.OpLoad {
		val = &fn.Values[val.Args[0]]
	}
	if val.Op != effects.OpGlobal {
		return false
	}
	for _, m := range p.w.prog.cat.Values(val.Str) {
		if m.Guard != nil && m.Guard.Kind == "duplicate-key" {
			return true
		}
	}
	return false
}

// predicate reports whether a function of the repository asks its error for a violated unique key.
func (p *process) predicate(fn *function) bool {
	for i := range fn.Values {
		v := &fn.Values[i]
		switch v.Op {
		case effects.OpBinary:
			if v.Str != "==" {
				continue
			}
			for _, a := range v.Args {
				if c := &fn.Values[a]; c.Op == effects.OpConst && slices.Contains(duplicateCodes, c.Str) {
					return true
				}
			}
		case effects.OpCall:
			c := &fn.Calls[v.Args[0]]
			for _, m := range p.w.prog.cat.Lookup(c.Callee) {
				if m.Guard != nil && m.Guard.Kind == "duplicate-key" {
					return true
				}
			}
			if c.Callee == "errors.Is" && len(c.Args) > 1 && p.isDuplicateError(fn, c.Args[1]) {
				return true
			}
		}
	}
	return false
}
