package finding

import (
	"fmt"
	"time"

	"github.com/svclint/svclint/internal/config"
)

// UnusedSuppression is about the configuration, not the architecture: a line that ignores nothing hides the next finding
// that happens to fit it.
var UnusedSuppression = &Rule{
	ID:     "svclint/unused-suppression",
	Title:  "A line of ignore matches no finding, or its date has passed",
	Lesson: "What is left as it is has a reason, and an end",
	Why: "The finding that the line was written for is gone, or was to be mended by now. What stays behind silences the next " +
		"finding that happens to fit it, and nobody will know why.",
	Instead:  "Remove the line. If its date has passed and the finding must stay, give it a new date and say why again.",
	Severity: Warning,
}

// Apply gives the findings as the configuration wants them: rules that are off and findings that are ignored are left
// out, severities are those of the configuration. Used says, for each line of ignore, whether it matched.
func Apply(fs []Finding, cfg *config.Config, today time.Time) (kept []Finding, used []bool) {
	if cfg == nil {
		return fs, nil
	}
	used = make([]bool, len(cfg.Ignore))
	for _, f := range fs {
		said := cfg.Severity(f.Rule.ID)
		if said == config.Off {
			continue
		}
		if said != "" {
			// The reader knows no other words than off and those of ParseSeverity.
			f.Severity, _ = ParseSeverity(said)
		}
		ignored := false
		for i := range cfg.Ignore {
			if line := &cfg.Ignore[i]; line.Matches(f.Rule.ID, f.Pos.File) {
				used[i] = true
				ignored = ignored || !line.Expired(today)
			}
		}
		if !ignored {
			kept = append(kept, f)
		}
	}
	return kept, used
}

// Unused reports the lines of ignore that matched none of all findings, and those whose date has passed.
func Unused(cfg *config.Config, used []bool, today time.Time) []Finding {
	if cfg == nil {
		return nil
	}
	var fs []Finding
	for i := range cfg.Ignore {
		line := &cfg.Ignore[i]
		what := line.Rule
		if line.Path != "" {
			what = fmt.Sprintf("%s in %s", orAll(line.Rule), line.Path)
		}
		f := Finding{Rule: UnusedSuppression, Severity: UnusedSuppression.Severity, Confidence: "high", Pos: cfg.Pos(line.Place),
			Subject: line.Rule + " " + line.Path}
		switch {
		case !used[i]:
			f.Message = fmt.Sprintf("the line that ignores %s matches no finding (%s)", what, line.Reason)
		case line.Expired(today):
			f.Message = fmt.Sprintf("the line that ignores %s held until %s (%s)", what, line.Until.Format(time.DateOnly), line.Reason)
		default:
			continue
		}
		fs = append(fs, f)
	}
	kept, _ := Apply(fs, &config.Config{Severities: cfg.Severities}, today)
	Sort(kept)
	return kept
}

func orAll(rule string) string {
	if rule == "" {
		return "everything"
	}
	return rule
}
