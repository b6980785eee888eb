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
		f.Evidence = append(f.Evidence, promise(m.Settings, groups[middle][0]))
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
	services = distinct(services)
	up := 1.0
	for _, s := range services {
		up *= settings.Availability(s) / 100
	}
	latency := time.Duration(len(hops)) * time.Duration(settings.Budget().Latency)
	return finding.Step{Service: first.from.service, Pos: first.call.Site, What: fmt.Sprintf(
		"%d services that each keep their promise answer %.4g%% of such requests; %d hops at %s each take %s",
		len(services), up*100, len(hops), settings.Budget().Latency, latency)}
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
	f.Evidence = distinctSteps(f.Evidence)
	return f
}

func others(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " (and 1 more endpoint)"
	}
	return fmt.Sprintf(" (and %d more endpoints)", n)
}

// distinct keeps the first of equal names, in order.
func distinct(names []string) []string {
	var kept []string
	for _, n := range names {
		if !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}

func distinctSteps(steps []finding.Step) []finding.Step {
	var kept []finding.Step
	for _, s := range steps {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}
