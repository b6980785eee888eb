package boundary

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// godServices returns one finding per service that is several, at the first registration of a group.
func godServices(m *arch.Model) []finding.Finding {
	var fs []finding.Finding
	for _, b := range remarks(m, "god-service") {
		f := finding.Finding{
			Rule: godService, Severity: godService.Severity, Confidence: godService.Confidence,
			Services: b.Services, Pos: b.Sites[0],
			Message:  fmt.Sprintf("%s several services: %s", subject(b.Services), b.Why),
			Evidence: finding.Along(b.Services[0], b.Steps),
		}
		if len(f.Evidence) > 0 {
			f.Pos = f.Evidence[0].Pos
		}
		fs = append(fs, f)
	}
	return fs
}

// subject says of a service, or of the roles of one, what it is.
func subject(services []string) string {
	if len(services) == 1 {
		return services[0] + " is"
	}
	return finding.List(services) + ", roles of one program, are"
}

// nanoServices returns one finding per service that is a function behind a network: one endpoint, no data, no messages, no
// calls of its own, and one other service that uses it.
func nanoServices(m *arch.Model, entries map[string]string) []finding.Finding {
	var fs []finding.Finding
	for _, s := range m.Services {
		same := func(other string) bool { return other == s.Name || entries[other] == s.Entry }
		busy := slices.ContainsFunc(m.Data, func(d arch.Data) bool { return same(d.Service) }) ||
			slices.ContainsFunc(m.Events, func(e arch.Event) bool { return same(e.Service) }) ||
			slices.ContainsFunc(m.Calls, func(c arch.Call) bool { return same(c.From) }) ||
			slices.ContainsFunc(m.Unresolved, func(u arch.Unresolved) bool { return same(u.Service) }) ||
			slices.ContainsFunc(m.BlindSpots, func(b arch.BlindSpot) bool { return same(b.Service) }) ||
			slices.ContainsFunc(m.Services, func(o arch.Service) bool { return o.Name != s.Name && same(o.Name) })
		var own []arch.Endpoint
		for _, e := range m.Endpoints {
			if e.Service == s.Name {
				own = append(own, e)
			}
		}
		if busy || len(own) != 1 {
			continue
		}
		callers := map[string]bool{}
		var f finding.Finding
		for _, c := range m.Calls {
			if c.To == s.Name && len(c.Sites) > 0 {
				callers[c.From] = true
				f.Services = []string{s.Name, c.From}
				f.Evidence = append(f.Evidence, finding.Step{Service: c.From, Pos: c.Sites[0], What: fmt.Sprintf("calls %s (%s)", s.Name, finding.Endpoint(c.ID))})
			}
		}
		if len(callers) != 1 {
			continue
		}
		f.Rule, f.Severity, f.Confidence = nanoService, nanoService.Severity, "medium"
		f.Pos, f.Subject = own[0].Site, own[0].ID
		f.Message = fmt.Sprintf("%s is one function behind a network: %s, without data of its own, for %s alone", s.Name, finding.Endpoint(own[0].ID), f.Services[1])
		fs = append(fs, f)
	}
	return fs
}
