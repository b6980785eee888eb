package boundary

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// hardCoded returns one finding per service and what it reaches by an address in the code, at the constant where that was
// found, else where the address is used.
func hardCoded(m *arch.Model) []finding.Finding {
	var groups [][]arch.Boundary
	for _, b := range remarks(m, "hard-coded-endpoint") {
		i := slices.IndexFunc(groups, func(g []arch.Boundary) bool {
			return slices.Equal(g[0].Services, b.Services) && (len(b.Services) > 1 || g[0].Subject == b.Subject)
		})
		if i < 0 {
			groups = append(groups, []arch.Boundary{b})
		} else {
			groups[i] = append(groups[i], b)
		}
	}
	var fs []finding.Finding
	for _, g := range groups {
		service := g[0].Services[0]
		f := finding.Finding{
			Rule: hardCodedEndpoint, Severity: hardCodedEndpoint.Severity, Confidence: "high",
			Services: g[0].Services, Pos: g[0].Sites[0],
		}
		var addresses []string
		for _, b := range g {
			if !slices.Contains(addresses, b.Subject) {
				addresses = append(addresses, b.Subject)
			}
			f.Evidence = append(f.Evidence, finding.Along(service, b.Steps)...)
		}
		if len(f.Evidence) > 0 {
			f.Pos = f.Evidence[0].Pos
		}
		if len(f.Services) > 1 {
			f.Subject = f.Services[1]
			f.Message = fmt.Sprintf("%s reaches %s at %s: the address stands in the code, and nothing can change it at deployment", service, f.Subject, finding.List(addresses))
		} else {
			f.Subject = addresses[0]
			f.Message = fmt.Sprintf("%s reaches its database at %s: the address stands in the code, and nothing can change it at deployment", service, f.Subject)
		}
		fs = append(fs, f)
	}
	return fs
}
