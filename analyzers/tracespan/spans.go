package tracespan

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// breaks reports the breaks of one kind, one finding per place.
func breaks(m *arch.Model, kind string, rule *finding.Rule, message func(services []string, b *arch.TraceBreak) string) []finding.Finding {
	var places bySite
	first := make(map[effects.Pos]*arch.TraceBreak)
	for i := range m.Tracing {
		t := &m.Tracing[i]
		for j := range t.Breaks {
			if b := &t.Breaks[j]; b.Kind == kind && b.Site.IsValid() {
				places.add(b.Site, t.Service)
				if first[b.Site] == nil {
					first[b.Site] = b
				}
			}
		}
	}
	numbers := make(ordinals)
	var fs []finding.Finding
	for _, pos := range places.order {
		services, b := places.services[pos], first[pos]
		fs = append(fs, finding.Finding{
			Rule:       rule,
			Severity:   rule.Severity,
			Confidence: "high",
			Services:   services,
			Pos:        pos,
			Message:    message(services, b),
			Evidence:   finding.Along(services[0], b.Path),
			Subject:    numbers.next(services, b.Why),
		})
	}
	return fs
}

// spans reports the spans that are started by hand and not ended.
func spans(m *arch.Model) []finding.Finding {
	return breaks(m, "span", spanNotEnded, func(services []string, b *arch.TraceBreak) string {
		return fmt.Sprintf("%s: %s", finding.List(services), b.Why)
	})
}

// messages reports the messages that are sent, or taken, without their trace.
func messages(m *arch.Model) []finding.Finding {
	return breaks(m, "messaging", messagingNotPropagated, func(services []string, b *arch.TraceBreak) string {
		return fmt.Sprintf("%s: %s", finding.List(services), b.Why)
	})
}

// hiddenErrors reports the spans that hide errors, one finding per group of services whose code they are in: it is one habit.
func hiddenErrors(m *arch.Model) []finding.Finding {
	var places bySite
	for _, t := range m.Tracing {
		for _, s := range t.Spans {
			if t.Setup == "yes" && s.Fault == "error-unrecorded" {
				places.add(s.Site, t.Service)
			}
		}
	}
	return grouped(places, spanErrorUnrecorded, "error", func(services []string, n int) string {
		if n == 1 {
			return fmt.Sprintf("a span of %s does not tell of the error that its function returns", finding.List(services))
		}
		return fmt.Sprintf("%d spans of %s do not tell of the errors that their functions return", n, finding.List(services))
	}, "starts a span, and returns errors that it does not record")
}

// stores reports the stores that are read or written without spans, one finding per store and group of services.
func stores(m *arch.Model) []finding.Finding {
	byStore := make(map[string]*bySite)
	var names []string
	for i := range m.Flows {
		flow := &m.Flows[i]
		t := slices.IndexFunc(m.Tracing, func(t arch.Tracing) bool { return t.Service == flow.Service })
		if t < 0 || m.Tracing[t].Setup != "yes" || flow.Endpoint == "" {
			continue
		}
		for j := range flow.Effects {
			e := &flow.Effects[j]
			if e.Kind != arch.KindData || e.Instrumented || e.Op == "ddl" || !e.Site.IsValid() || unendedAround(&m.Tracing[t], e) {
				continue
			}
			if byStore[e.Store] == nil {
				byStore[e.Store] = &bySite{}
				names = append(names, e.Store)
			}
			byStore[e.Store].add(e.Site, flow.Service)
		}
	}
	slices.Sort(names)
	var fs []finding.Finding
	for _, store := range names {
		fs = append(fs, grouped(*byStore[store], dbUninstrumented, store, func(services []string, n int) string {
			if n == 1 {
				return fmt.Sprintf("an access of %s to %s makes no span", finding.List(services), store)
			}
			return fmt.Sprintf("%d accesses of %s to %s make no spans", n, finding.List(services), store)
		}, "makes no span")...)
	}
	return fs
}

// unendedAround reports whether the function of an access starts a span before it that it never ends: to end it is the mend.
func unendedAround(t *arch.Tracing, e *arch.Effect) bool {
	return slices.ContainsFunc(t.Spans, func(s arch.Span) bool {
		return s.Fault == "not-ended" && s.Func == e.Func && s.Site.File == e.Site.File && s.Site.Line < e.Site.Line
	})
}

const shownPlaces = 5 // of a habit; more say nothing new

// grouped makes one finding of all places that concern the same services.
func grouped(places bySite, rule *finding.Rule, subject string, message func(services []string, n int) string, what string) []finding.Finding {
	var fs []finding.Finding
	slices.SortFunc(places.order, func(a, b effects.Pos) int { return a.Compare(b) })
	var done [][]string
	for _, pos := range places.order {
		services := places.services[pos]
		slices.Sort(services)
		if slices.ContainsFunc(done, func(d []string) bool { return slices.Equal(d, services) }) {
			continue
		}
		done = append(done, services)
		var sites []effects.Pos
		for _, p := range places.order {
			of := places.services[p]
			if slices.Sort(of); slices.Equal(of, services) {
				sites = append(sites, p)
			}
		}
		fs = append(fs, finding.Finding{
			Rule:       rule,
			Severity:   rule.Severity,
			Confidence: "high",
			Services:   services,
			Pos:        pos,
			Message:    message(services, len(sites)),
			Evidence:   finding.Places(services[0], what, sites[:min(len(sites), shownPlaces)], map[effects.Pos]bool{}),
			Subject:    subject,
		})
	}
	return fs
}
