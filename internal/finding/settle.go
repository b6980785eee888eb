package finding

import "github.com/svclint/svclint/internal/config"

// Settle gives the findings the severities of the configuration, which may be nil, and leaves out those of rules that are
// off: by default, unless the configuration gives them a severity, or by the configuration.
func Settle(fs []Finding, cfg *config.Config) []Finding {
	var kept []Finding
	for _, f := range fs {
		said := cfg.Severity(f.Rule.ID)
		if said == config.Off || said == "" && f.Rule.Off {
			continue
		}
		if said != "" {
			// The reader knows no other words than off and those of ParseSeverity.
			f.Severity, _ = ParseSeverity(said)
		}
		kept = append(kept, f)
	}
	return kept
}
