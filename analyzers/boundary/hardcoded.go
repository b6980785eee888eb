package boundary

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// hardCoded returns one finding per pair of services, or per database, that is reached by an address in the code, at the place
// where that was found, else where the address is used.
func hardCoded(m *arch.Model) []finding.Finding {
	groups := grouped(m, "hard-coded-endpoint", func(first, b arch.Boundary) bool {
		if len(b.Services) == 1 {
			return len(first.Services) == 1 && first.Subject == b.Subject // one constant, whoever opens the database with it
		}
		return slices.Equal(first.Services, b.Services)
	})
	var fs []finding.Finding
	for _, g := range groups {
		service := g[0].Services[0]
		f := finding.Finding{
			Rule: hardCodedEndpoint, Severity: hardCodedEndpoint.Severity, Confidence: "high",
			Services: g[0].Services, Pos: g[0].Sites[0],
		}
		var addresses []string
		var users []string
		for _, b := range g {
			if !slices.Contains(users, b.Services[0]) {
				users = append(users, b.Services[0])
			}
			if !slices.Contains(addresses, b.Subject) {
				addresses = append(addresses, b.Subject)
			}
			f.Evidence = append(f.Evidence, finding.Along(b.Services[0], b.Steps)...)
		}
		if len(f.Evidence) > 0 {
			f.Pos = f.Evidence[0].Pos
		}
		if len(f.Services) > 1 {
			f.Subject = f.Services[1]
			f.Message = fmt.Sprintf("%s reaches %s at %s: the address stands in the code, and nothing can change it at deployment", service, f.Subject, finding.List(addresses))
		} else {
			f.Services, f.Subject = users, addresses[0]
			f.Message = fmt.Sprintf("%s %s database at %s: the address stands in the code, and nothing can change it at deployment", finding.List(users), finding.Agree(users, "reaches its", "reach their"), f.Subject)
		}
		fs = append(fs, f)
	}
	return fs
}
