package syncchain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// maxRetryDepth bounds the hops that are followed below a call that is retried.
const maxRetryDepth = 6

// retryStorms returns the chains of which several levels retry. One finding is told per row of services, for the chain that
// multiplies most; a chain that is the end of a longer one is told with that.
func retryStorms(m *arch.Model, flows map[entry]*arch.Flow) []finding.Finding {
	var chains [][]hop
	for i := range m.Flows {
		from := &m.Flows[i]
		for j := range from.Effects {
			if e := &from.Effects[j]; retried(e) {
				at := entry{from.Service, from.Endpoint}
				chains = append(chains, below([]hop{{at, entry{e.To, e.ID}, e}}, flows)...)
			}
		}
	}
	worst := make(map[string][]hop)
	var order []string
	for _, c := range chains {
		way := way(c)
		if worst[way] == nil {
			order = append(order, way)
		}
		if worst[way] == nil || attempts(c) > attempts(worst[way]) {
			worst[way] = c
		}
	}
	var fs []finding.Finding
	for _, w := range order {
		if !slices.ContainsFunc(order, func(other string) bool { return other != w && strings.HasSuffix(other, " → "+w) }) {
			fs = append(fs, describeStorm(worst[w]))
		}
	}
	return fs
}

func retried(e *arch.Effect) bool {
	return e.Kind == arch.KindCall && e.To != "" && e.Retry != nil && !e.Async
}

// below follows a chain that begins with a retried call to the retried calls that are waited for below it: the deepest on
// each way.
func below(chain []hop, flows map[entry]*arch.Flow) [][]hop {
	last := chain[len(chain)-1]
	flow := flows[last.to]
	if flow == nil || len(chain) > maxRetryDepth {
		return nil
	}
	var found [][]hop
	for i := range waitedCalls(flow) {
		e := &flow.Effects[i]
		to := entry{e.To, e.ID}
		if slices.ContainsFunc(chain, func(h hop) bool { return h.from == to || h.to == to }) {
			continue
		}
		longer := append(slices.Clone(chain), hop{last.to, to, e})
		deeper := below(longer, flows)
		if deeper == nil && e.Retry != nil {
			deeper = [][]hop{longer}
		}
		found = append(found, deeper...)
	}
	return found
}

// attempts is how often the last call of a chain is made at most; a retry of unknown length counts as two.
func attempts(chain []hop) int {
	n := 1
	for _, h := range chain {
		if h.call.Retry != nil {
			n *= max(h.call.Retry.Attempts, 2)
		}
	}
	return n
}

func way(chain []hop) string {
	names := []string{chain[0].from.service}
	for _, h := range chain {
		names = append(names, h.to.service)
	}
	return strings.Join(names, " → ")
}

func describeStorm(chain []hop) finding.Finding {
	first, last := chain[0], chain[len(chain)-1]
	services := []string{first.from.service}
	var levels, factors []string
	known := true
	f := finding.Finding{Rule: retryStorm, Severity: retryStorm.Severity, Confidence: "high", Pos: first.call.Site}
	for _, h := range chain {
		services = append(services, h.to.service)
		steps := finding.Trail(h.from.service, h.call)
		if r := h.call.Retry; r != nil {
			levels = append(levels, h.from.service)
			what := "and retries, how often is not known"
			if r.Attempts > 0 {
				what = fmt.Sprintf("and makes up to %d attempts", r.Attempts)
				factors = append(factors, fmt.Sprint(r.Attempts))
			} else {
				known = false
			}
			steps[len(steps)-1].What += ", " + what
		}
		f.Evidence = append(f.Evidence, steps...)
	}
	f.Services = distinct(services)
	f.Subject = way(chain)
	f.Message = fmt.Sprintf("%s each retry on the way %s: one request", finding.List(distinct(levels)), way(chain))
	if known {
		f.Message += fmt.Sprintf(" becomes up to %d (%s) of %s", attempts(chain), strings.Join(factors, " × "), finding.Endpoint(last.to.endpoint))
	} else {
		f.Message += fmt.Sprintf(" becomes at least %d of %s", attempts(chain), finding.Endpoint(last.to.endpoint))
	}
	return f
}
