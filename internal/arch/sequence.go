package arch

import (
	"slices"
)

// A request that calls five services waits for the sum of them when it calls one after the other, and for the slowest when
// it calls them side by side; of the two branches of an if it takes one. Which of a flow's calls follow each other is a
// question to the control flow of the function in which the ways to them part.

// maxSequence bounds the calls of one flow that are compared with each other.
const maxSequence = 200

// sequence lists the effects of the longest row of requests that one run of the flow waits for one after the other.
func (fl *flow) sequence() []int {
	var calls []int
	trails := map[int][]site{}
	for i, e := range fl.effects {
		if e.Kind == KindCall && !e.Async && e.To != "" && e.To != fl.process.Name && len(calls) < maxSequence {
			calls = append(calls, i)
			trails[i] = e.trail()
		}
	}
	if len(calls) < 2 {
		return nil
	}
	prog := fl.process.w.prog
	rows := map[int][]int{} // the longest that ends with a call
	var longest func(i int) []int
	longest = func(i int) []int {
		if row, ok := rows[i]; ok {
			return row
		}
		rows[i] = []int{i} // for calls that follow themselves
		var before []int
		for _, j := range calls {
			if j == i || !prog.follows(trails[j], trails[i]) {
				continue
			}
			if row := longest(j); len(row) > len(before) && !slices.Contains(row, i) {
				before = row
			}
		}
		rows[i] = append(slices.Clone(before), i)
		return rows[i]
	}
	var row []int
	for _, i := range calls {
		if r := longest(i); len(r) > len(row) {
			row = r
		}
	}
	if len(row) < 2 {
		return nil
	}
	return row
}

// trail is the way from the root of the flow to the effect, as the calls that are made.
func (e *effect) trail() []site {
	var out []site
	for f, call := e.at.frame, e.at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		out = append(out, site{f, call})
		if f == e.root {
			break
		}
	}
	slices.Reverse(out)
	return out
}

// follows reports whether a request at the end of trail b may be made after the one at the end of trail a has been answered,
// in one run. Two branches that exclude each other, two implementations of one call, and what runs side by side do not follow
// each other. What follows a goroutine may run beside it or after it: that is taken for beside it.
func (p *program) follows(a, b []site) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) || i == len(b) || a[i].frame.whole() != b[i].frame.whole() { // or two rounds of one loop
		return false
	}
	if slices.ContainsFunc(a[i:], p.besides) {
		return false
	}
	switch first, next := a[i].info(), b[i].info(); {
	case first.Defer:
		return false
	case next.Defer:
		return true
	}
	fn := a[i].frame.fn
	earlier, later := a[i].frame.roundsOf(a[i].call), b[i].frame.roundsOf(b[i].call)
	for n := range min(len(earlier), len(later)) {
		if earlier[n] != later[n] {
			return earlier[n] < later[n] && fn.leads(fn.Calls[a[i].call].Block, fn.Calls[b[i].call].Block)
		}
	}
	return fn.leadsForward(a[i].call, b[i].call)
}

// besides reports whether what is called at a site runs beside the caller.
func (p *program) besides(at site) bool {
	c := at.info()
	if c.Go {
		return true
	}
	for _, m := range p.cat.Lookup(c.Callee) {
		if m.Callback != nil && m.Callback.Parallel {
			return true
		}
	}
	return false
}

// leadsForward reports whether some way leads from one call to another that is not made in a later round of a loop which
// holds both.
func (fn *function) leadsForward(from, to int32) bool {
	start, end := fn.Calls[from].Block, fn.Calls[to].Block
	if start == end {
		return from < to
	}
	// Back at the head of a loop: from there the way goes on to what is behind the loop only.
	return fn.way(start, end, func(at, next int32) bool { return !fn.dominates(next, at) || !fn.leads(end, next) })
}
