package idempotency

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// relativeUpdate reports tables whose values endpoints change relative to what they hold, where that is all that a
// repetition does. What consumers do so is left to unguarded-consumer.
func (c *check) relativeUpdate() {
	type table struct{ service, store, name string }
	at := make(map[table]int)
	for i := range c.Idempotency {
		row := &c.Idempotency[i]
		e := endpoint(c.Model, row)
		if row.Idempotent != "no" || e == nil || e.Protocol == "consumer" || e.Protocol == "cron" || c.retried[entry{row.Service, row.Endpoint}] {
			continue
		}
		left, _ := c.untold(row)
		if len(left) == 0 || slices.ContainsFunc(left, func(x *arch.Effect) bool { return !x.Relative }) {
			continue
		}
		c.tell(entry{row.Service, row.Endpoint}, left...)
		for _, x := range left {
			key := table{row.Service, x.Store, x.Name}
			if j, ok := at[key]; ok {
				c.fs[j].Evidence = append(c.fs[j].Evidence, finding.Step{Service: row.Service, Pos: x.Place(), What: "so does " + finding.Endpoint(row.Endpoint)})
				continue
			}
			at[key] = len(c.fs)
			c.fs = append(c.fs, finding.Finding{
				Rule: relativeUpdate, Severity: relativeUpdate.Severity, Confidence: "high",
				Message: fmt.Sprintf("a retry of %s of %s changes %s %s once more: the new value rests on the old one, and nothing tells that the change was made",
					finding.Endpoint(row.Endpoint), row.Service, x.Store, x.Name),
				Services: []string{row.Service}, Pos: x.Place(), Subject: x.Store + " " + x.Name,
				Evidence: append(finding.Trail(row.Service, x), callers(c.Model, e)...),
			})
		}
	}
}
