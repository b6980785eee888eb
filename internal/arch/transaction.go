package arch

import (
	"cmp"
	"slices"
)

// What runs between the begin of a local transaction and its end runs inside it, whoever does it: a statement of the
// transaction, a function that is handed the transaction or a closure, and a request that is waited for while its locks
// are held. A begin and an end are library calls with a model of op tx, or functions of the repository's own that do
// nothing but one of both (func (u *unitOfWork) Begin, func commit(tx)).

// transactionStep says what a function does to transactions that outlive it.
type transactionStep uint8

const (
	noStep transactionStep = iota
	beginStep
	commitStep
	rollbackStep
)

// transactionAt names the store of the transaction that a function has open at one of its calls, "" when none is.
func (fn *function) transactionAt(call int32) string {
	steps := fn.txSteps
	if call < 0 || !slices.Contains(steps, beginStep) || steps[call] != noStep {
		return ""
	}
	for i, step := range steps {
		begin := int32(i)
		if step != beginStep || !fn.before(begin, call) || !fn.endsAfter(steps, call) {
			continue
		}
		store := "sql"
		for _, m := range fn.models[begin] {
			if m.Data == nil || m.Data.Op != "tx" {
				continue
			}
			store = cmp.Or(m.Data.Store, store)
		}
		return store
	}
	return ""
}

// before reports whether a call has happened on every way to another one.
func (fn *function) before(a, b int32) bool {
	if fn.Calls[a].Defer || fn.Calls[a].Go {
		return false
	}
	blockA, blockB := fn.Calls[a].Block, fn.Calls[b].Block
	return blockA == blockB && a < b || blockA != blockB && fn.dominates(blockA, blockB)
}

// endsAfter reports whether a transaction that is open at a call may still be committed after it, by a later call or when
// the function returns. A function that only rolls back keeps it open as long.
func (fn *function) endsAfter(steps []transactionStep, call int32) bool {
	deferred := false
	var ends []int32
	for i, step := range steps {
		switch {
		case step == commitStep && !fn.Calls[i].Defer:
			ends = append(ends, int32(i))
		case (step == commitStep || step == rollbackStep) && fn.Calls[i].Defer:
			deferred = true
		}
	}
	if len(ends) == 0 {
		return deferred
	}
	return slices.ContainsFunc(ends, func(end int32) bool { return fn.leadsTo(call, end) })
}

// leadsTo reports whether some way leads from one call to another.
func (fn *function) leadsTo(from, to int32) bool {
	start, end := fn.Calls[from].Block, fn.Calls[to].Block
	if start == end && from < to {
		return true
	}
	return fn.leads(start, end)
}

const maxTransactionDepth = 3 // functions around a begin or commit

// findTransactions notes of each function's calls whether they begin or end a transaction for it.
func (p *program) findTransactions() {
	leaving := map[*function]transactionStep{}
	note := func(fn *function, call int, step transactionStep) {
		if step == noStep {
			return
		}
		if fn.txSteps == nil {
			fn.txSteps = make([]transactionStep, len(fn.Calls))
		}
		fn.txSteps[call] = step
	}
	for _, fn := range p.ordered {
		for i, models := range fn.models {
			for _, m := range models {
				if m.Data != nil && m.Data.Op == "tx" {
					note(fn, i, transactionVerbs[m.Data.Verb])
				}
			}
		}
		if step := leaves(fn.txSteps); step != noStep {
			leaving[fn] = step
		}
	}
	for range maxTransactionDepth {
		if len(leaving) == 0 {
			return
		}
		next := map[*function]transactionStep{}
		for _, fn := range p.ordered {
			found := false
			for i := range fn.Calls {
				if callee := p.funcs[fn.Calls[i].Callee]; callee != nil && callee != fn && leaving[callee] != noStep {
					note(fn, i, leaving[callee])
					found = true
				}
			}
			if step := leaves(fn.txSteps); found && step != noStep {
				next[fn] = step
			}
		}
		leaving = next
	}
}

var transactionVerbs = map[string]transactionStep{"begin": beginStep, "commit": commitStep, "rollback": rollbackStep}

// leaves is what is left of a function's steps for its caller: one that begins and ends a transaction leaves nothing.
func leaves(steps []transactionStep) transactionStep {
	begins, commits, rolls := slices.Contains(steps, beginStep), slices.Contains(steps, commitStep), slices.Contains(steps, rollbackStep)
	switch {
	case begins && !commits:
		return beginStep
	case commits && !begins:
		return commitStep
	case rolls && !begins:
		return rollbackStep
	}
	return noStep
}
