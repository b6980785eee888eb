package finding_test

import (
	"testing"

	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/finding/findingtest"
)

// The configuration changes severities, takes rules out, and brings those back that are off by default.
func TestSettle(t *testing.T) {
	cfg, err := config.Read(".svclint.yml", []byte("severities: {crossdb: off, crossdb/foreign-write: info, boundary/nano-service: warning}\n"))
	if err != nil {
		t.Fatal(err)
	}
	all := []finding.Finding{
		found("crossdb/foreign-read", "orders/a.go:1"),
		found("crossdb/foreign-write", "orders/a.go:2"),
		found("boundary/cycle", "gw/a.go:3"),
		found("boundary/nano-service", "gw/a.go:4"),
	}
	all[3].Rule.Off = true
	findingtest.Equal(t, finding.Settle(all, cfg), `
		orders/a.go:2: info crossdb/foreign-write: m
		gw/a.go:3: error boundary/cycle: m
		gw/a.go:4: warning boundary/nano-service: m`)
	findingtest.Equal(t, finding.Settle(all, nil), `
		orders/a.go:1: error crossdb/foreign-read: m
		orders/a.go:2: error crossdb/foreign-write: m
		gw/a.go:3: error boundary/cycle: m`)
}

func found(rule, at string) finding.Finding {
	return finding.Finding{Rule: &finding.Rule{ID: rule}, Severity: finding.Error, Confidence: "high", Message: "m", Pos: findingtest.At(at)}
}
