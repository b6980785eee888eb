package idempotency

import (
	"cmp"
	"fmt"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// retryOfUnsafe reports clients that repeat requests of which the called service does not bear a repetition: once per pair of
// services and endpoint.
func (c *check) retryOfUnsafe() {
	type pair struct {
		from string
		to   entry
	}
	seen := make(map[pair]bool)
	for i := range c.Flows {
		flow := &c.Flows[i]
		for j := range flow.Effects {
			e := &flow.Effects[j]
			to := entry{e.To, e.ID}
			row := c.unsafe[to]
			if e.Kind != arch.KindCall || e.Retry == nil || e.Retry.Attempts == 1 || e.Guard != "" || row == nil || seen[pair{flow.Service, to}] {
				continue
			}
			seen[pair{flow.Service, to}] = true
			c.retried[to] = true
			repeated := c.repeats(row)
			does := row.Why
			if len(repeated) > 0 {
				does = "each time it " + finding.List(deeds(repeated))
			}
			f := finding.Finding{
				Rule: retryOfUnsafe, Severity: retryOfUnsafe.Severity, Confidence: "high",
				Message:  fmt.Sprintf("%s retries %s of %s, which is not safe to repeat: %s", flow.Service, finding.Endpoint(e.ID), e.To, does),
				Services: []string{flow.Service, e.To}, Pos: e.Site, Subject: e.ID,
			}
			f.Evidence = append(f.Evidence, finding.Trail(flow.Service, e)...)
			f.Evidence = append(f.Evidence, finding.Step{Service: flow.Service, Pos: e.Site, What: "repeated by " + retrier(e.Retry)})
			for _, r := range repeated {
				f.Evidence = append(f.Evidence, finding.Trail(e.To, r)...)
			}
			c.fs = append(c.fs, f)
		}
	}
}

// retrier says who repeats a request, and how often.
func retrier(r *arch.Retry) string {
	by := cmp.Or(r.By, "client")
	if by == "client" {
		by = "the client's own retries"
	}
	if r.Attempts > 0 {
		return fmt.Sprintf("%s, up to %d attempts in all", by, r.Attempts)
	}
	return by
}
