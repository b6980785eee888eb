package boundary

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// distributedTransactions returns one finding per sequence of remote changes: requests that make the same ones, through the
// same places, share it.
func distributedTransactions(m *arch.Model) []finding.Finding {
	groups := grouped(m, "distributed-transaction", func(first, b arch.Boundary) bool {
		return slices.Equal(first.Services, b.Services) && slices.Equal(first.Sites, b.Sites)
	})
	var fs []finding.Finding
	for _, g := range groups {
		b := g[0]
		who := finding.Endpoint(b.Endpoint) + " of " + b.Services[0]
		if len(g) > 1 {
			who += fmt.Sprintf(" (and %d more)", len(g)-1)
		}
		why := "with nothing that undoes the first change when a later one fails"
		if b.Subject == "transaction" {
			why = "inside a local transaction, whose rollback does not reach it"
		}
		pos := b.Sites[0]
		if len(b.Steps) > 0 {
			pos = b.Steps[0].Pos
		}
		fs = append(fs, finding.Finding{
			Rule: distributedTransaction, Severity: distributedTransaction.Severity, Confidence: "high",
			Services: b.Services, Pos: pos, Subject: b.Endpoint,
			Message:  fmt.Sprintf("%s changes state in %s %s", who, finding.List(b.Services[1:]), why),
			Evidence: append(handler(m, b, pos), finding.Along(b.Services[0], b.Steps)...),
		})
	}
	return fs
}

// handler is where a remark's request is handled, as evidence, unless that is the place itself.
func handler(m *arch.Model, b arch.Boundary, but effects.Pos) []finding.Step {
	for _, e := range m.Endpoints {
		if e.Service == b.Services[0] && e.ID == b.Endpoint && e.Site.IsValid() && e.Site != but {
			return []finding.Step{{Service: e.Service, Pos: e.Site, What: "handles " + finding.Endpoint(e.ID)}}
		}
	}
	return nil
}
