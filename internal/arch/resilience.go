package arch

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// This file reads what surrounds a call for the case that its callee is slow or fails: a time limit, a retry, a circuit
// breaker. They stand around the call (a context with a timeout, a function that is handed to a retry) or at its client (a
// timeout, a retry count, a gRPC service config).

// Retry is what does an effect again where it fails.
type Retry struct {
	// Attempts is how often it is done at most, the first time included; 0 is not known, or without end.
	Attempts int `json:"attempts,omitempty"`
	// By is the library function that retries, client where the effect's own client does, or a loop.
	By string `json:"by"`
}

// resilience fills in what surrounds an effect.
func (fl *flow) resilience(e *effect, at site) {
	w := fl.process.w
	for f := at.frame; f != nil && f.parent != nil && f.call >= 0; f = f.parent {
		around := site{f.parent, f.call}
		callee := around.info().Callee
		for _, m := range w.prog.cat.Lookup(callee) {
			if m.Callback == nil {
				continue
			}
			if m.Callback.Retry && e.Retry == nil {
				e.Retry = &Retry{Attempts: w.attempts(m.Callback, around), By: calledName(around.frame, around.call)}
			}
			if m.Callback.Breaker {
				e.Breaker = calledName(around.frame, around.call)
			}
		}
		if f == e.root {
			break
		}
	}
	if fl.endpoint == nil {
		return // start-up tries until what it needs is there
	}
	for f, call := at.frame, at.call; f != nil && call >= 0 && e.Retry == nil; f, call = f.parent, f.call {
		if f.fn.triesAgain(call) {
			e.Retry = &Retry{By: "a loop"}
		}
		if f == e.root || f.fn.Pos == fl.endpoint.Site {
			break // a consumer that takes a message again is not the one that retries
		}
	}
}

// triesAgain reports whether a call stands in a loop that somebody wrote to repeat it where it fails: where its error is nil,
// control leaves the loop, and else it may come back.
func (fn *function) triesAgain(call int32) bool {
	block := fn.Calls[call].Block
	if !fn.Blocks[block].Cycle {
		return false
	}
	for i := range fn.Blocks {
		b := &fn.Blocks[i]
		if b.Cond < 0 || len(b.Succs) != 2 || !fn.dominates(block, int32(i)) {
			continue
		}
		cond := &fn.Values[b.Cond]
		if cond.Op != effects.OpBinary || !fn.isError(cond) || !fn.derives(b.Cond, call, true, 0) {
			continue
		}
		failed, fine := b.Succs[0], b.Succs[1]
		if cond.Str == "==" {
			failed, fine = fine, failed
		}
		if reaches(fn, failed, block, -1) && !reaches(fn, fine, block, -1) {
			return true
		}
	}
	return false
}

// attempts is how often a retry calls its function at most.
func (w *world) attempts(cb *catalog.Callback, at site) int {
	if n, ok := w.number(w.expr(cb.Attempts.Node, at)); ok {
		return n
	}
	if n, ok := w.number(w.expr(cb.Retries.Node, at)); ok {
		return n + 1
	}
	return 0
}

// number is the one constant number that a value is.
func (w *world) number(objs []*object) (int, bool) {
	for _, t := range w.texts(objs) {
		if s, ok := t.constant(); ok {
			if n, err := strconv.Atoi(s); err == nil {
				return n, true
			}
		}
	}
	return 0, false
}

// clientLimits fills in what the client of a call brings: a time limit that holds for each request, and a retry.
func (w *world) clientLimits(e *effect, at site) {
	if name := at.info().Callee; strings.HasSuffix(name, "Timeout") || strings.HasSuffix(name, "Deadline") {
		e.Deadline = true // the variant of a request that takes a limit: fasthttp's DoTimeout
	}
	if !e.Deadline && w.has("deadline", e.client...) {
		e.Deadline = true // an interceptor or transport that limits each request
	}
	for _, o := range e.client {
		about := []*object{o}
		for _, options := range w.attr(o, "options") {
			for _, elem := range w.flatten(options) {
				about = append(about, elem...)
			}
		}
		for _, x := range about {
			x = unbox(x)
			limit := w.attr(x, "timeout")
			if x.kind == allocObject {
				limit = append(slices.Clone(limit), w.fieldOf(x, "Timeout")...)
			}
			w.limit(e, limit)
			if x.kind == libObject || x.kind == ptrObject {
				w.clientRetry(e, w.attr(x, "retry"))
			}
			for _, t := range w.texts(w.attr(x, "service_config")) {
				if s, ok := t.constant(); ok {
					e.serviceConfig(s)
				}
			}
		}
	}
}

// limit notes a time limit; 0 is none.
func (w *world) limit(e *effect, value []*object) {
	if !says(value) {
		return
	}
	d, known := w.duration(value)
	if known && d == 0 {
		return
	}
	e.Deadline = true
	if known {
		e.shorten(d)
	}
}

// shorten keeps the shortest known limit.
func (e *effect) shorten(d time.Duration) {
	if old, err := time.ParseDuration(e.Timeout); err != nil || d < old {
		e.Timeout = d.String()
	}
}

// duration is a constant duration: in nanoseconds, as Go has it, or as text.
func (w *world) duration(objs []*object) (time.Duration, bool) {
	for _, t := range w.texts(objs) {
		s, ok := t.constant()
		if !ok {
			continue
		}
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return time.Duration(n), true
		}
		if d, err := time.ParseDuration(s); err == nil {
			return d, true
		}
	}
	return 0, false
}

func (w *world) clientRetry(e *effect, value []*object) {
	if !says(value) {
		return
	}
	n, known := w.number(value)
	if known && n == 0 {
		return
	}
	if e.Retry == nil {
		e.Retry = &Retry{By: "client"}
		if known {
			e.Retry.Attempts = n + 1
		}
	}
}

// serviceConfig reads the timeout and retry policy that a gRPC service config has for the effect's method. Its form is in
// https://github.com/grpc/grpc/blob/master/doc/service_config.md.
func (e *effect) serviceConfig(text string) {
	var config struct {
		MethodConfig []struct {
			Name        []struct{ Service, Method string }
			Timeout     string
			RetryPolicy *struct{ MaxAttempts int }
		}
	}
	if json.Unmarshal([]byte(text), &config) != nil {
		return
	}
	service, method, _ := strings.Cut(e.ID, "/")
	for _, mc := range config.MethodConfig {
		fits := slices.ContainsFunc(mc.Name, func(n struct{ Service, Method string }) bool {
			return (n.Service == "" || n.Service == service) && (n.Method == "" || n.Method == method)
		})
		if !fits {
			continue
		}
		if d, err := time.ParseDuration(mc.Timeout); err == nil && d > 0 {
			e.Deadline = true
			e.shorten(d)
		}
		if mc.RetryPolicy != nil && mc.RetryPolicy.MaxAttempts > 1 && e.Retry == nil {
			e.Retry = &Retry{Attempts: mc.RetryPolicy.MaxAttempts, By: "client"}
		}
	}
}
