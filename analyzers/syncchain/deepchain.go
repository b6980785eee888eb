package syncchain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
)

// hop is one call of a chain: from an endpoint, by an effect of its flow, to an endpoint.
type hop struct {
	from, to entry
	call     *arch.Effect
}

// deepChains returns the chains of more hops than the budget. Chains that differ only in their last hop, or only in the
// endpoint of the first service where they begin, are one finding: the way in between is what has to be cut.
func deepChains(m *arch.Model, flows map[entry]*arch.Flow, budgets config.Budgets) []finding.Finding {
	budget := int(budgets.Hops)
	var order []string
	groups := make(map[string][][]hop)
	for _, chain := range m.Chains {
		hops := resolve(chain, flows)
		if len(hops) <= budget {
			continue
		}
		middle := hops[0].from.service
		for _, h := range hops[:len(hops)-1] {
			middle += " " + h.to.String()
		}
		if groups[middle] == nil {
			order = append(order, middle)
		}
		groups[middle] = append(groups[middle], hops)
	}
	var fs []finding.Finding
	for _, middle := range order {
		f := describeChains(groups[middle], budget)
		f.Evidence = append(f.Evidence, promise(m.Settings, groups[middle][0]), bestCut(m, groups[middle][0], budget))
		fs = append(fs, f)
	}
	return fs
}

// promise is what a chain can keep at best: each service on it has to be up, and each hop takes its time.
func promise(settings *config.Config, hops []hop) finding.Step {
	first := hops[0]
	services := []string{first.from.service}
	for _, h := range hops {
		services = append(services, h.to.service)
	}
	return finding.Step{Service: first.from.service, Pos: first.call.Site, What: sum(settings, distinct(services), len(hops), "hops")}
}

// sum says what services can promise together, and how long n calls in a row take.
func sum(settings *config.Config, services []string, n int, calls string) string {
	up := 1.0
	for _, s := range services {
		up *= settings.Availability(s) / 100
	}
	latency := time.Duration(n) * time.Duration(settings.Budget().Latency)
	return fmt.Sprintf("%d services that each keep their promise answer %.4g%% of such requests; %d %s at %s each take %s",
		len(services), up*100, n, plain(n, calls), settings.Budget().Latency, latency)
}

// plain is a plural, or its singular for one.
func plain(n int, things string) string {
	if n == 1 {
		return strings.TrimSuffix(things, "s")
	}
	return things
}

// bestCut names the hop whose turn into an event helps most: all behind it is not waited for any more. The first hop is what
// the request is for, so it is the earliest one after it that is a command; where all of them ask for something, the earliest
// of them, whose answer can be kept as a copy.
func bestCut(m *arch.Model, hops []hop, budget int) finding.Step {
	cut := -1
	for i := 1; i < len(hops) && cut < 0; i++ {
		if i <= max(budget, 1) && slices.ContainsFunc(m.Endpoints, func(e arch.Endpoint) bool {
			return e.Service == hops[i].to.service && e.ID == hops[i].to.endpoint && e.Mutates
		}) {
			cut = i
		}
	}
	form := "as a message"
	if cut < 0 {
		cut, form = min(1, len(hops)-1), "replaced by a copy that the events of "+hops[min(1, len(hops)-1)].to.service+" keep up to date"
	}
	h := hops[cut]
	services := []string{hops[0].from.service}
	for _, h := range hops[:cut] {
		services = append(services, h.to.service)
	}
	return finding.Step{Service: h.from.service, Pos: h.call.Site, What: fmt.Sprintf(
		"the call from %s to %s (%s), %s, would help most: %s", h.from.service, h.to.service, finding.Endpoint(h.to.endpoint), form,
		sum(m.Settings, distinct(services), cut, "hops"))}
}

// resolve finds the calls that a chain of the Model is made of. It returns nil for a chain that begins where nobody
// waits, and for one with a hop that no flow shows: a finding without evidence is none.
func resolve(chain []string, flows map[entry]*arch.Flow) []hop {
	var hops []hop
	for i := 0; i+1 < len(chain); i++ {
		from, to := parseEntry(chain[i]), parseEntry(chain[i+1])
		flow := flows[from]
		if flow == nil || i == 0 && !waited(flow) {
			return nil
		}
		k := slices.IndexFunc(flow.Effects, func(e arch.Effect) bool {
			return e.Kind == arch.KindCall && !e.Async && e.To == to.service && e.ID == to.endpoint
		})
		if k < 0 {
			return nil
		}
		hops = append(hops, hop{from, to, &flow.Effects[k]})
	}
	return hops
}

// parseEntry reads "service:endpoint id". Ids may hold colons, names of services do not.
func parseEntry(s string) entry {
	service, endpoint, _ := strings.Cut(s, ":")
	return entry{service, endpoint}
}

func (e entry) String() string { return e.service + ":" + e.endpoint }

// describeChains writes the finding of chains that share all but their ends.
func describeChains(chains [][]hop, budget int) finding.Finding {
	first := chains[0]
	services := []string{first[0].from.service}
	for _, h := range first {
		services = append(services, h.to.service)
	}
	var starts, ends []string
	for _, c := range chains {
		if s := c[0].from.endpoint; !slices.Contains(starts, s) {
			starts = append(starts, s)
		}
		if e := c[len(c)-1].to.service; !slices.Contains(ends, e) {
			ends = append(ends, e)
		}
	}
	way := strings.Join(services[:len(services)-1], " → ") + " → " + strings.Join(ends, " or ")

	f := finding.Finding{
		Rule:       deepChain,
		Severity:   deepChain.Severity,
		Confidence: "high",
		Services:   distinct(append(services[:len(services)-1:len(services)-1], ends...)),
		Pos:        first[0].call.Site,
		Message: fmt.Sprintf("%s%s of %s waits for %d calls in a row, %d more than the budget of %d: %s",
			finding.Endpoint(starts[0]), others(len(starts)-1), services[0], len(first), len(first)-budget, budget, way),
	}
	var subject []string
	for _, h := range first[:len(first)-1] {
		subject = append(subject, h.to.String())
	}
	f.Subject = strings.Join(subject, " > ")

	for _, h := range first {
		f.Evidence = append(f.Evidence, finding.Trail(h.from.service, h.call)...)
	}
	for _, c := range chains[1:] {
		switch start, last := c[0], c[len(c)-1]; {
		case start.from != first[0].from:
			f.Evidence = append(f.Evidence, finding.Step{Service: start.from.service, Pos: start.call.Site,
				What: "the same way begins at " + start.from.endpoint})
		default:
			f.Evidence = append(f.Evidence, finding.Step{Service: last.from.service, Pos: last.call.Site,
				What: fmt.Sprintf("the last hop also goes to %s (%s)", last.to.service, last.to.endpoint)})
		}
	}
	f.Evidence = distinct(f.Evidence)
	return f
}

func others(n int) string { return more(n, "endpoint") }

// more says that there are n more of a kind.
func more(n int, kind string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " (and 1 more " + kind + ")"
	}
	return fmt.Sprintf(" (and %d more %ss)", n, kind)
}

// distinct keeps the first of equal names, in order.
func distinct[T comparable](all []T) []T {
	var kept []T
	for _, n := range all {
		if !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}
