package boundary

import (
	"fmt"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// lockSteps returns one finding per pair of services that change together, at the main function of the first.
func lockSteps(m *arch.Model) []finding.Finding {
	var fs []finding.Finding
	for _, b := range remarks(m, "lock-step") {
		f := finding.Finding{
			Rule: lockStep, Severity: lockStep.Severity, Confidence: lockStep.Confidence,
			Services: b.Services, Pos: b.Sites[0],
			Message:  fmt.Sprintf("%s change in lock-step: %s (such as %s)", finding.List(b.Services), b.Why, b.Subject),
			Evidence: finding.Along(b.Services[0], b.Steps),
		}
		fs = append(fs, f)
	}
	return fs
}
