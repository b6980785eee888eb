package tracespan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// bySite collects the services that are concerned at one place: code shared by several services is one finding.
type bySite struct {
	order    []effects.Pos
	services map[effects.Pos][]string
}

func (b *bySite) add(pos effects.Pos, service string) {
	if b.services == nil {
		b.services = make(map[effects.Pos][]string)
	}
	if b.services[pos] == nil {
		b.order = append(b.order, pos)
	}
	if !slices.Contains(b.services[pos], service) {
		b.services[pos] = append(b.services[pos], service)
	}
}

// servers reports the servers without instrumentation, one finding per group of services with the same ones: what makes a
// server in one branch and in the other is mended as one. Where the Model does not know the place of the server, the first
// endpoint without a span stands for it.
func servers(m *arch.Model) []finding.Finding {
	var places bySite
	for _, t := range m.Tracing {
		if t.Servers != "none" && t.Servers != "some" {
			continue
		}
		sites := t.ServerSites
		if len(sites) == 0 {
			i := slices.IndexFunc(m.Endpoints, func(e arch.Endpoint) bool {
				return e.Service == t.Service && !e.Instrumented && e.Registered.IsValid() && e.Protocol != "consumer" && e.Protocol != "cron"
			})
			if i < 0 {
				continue
			}
			sites = []effects.Pos{m.Endpoints[i].Registered}
		}
		for _, pos := range sites {
			places.add(pos, t.Service)
		}
	}
	// The servers that the same services make in one file.
	type group struct{ services, file string }
	var order []group
	of := make(map[group][]effects.Pos)
	for _, pos := range places.order {
		g := group{strings.Join(places.services[pos], " "), pos.File}
		if of[g] == nil {
			order = append(order, g)
		}
		of[g] = append(of[g], pos)
	}
	numbers := make(ordinals)
	var fs []finding.Finding
	for _, g := range order {
		sites := of[g]
		services := places.services[sites[0]]
		f := finding.Finding{
			Rule:       serverUninstrumented,
			Severity:   serverUninstrumented.Severity,
			Confidence: "high",
			Services:   services,
			Pos:        sites[0],
			Message:    fmt.Sprintf("the server of %s makes no spans", finding.List(services)),
			Subject:    numbers.next(services, "server"),
		}
		if traced := tracedCallers(m, services); len(traced) > 0 {
			f.Message += fmt.Sprintf(": traces of %s end here", finding.List(traced))
		}
		seen := map[effects.Pos]bool{sites[0]: true}
		f.Evidence = finding.Places(services[0], "nor does the one that is made here", sites, seen)
		for _, c := range m.Calls {
			if slices.Contains(services, c.To) && !slices.Contains(services, c.From) && len(c.Sites) > 0 {
				f.Evidence = append(f.Evidence, finding.Places(c.From, "calls "+c.ID+" of "+c.To, c.Sites[:1], seen)...)
			}
		}
		fs = append(fs, f)
	}
	return fs
}

// tracedCallers are the services that send traces to others.
func tracedCallers(m *arch.Model, to []string) []string {
	var names []string
	for _, c := range m.Calls {
		traced := slices.ContainsFunc(m.Tracing, func(t arch.Tracing) bool { return t.Service == c.From && t.Setup == "yes" })
		if traced && slices.Contains(to, c.To) && !slices.Contains(to, c.From) {
			names = append(names, c.From)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// clients reports the clients without instrumentation, one finding per place.
func clients(m *arch.Model) []finding.Finding {
	var places bySite
	for _, t := range m.Tracing {
		if t.Clients != "none" && t.Clients != "some" {
			continue
		}
		for _, pos := range t.ClientSites {
			places.add(pos, t.Service)
		}
	}
	numbers := make(ordinals)
	var fs []finding.Finding
	for _, pos := range places.order {
		services := places.services[pos]
		calls := callsThrough(m, services, pos)
		f := finding.Finding{
			Rule:       clientUninstrumented,
			Severity:   clientUninstrumented.Severity,
			Confidence: "high",
			Services:   services,
			Pos:        pos,
		}
		var targets []string
		for _, c := range calls {
			if !slices.Contains(targets, c.To) {
				targets = append(targets, c.To)
			}
		}
		slices.Sort(targets)
		switch {
		case len(targets) == 0:
			f.Message = fmt.Sprintf("a client of %s makes no spans and sends no trace context", finding.List(services))
		case foreignOnly(m, targets):
			f.Message = fmt.Sprintf("requests of %s to %s make no spans", finding.List(services), finding.List(targets))
		default:
			f.Message = fmt.Sprintf("requests of %s to %s carry no trace context: each starts a new trace there", finding.List(services), finding.List(targets))
		}
		f.Subject = numbers.next(services, "client "+strings.Join(targets, " "))
		seen := map[effects.Pos]bool{pos: true}
		for _, c := range calls {
			f.Evidence = append(f.Evidence, finding.Places(c.service, fmt.Sprintf("calls %s of %s", c.ID, c.To), []effects.Pos{c.Site}, seen)...)
		}
		fs = append(fs, f)
	}
	return fs
}

// through is a call made by a service.
type through struct {
	service string
	*arch.Effect
}

// callsThrough are the calls without a span that go through the client at pos: those made at this very place; or, where
// the services have no other client without instrumentation, all that make no span.
func callsThrough(m *arch.Model, services []string, pos effects.Pos) []through {
	var here, all []through
	for i := range m.Flows {
		flow := &m.Flows[i]
		if !slices.Contains(services, flow.Service) {
			continue
		}
		for j := range flow.Effects {
			e := &flow.Effects[j]
			if e.Kind != arch.KindCall || e.Instrumented || e.To == "" {
				continue
			}
			all = append(all, through{flow.Service, e})
			if e.Site == pos {
				here = append(here, through{flow.Service, e})
			}
		}
	}
	if len(here) > 0 {
		return here
	}
	for _, t := range m.Tracing {
		if slices.Contains(services, t.Service) && len(t.ClientSites) != 1 {
			return nil
		}
	}
	return all
}

func foreignOnly(m *arch.Model, targets []string) bool {
	return !slices.ContainsFunc(targets, func(name string) bool {
		return slices.ContainsFunc(m.Services, func(s arch.Service) bool { return s.Name == name })
	})
}

// ordinals tell findings apart that are alike in all but their place, in an order that moved lines do not change.
type ordinals map[string]int

func (o ordinals) next(services []string, subject string) string {
	key := strings.Join(services, " ") + "|" + subject
	o[key]++
	if o[key] == 1 {
		return subject
	}
	return fmt.Sprintf("%s #%d", subject, o[key])
}
