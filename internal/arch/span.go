package arch

import (
	"strings"
	"sync"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// A span that a person starts has to be ended by somebody. This file follows the span's value from where it is started
// through the function: variables, closures and the functions it is passed to. What leaves the function in another way (a
// result, a field, a channel, a library) is ended by whom it went to, as far as anybody can say here.

// spanStart is a call that starts a span: of a tracing library, or of a function of the repository that starts one and
// returns it.
type spanStart struct {
	call   int32
	result int32
	model  *catalog.Span // of the library call that starts it in the end
}

// spanStarts lists the calls of a function that start a span and give it to the function.
func (p *program) spanStarts(fn *function) []spanStart {
	p.spans.once.Do(p.findSpans)
	return p.spanStartsIn(fn)
}

func (p *program) spanStartsIn(fn *function) []spanStart {
	var out []spanStart
	for i := range fn.Calls {
		if fn.models != nil {
			for _, m := range fn.models[i] {
				if m.Span != nil && m.Span.Step == "start" {
					out = append(out, spanStart{int32(i), int32(m.Span.Result), m.Span})
				}
			}
		}
		if helper, ok := p.spans.helpers[p.funcs[fn.Calls[i].Callee]]; ok {
			out = append(out, spanStart{int32(i), helper.result, helper.model})
		}
		if result, model := p.startsThrough(fn, int32(i)); model != nil {
			out = append(out, spanStart{int32(i), result, model})
		}
	}
	return out
}

// startsThrough says which result of a call through an interface of the repository, such as one that stands for a tracer, is
// a span of a tracing library. A method that only gets a span from somewhere is not called Start.
func (p *program) startsThrough(fn *function, call int32) (int32, *catalog.Span) {
	c := &fn.Calls[call]
	if c.Iface == "" || !strings.HasPrefix(c.Method, "Start") && !strings.HasPrefix(c.Method, "start") || p.pkgs[packageOf(c.Iface)] == nil {
		return 0, nil
	}
	for i := range fn.Values {
		v := &fn.Values[i]
		if v.Op != effects.OpCall || v.Args[0] != call {
			continue
		}
		for _, end := range [...]string{".End", ".Finish"} {
			for _, m := range p.lookup(v.Type + end) {
				if m.Span != nil && m.Span.Step == "end" {
					return v.N, m.Span
				}
			}
		}
	}
	return 0, nil
}

// spanFacts are what is known of the spans that a program starts by hand, once findSpans has run.
type spanFacts struct {
	once sync.Once
	// helpers are the functions that start a span and return it: which result is the span; call says nothing.
	helpers map[*function]spanStart
	faults  map[*function][]Span
	// endedFromContext: some function ends a span that it takes out of a context.
	endedFromContext bool
}

const helperDepth = 3 // helpers that call helpers

func (p *program) findSpans() {
	p.spans.helpers = map[*function]spanStart{}
	for range helperDepth {
		found := map[*function]spanStart{}
		for _, fn := range p.ordered {
			if _, known := p.spans.helpers[fn]; known || len(fn.Results) == 0 {
				continue
			}
			for _, s := range p.spanStartsIn(fn) {
				if result, ok := fn.returned(fn.spanValues(s)); ok {
					found[fn] = spanStart{result: result, model: s.model}
				}
			}
		}
		for fn, s := range found {
			p.spans.helpers[fn] = s
		}
		if len(found) == 0 {
			break
		}
	}
	for _, fn := range p.ordered {
		for i, models := range fn.models {
			for _, m := range models {
				if m.Makes != nil && m.Makes.Kind == "span" && len(p.fate(fn, fn.spanValues(spanStart{call: int32(i)}), 2).ends) > 0 {
					p.spans.endedFromContext = true
				}
			}
		}
	}
	p.spans.faults = map[*function][]Span{}
	for _, fn := range p.ordered {
		if faults := p.spanFaults(fn); len(faults) > 0 && !fn.Generated {
			p.spans.faults[fn] = faults
		}
	}
}

// returned says which result of a function is the span.
func (fn *function) returned(s *spanValues) (int32, bool) {
	for _, r := range fn.Returns {
		for i, v := range r.Vals {
			if s.holds(v) {
				return int32(i), true
			}
		}
	}
	return 0, false
}

// spanValues are the values and variables of one function that hold a span.
type spanValues struct {
	values map[int32]bool
	cells  map[int32]bool // variables: OpAlloc, or OpFree in a closure
	merged bool           // a value may be this span or something else
}

func (s *spanValues) holds(v int32) bool { return s.values[v] }

func (fn *function) spanValues(s spanStart) *spanValues {
	out := &spanValues{values: map[int32]bool{}, cells: map[int32]bool{}}
	for i := range fn.Values {
		if v := &fn.Values[i]; v.Op == effects.OpCall && v.Args[0] == s.call && v.N == s.result {
			out.values[int32(i)] = true
		}
	}
	fn.spread(out)
	return out
}

// spread adds what takes its value from what holds the span already.
func (fn *function) spread(s *spanValues) {
	for changed := true; changed; {
		changed = false
		for _, st := range fn.Stores {
			if s.values[st.Val] && fn.Values[st.Addr].Op == effects.OpAlloc && !s.cells[st.Addr] {
				s.cells[st.Addr], changed = true, true
			}
		}
		for i := range fn.Values {
			v := &fn.Values[i]
			if s.values[int32(i)] || len(v.Args) == 0 {
				continue
			}
			switch v.Op {
			case effects.OpConvert, effects.OpIface, effects.OpAssert:
				if s.values[v.Args[0]] {
					s.values[int32(i)], changed = true, true
				}
			case effects.OpLoad:
				if s.cells[v.Args[0]] {
					s.values[int32(i)], changed = true, true
				}
			case effects.OpPhi:
				for _, a := range v.Args {
					if s.values[a] && !s.values[int32(i)] {
						s.values[int32(i)], s.merged, changed = true, true, true
					}
				}
			}
		}
	}
}

// spanFate is what becomes of a span in a function.
type spanFate struct {
	ends     []int32 // calls that end it, deferred ones and calls of closures that do included
	deferred bool    // some end is deferred
	escapes  bool    // it goes where it cannot be followed, or to somebody who may end it later
	recorded bool    // an error is recorded on it, or might be
	compared bool    // it is compared with nil: whether there is one is decided at run time
}

// fate follows a span through a function and the functions that it is passed to.
func (p *program) fate(fn *function, s *spanValues, depth int) spanFate {
	var out spanFate
	if depth == 0 {
		return spanFate{escapes: true, recorded: true}
	}
	for _, r := range fn.Returns {
		for _, v := range r.Vals {
			out.escapes = out.escapes || s.holds(v)
		}
	}
	for _, st := range fn.Stores {
		if s.values[st.Val] && !s.cells[st.Addr] {
			out.escapes = true
		}
	}
	for i := range fn.Calls {
		p.fateInCall(fn, int32(i), s, depth, &out)
	}
	for i := range fn.Values {
		v := &fn.Values[i]
		switch v.Op {
		case effects.OpBinary:
			out.compared = out.compared || s.values[v.Args[0]] || s.values[v.Args[1]]
		case effects.OpBound:
			if len(v.Args) > 0 && s.values[v.Args[0]] {
				p.fateOfFunc(fn, int32(i), spanFate{ends: []int32{0}, recorded: true}, &out)
			}
		case effects.OpClosure:
			if inner := p.funcs[v.Str]; inner != nil {
				for n, a := range v.Args {
					if s.cells[a] || s.values[a] {
						p.fateOfFunc(fn, int32(i), p.fate(inner, inner.freeSpan(n, s.cells[a]), depth-1), &out)
					}
				}
			}
		case effects.OpList, effects.OpAppend:
			for _, a := range v.Args {
				out.escapes = out.escapes || s.values[a]
			}
		}
	}
	return out
}

// freeSpan is a captured span, seen from inside the closure.
func (fn *function) freeSpan(n int, cell bool) *spanValues {
	s := &spanValues{values: map[int32]bool{}, cells: map[int32]bool{}}
	for i := range fn.Values {
		if v := &fn.Values[i]; v.Op == effects.OpFree && int(v.N) == n {
			if cell {
				s.cells[int32(i)] = true
			} else {
				s.values[int32(i)] = true
			}
		}
	}
	fn.spread(s)
	return s
}

// paramSpan is a span that a function is passed, seen from inside.
func (fn *function) paramSpan(n int) *spanValues {
	s := &spanValues{values: map[int32]bool{}, cells: map[int32]bool{}}
	for i := range fn.Values {
		if v := &fn.Values[i]; v.Op == effects.OpParam && int(v.N) == n {
			s.values[int32(i)] = true
		}
	}
	fn.spread(s)
	return s
}

// fateOfFunc adds what a function value does to the span: where the function calls it, or at once where it hands it on.
func (p *program) fateOfFunc(fn *function, v int32, inner spanFate, out *spanFate) {
	out.recorded = out.recorded || inner.recorded
	out.escapes = out.escapes || inner.escapes
	if len(inner.ends) == 0 {
		return
	}
	called := false
	for i := range fn.Calls {
		c := &fn.Calls[i]
		if c.Func == v || c.Func < 0 && fn.Values[v].Op == effects.OpClosure && c.Callee == fn.Values[v].Str {
			called = true
			out.ends = append(out.ends, int32(i))
			out.deferred = out.deferred || c.Defer
		}
	}
	out.escapes = out.escapes || !called
}

func (p *program) fateInCall(fn *function, i int32, s *spanValues, depth int, out *spanFate) {
	c := &fn.Calls[i]
	for n, arg := range c.Args {
		if !s.values[arg] {
			continue
		}
		recv := c.Recv && n == 0 || c.Iface != "" && n == 0
		step := ""
		var key *effects.Value // of the tag that is set
		if fn.models != nil {
			for _, m := range fn.models[i] {
				if m.Span == nil {
					continue
				}
				step = m.Span.Step
				if m.Span.Tag && len(c.Args) > n+1 {
					key = &fn.Values[c.Args[n+1]]
				}
			}
		}
		callee := p.funcs[c.Callee]
		switch {
		case recv && step == "end":
			out.ends = append(out.ends, i)
			out.deferred = out.deferred || c.Defer
			if last := &fn.Values[c.Args[len(c.Args)-1]]; len(c.Args) > 1 && last.Op != effects.OpConst {
				out.recorded = true // an option may tell: Finish(WithError(err))
			}
		case step == "error":
			out.recorded = out.recorded || key == nil || key.Op != effects.OpConst || key.Str == "error"
		case recv && callee == nil && c.Callee != "":
			// Another method of the span: attributes, events.
		case callee != nil:
			inner := p.fate(callee, callee.paramSpan(n), depth-1)
			if len(inner.ends) > 0 {
				out.ends = append(out.ends, i)
				out.deferred = out.deferred || c.Defer
			}
			out.recorded = out.recorded || inner.recorded
			out.escapes = out.escapes || inner.escapes
		case c.Callee != "" && p.tracingPackage(c.Callee):
			out.recorded = out.recorded || strings.Contains(c.Callee, "Error") || strings.Contains(c.Callee, "/ext.boolTagName") // of which Error is one
		default:
			out.escapes, out.recorded = true, true
		}
	}
}

// tracingPackage reports whether a library function is a tracing library's own: it keeps a span, and does not end it.
func (p *program) tracingPackage(id string) bool {
	for _, prefix := range [...]string{"github.com/opentracing/opentracing-go", "go.opentelemetry.io/otel", "go.opencensus.io/trace", "github.com/openzipkin/zipkin-go"} {
		if strings.HasPrefix(id, prefix) {
			return true
		}
	}
	return false
}

// unended reports whether there is a way out of the function on which a span that some calls end is not ended.
func (fn *function) unended(start int32, ends []int32) bool {
	from := fn.Calls[start].Block
	stop := map[int32]bool{}
	for _, e := range ends {
		b := fn.Calls[e].Block
		if b == from && e < start {
			continue // of the round before
		}
		stop[b] = true
	}
	if stop[from] {
		return false
	}
	returns := map[int32]bool{}
	for _, r := range fn.Returns {
		returns[r.Block] = true
	}
	seen := map[int32]bool{from: true}
	work := []int32{from}
	for len(work) > 0 {
		b := work[0]
		work = work[1:]
		if returns[b] {
			return true
		}
		for _, s := range fn.Blocks[b].Succs {
			if !seen[s] && !stop[s] {
				seen[s] = true
				work = append(work, s)
			}
		}
	}
	return false
}

// failing finds a return of an error, other than nil, behind a span's start.
func (fn *function) failing(start int32) bool {
	for _, r := range fn.Returns {
		if len(r.Vals) == 0 || !fn.dominates(fn.Calls[start].Block, r.Block) {
			continue
		}
		last := r.Vals[len(r.Vals)-1]
		if fn.errorFrom(last, start) {
			return true
		}
		// Where something is deferred, what is returned is kept in a variable meanwhile.
		if v := &fn.Values[last]; v.Op == effects.OpLoad {
			for _, st := range fn.Stores {
				if st.Addr == v.Args[0] && fn.errorFrom(st.Val, start) {
					return true
				}
			}
		}
	}
	return false
}

// errorFrom reports whether a value is the error that a call behind a span's start gives.
func (fn *function) errorFrom(v, start int32) bool {
	val := &fn.Values[v]
	return val.Type == "error" && val.Op == effects.OpCall && fn.dominates(fn.Calls[start].Block, fn.Calls[val.Args[0]].Block)
}

// spanFaults lists what is wrong with the spans that a function starts by hand.
func (p *program) spanFaults(fn *function) []Span {
	var out []Span
	for _, s := range p.spanStartsIn(fn) {
		values := fn.spanValues(s)
		fate := p.fate(fn, values, 4)
		add := func(fault string) {
			out = append(out, Span{Site: fn.Calls[s.call].Pos, Func: fn.Name, Fault: fault})
		}
		switch {
		case fate.escapes:
		case len(fate.ends) == 0:
			if !p.spans.endedFromContext {
				add("not-ended")
			}
		case !values.merged && !fate.compared && fn.unended(s.call, fate.ends):
			add("not-always-ended")
		case fate.deferred && !fate.recorded && fn.failing(s.call):
			add("error-unrecorded")
		}
	}
	return out
}

// spanFaults lists the faulty spans in the code that a process links in.
func (p *process) spanFaults() []Span {
	prog := p.w.prog
	prog.spans.once.Do(prog.findSpans)
	if len(prog.spans.faults) == 0 {
		return nil
	}
	var out []Span
	for _, fn := range prog.ordered {
		if p.links(fn.pkg.Path) {
			out = append(out, prog.spans.faults[fn]...)
		}
	}
	return out
}

// lost reports whether a span is never ended, and so never exported.
func (p *program) lost(fn *function, s spanStart) bool {
	p.spans.once.Do(p.findSpans)
	for _, f := range p.spans.faults[fn] {
		if f.Fault == "not-ended" && f.Site == fn.Calls[s.call].Pos {
			return true
		}
	}
	return false
}
