package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/sqltext"
)

// This file reads what code tells a document store: which fields a filter asks for, and which indexes are made.

// documentFields are the names of the fields in documents: the keys of a map (bson.M), or those of a list of pairs (bson.D).
// Operators are none.
func (w *world) documentFields(objs []*object) []string {
	var out []string
	for _, o := range objs {
		keys := w.keys(o)
		for _, pair := range w.elementsOr(unbox(o)) {
			keys = add(keys, w.fieldOf(pair, "Key"))
		}
		for _, t := range w.texts(keys) {
			if name, ok := t.constant(); ok && name != "" && !strings.HasPrefix(name, "$") && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// indexes are the unique keys that the making of indexes declares, each a value with the fields Keys and Options.
func (w *world) indexes(d *catalog.Data, at site) []sqltext.Statement {
	st := sqltext.Statement{Verb: "create", Object: "index"}
	for _, elem := range w.list(d.Values.Node, at) {
		for _, o := range elem {
			unique := slices.ContainsFunc(w.fieldOf(o, "Options"), func(option *object) bool {
				return slices.ContainsFunc(w.texts(w.attr(option, "unique")), func(t text) bool { return t.String() == "true" })
			})
			if fields := w.documentFields(w.fieldOf(o, "Keys")); unique && len(fields) > 0 {
				st.Unique, st.KeyNames = append(st.Unique, fields), append(st.KeyNames, "")
			}
		}
	}
	if len(st.Unique) == 0 {
		return nil
	}
	return []sqltext.Statement{st}
}

// looksFor reports whether an insert is done only where a read before it found nothing: a branch on what was read decides, and
// more than that the store could be asked.
func (p *process) looksFor(read, insert *effect) bool {
	common, readCall, insertCall := meet(read.at, insert.at)
	if common == nil || readCall == insertCall {
		return false
	}
	fn := common.fn
	from, to := fn.Calls[readCall].Block, fn.Calls[insertCall].Block
	if !fn.passes(readCall, insertCall) {
		return false
	}
	for i := range fn.Blocks {
		b, cond := int32(i), fn.Blocks[i].Cond
		if cond < 0 || b == to || !fn.dominates(from, b) || !fn.dominates(b, to) || !p.leaves(fn, b, to) {
			continue
		}
		if fn.derives(cond, readCall, p.tells(common, readCall, read.at)) && !fn.leavesOnError(b, to) {
			return true
		}
	}
	return false
}

// leavesOnError reports whether a branch asks for nothing but whether there is an error, and where there is one does not come to
// a block.
func (fn *function) leavesOnError(branch, block int32) bool {
	failed, _, ok := fn.errorWays(&fn.Blocks[branch])
	return ok && !fn.reaches(failed, block, branch)
}
