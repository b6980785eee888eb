package finding_test

import (
	"testing"
	"time"

	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/finding/findingtest"
)

// Severities and ignore change the findings of all passes; a line of ignore that does nothing is a finding itself.
func TestSettle(t *testing.T) {
	cfg, err := config.Read(".svclint.yml", []byte(`severities: {crossdb: off, crossdb/foreign-write: info}
ignore:
  - {path: legacy, rule: boundary, reason: goes away}
  - {path: legacy, rule: tracespan, reason: goes away}
  - {path: web/*.go, rule: syncchain/deep-chain, reason: until the cache is there, until: 2027-01-31}
`))
	if err != nil {
		t.Fatal(err)
	}
	all := []finding.Finding{
		found("crossdb/foreign-read", "orders/a.go:1"),
		found("crossdb/foreign-write", "orders/a.go:2"),
		found("boundary/cycle", "legacy/gw/a.go:3"),
		found("boundary/cycle", "legacygw/a.go:4"),
		found("syncchain/deep-chain", "web/a.go:5"),
	}
	settle := func(day string) []finding.Finding {
		today, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		kept, used := finding.Apply(all, cfg, today)
		return append(kept, finding.Unused(cfg, used, today)...)
	}
	findingtest.Equal(t, settle("2027-01-31"), `
		orders/a.go:2: info crossdb/foreign-write: m
		legacygw/a.go:4: error boundary/cycle: m
		.svclint.yml:4:5: warning svclint/unused-suppression: the line that ignores tracespan in legacy matches no finding (goes away)`)
	findingtest.Equal(t, settle("2027-02-01"), `
		orders/a.go:2: info crossdb/foreign-write: m
		legacygw/a.go:4: error boundary/cycle: m
		web/a.go:5: error syncchain/deep-chain: m
		.svclint.yml:4:5: warning svclint/unused-suppression: the line that ignores tracespan in legacy matches no finding (goes away)
		.svclint.yml:5:5: warning svclint/unused-suppression: the line that ignores syncchain/deep-chain in web/*.go held until 2027-01-31 (until the cache is there)`)
	if kept, _ := finding.Apply(all, nil, time.Now()); len(kept) != len(all) {
		t.Errorf("without a configuration %d of %d findings are left", len(kept), len(all))
	}
}

func found(rule, at string) finding.Finding {
	return finding.Finding{Rule: &finding.Rule{ID: rule}, Severity: finding.Error, Confidence: "high", Message: "m", Pos: findingtest.At(at)}
}
