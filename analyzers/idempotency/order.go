package idempotency

import (
	"fmt"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// This file reports what is done in the wrong order: the acknowledgement before the effect, the effect before its guard, the
// check of a state apart from the act that rests on it.

// ackBeforeEffect reports consumers that acknowledge a message and then do what it asks for.
func (c *check) ackBeforeEffect() {
	c.each(func(_ *arch.Flow, e *arch.Effect) bool { return e.AckSite != nil }, func(of entry, flow *arch.Flow, fx []*arch.Effect) {
		c.tell(of, fx...)
		c.misplaced(ackBeforeEffect, flow, fx, *fx[0].AckSite, "the message is acknowledged here",
			fmt.Sprintf("%s acknowledges %s before it %s: a crash or error in between loses the message", flow.Service, flow.Endpoint, finding.List(deeds(fx))))
	})
}

// effectBeforeGuard reports effects that have happened again when the guard finds out.
func (c *check) effectBeforeGuard() {
	c.each(func(_ *arch.Flow, e *arch.Effect) bool { return e.LateGuardSite != nil && repeatable(e) }, func(of entry, flow *arch.Flow, fx []*arch.Effect) {
		c.tell(of, fx...)
		c.misplaced(effectBeforeGuard, flow, fx, *fx[0].LateGuardSite, "the guard, which comes too late",
			fmt.Sprintf("%s of %s %s before the guard that should keep it from happening twice", finding.Endpoint(flow.Endpoint), flow.Service, finding.List(deeds(fx))))
	})
}

// repeatable reports whether doing an effect again is more than doing it once.
func repeatable(e *arch.Effect) bool {
	return e.Kind != arch.KindData || e.Relative || e.Verb == "insert" || e.Verb == "create" || e.Verb == "append" || e.Verb == "increment"
}

// checkThenAct reports writes that rest on a state that may have changed since it was read.
func (c *check) checkThenAct() {
	c.each(func(_ *arch.Flow, e *arch.Effect) bool { return e.CheckSite != nil }, func(of entry, flow *arch.Flow, fx []*arch.Effect) {
		c.tell(of, fx...)
		c.misplaced(checkThenAct, flow, fx, *fx[0].CheckSite, "the state that decides is read here",
			fmt.Sprintf("%s of %s %s after a check that two requests at once both pass", finding.Endpoint(flow.Endpoint), flow.Service, finding.List(deeds(fx))))
	})
}

// misplaced adds a finding about effects and the place that should stand on their other side.
func (c *check) misplaced(rule *finding.Rule, flow *arch.Flow, fx []*arch.Effect, other effects.Pos, what, message string) {
	for i := range c.fs {
		// The same code behind another endpoint: one thing to mend.
		if f := &c.fs[i]; f.Rule == rule && f.Pos == fx[0].Place() && f.Services[0] == flow.Service {
			f.Evidence = append(f.Evidence, finding.Step{Service: flow.Service, Pos: fx[0].Place(), What: "so does " + finding.Endpoint(flow.Endpoint)})
			return
		}
	}
	f := finding.Finding{Rule: rule, Severity: rule.Severity, Confidence: "high", Message: message, Services: []string{flow.Service}, Pos: fx[0].Place(), Subject: flow.Endpoint}
	f.Evidence = append(f.Evidence, finding.Step{Service: flow.Service, Pos: other, What: what})
	f.Evidence = append(f.Evidence, finding.Trail(flow.Service, fx[0])...)
	for _, e := range fx[1:] {
		f.Evidence = append(f.Evidence, finding.Step{Service: flow.Service, Pos: e.Place(), What: "also " + finding.Deed(e)})
	}
	c.fs = append(c.fs, f)
}
