package idempotency

import (
	"fmt"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// keyWithoutExpiry reports guards whose keys are kept for ever, once per service and pattern of keys or table.
func (c *check) keyWithoutExpiry() {
	type keys struct{ service, store, name string }
	seen := make(map[keys]bool)
	guards := func(e *arch.Effect, flow *arch.Flow) bool {
		if !cached(e) {
			return true // such a table is there for nothing else
		}
		for i := range flow.Effects {
			if o := &flow.Effects[i]; o.GuardSite != nil && *o.GuardSite == e.Site && o.Site != e.Site {
				return true
			}
		}
		return false
	}
	for i := range c.Flows {
		flow := &c.Flows[i]
		for j := range flow.Effects {
			e := &flow.Effects[j]
			if !e.KeptForever || !guards(e, flow) || c.deleted(flow.Service, e) || seen[keys{flow.Service, e.Store, e.Name}] {
				continue
			}
			seen[keys{flow.Service, e.Store, e.Name}] = true
			message := fmt.Sprintf("%s keeps its keys %s in %s for ever: the store grows with every message", flow.Service, e.Name, e.Store)
			if !cached(e) {
				message = fmt.Sprintf("nothing takes rows out of %s %s of %s, which only remembers what was handled: it grows with every message", e.Store, e.Name, flow.Service)
			}
			c.fs = append(c.fs, finding.Finding{
				Rule: keyWithoutExpiry, Severity: keyWithoutExpiry.Severity, Confidence: "high",
				Message:  message,
				Services: []string{flow.Service}, Pos: e.Site, Subject: e.Store + " " + e.Name,
				Evidence: finding.Trail(flow.Service, e),
			})
		}
	}
}

// deleted reports whether a service takes keys away itself.
func (c *check) deleted(service string, key *arch.Effect) bool {
	for i := range c.Flows {
		for j := range c.Flows[i].Effects {
			if e := &c.Flows[i].Effects[j]; c.Flows[i].Service == service && e.Store == key.Store && e.Name == key.Name && (e.Verb == "delete" || e.Verb == "del" || e.Verb == "expire") {
				return true
			}
		}
	}
	return false
}
