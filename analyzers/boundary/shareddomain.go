package boundary

import (
	"fmt"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// sharedDomain returns one finding per shared package that holds a context's storage, at its first access to a table.
func sharedDomain(m *arch.Model) []finding.Finding {
	var fs []finding.Finding
	for _, b := range remarks(m, "shared-library-with-domain-logic") {
		if len(b.Steps) == 0 {
			continue
		}
		fs = append(fs, finding.Finding{
			Rule: sharedDomainLibrary, Severity: sharedDomainLibrary.Severity, Confidence: sharedDomainLibrary.Confidence,
			Services: b.Services, Pos: b.Steps[0].Pos, Subject: b.Subject,
			Message:  fmt.Sprintf("%s belongs to no service, holds the storage of a domain, and is built into %s", b.Subject, finding.List(b.Services)),
			Evidence: finding.Along("", b.Steps),
		})
	}
	return fs
}
