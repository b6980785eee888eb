package syncchain

import (
	"fmt"
	"slices"
	"time"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// noDeadlines returns one finding per pair of services whose calls have no time limit: neither the context nor the client
// brings one, nor, where the protocol hands deadlines on, any caller up the chain. Calls whose context is not known are
// left out, and so is start-up.
func noDeadlines(m *arch.Model) []finding.Finding {
	inherited := inheritedDeadlines(m)
	type key struct{ from, to string }
	total := make(map[key]int)
	groups, order := grouped(m, func(flow *arch.Flow, e *arch.Effect) (key, bool) {
		k := key{flow.Service, e.To}
		if flow.Endpoint == "" || e.Async {
			return k, false
		}
		total[k]++
		if e.Deadline || e.Context == "unknown" || e.Context == "start-up" {
			return k, false
		}
		return k, !(e.Context == "request" && inherited[entry{flow.Service, flow.Endpoint}])
	})
	var fs []finding.Finding
	for _, k := range order {
		group := groups[k]
		first := group[0]
		f := finding.Finding{
			Rule:       noDeadline,
			Severity:   noDeadline.Severity,
			Confidence: "high",
			Services:   []string{k.from, k.to},
			Pos:        first.call.Site,
			Subject:    k.to,
			Message:    fmt.Sprintf("%s waits for %s without a time limit%s", k.from, k.to, within(group.entries())),
		}
		if n := total[k] - len(group); n > 0 {
			f.Message += fmt.Sprintf("; other calls of %s have one", k.to)
		}
		f.Evidence = finding.Trail(k.from, first.call)
		last := &f.Evidence[len(f.Evidence)-1]
		last.What += ": " + unlimited(first)
		seen := map[effects.Pos]bool{first.call.Site: true}
		for _, c := range group[1:] {
			what := fmt.Sprintf("nor has %s one", finding.Endpoint(c.call.ID))
			f.Evidence = append(f.Evidence, finding.Places(k.from, what, []effects.Pos{c.call.Site}, seen)...)
		}
		fs = append(fs, f)
	}
	return fs
}

// unlimited says where a limit was looked for.
func unlimited(c callSite) string {
	switch c.call.Context {
	case "background", "todo":
		return "its context never ends, and its client has no limit"
	case "none":
		return "it takes no context, and its client has no limit"
	case "detached":
		return "its context is apart from the request, and its client has no limit"
	}
	if handsOn(c.flow.Protocol) {
		return "its context ends when the caller gives up, not every caller sets a limit, and its client has no limit"
	}
	return "its context ends only when the caller goes away, and its client has no limit"
}

// handsOn reports whether a protocol carries the deadline of a caller to the callee's context: gRPC does (grpc-timeout, see
// https://grpc.io/docs/guides/deadlines/), HTTP does not.
func handsOn(protocol string) bool { return protocol == "grpc" }

// inheritedDeadlines are the endpoints that are only called with a deadline which reaches them: by gRPC, from inside of the
// repository, each call limited by itself or by what its caller inherits. Calls in a circle do not limit each other.
func inheritedDeadlines(m *arch.Model) map[entry]bool {
	callers := make(map[entry]callSites)
	for i := range m.Flows {
		flow := &m.Flows[i]
		for j := range flow.Effects {
			if e := &flow.Effects[j]; e.Kind == arch.KindCall && e.To != "" && handsOn(e.Protocol) {
				to := entry{e.To, e.ID}
				callers[to] = append(callers[to], callSite{flow, e})
			}
		}
	}
	inherited := make(map[entry]bool)
	for changed := true; changed; {
		changed = false
		for to, calls := range callers {
			limited := !inherited[to] && !slices.ContainsFunc(calls, func(c callSite) bool {
				return !c.call.Deadline && !(c.call.Context == "request" && inherited[entry{c.flow.Service, c.flow.Endpoint}])
			})
			if limited {
				inherited[to], changed = true, true
			}
		}
	}
	return inherited
}

// shortDeadlines returns the calls that are given up before what they wait for may be done: their time limit is shorter than
// the sum of those of the calls that the called endpoint makes one after the other. Where the deadline reaches those calls
// (gRPC, with the request's context), it shortens them, and all is well.
func shortDeadlines(m *arch.Model, flows map[entry]*arch.Flow) []finding.Finding {
	type key struct{ from, to, id string }
	groups, order := grouped(m, func(flow *arch.Flow, e *arch.Effect) (key, bool) {
		limit, err := time.ParseDuration(e.Timeout)
		inner := flows[entry{e.To, e.ID}]
		if err != nil || e.Async || inner == nil {
			return key{}, false
		}
		sum, calls := innerLimits(e, inner)
		return key{flow.Service, e.To, e.ID}, len(calls) > 0 && sum > limit
	})
	var fs []finding.Finding
	for _, k := range order {
		first := groups[k][0]
		inner := flows[entry{k.to, k.id}]
		sum, calls := innerLimits(first.call, inner)
		f := finding.Finding{
			Rule:       noDeadline,
			Severity:   noDeadline.Severity,
			Confidence: "medium",
			Services:   []string{k.from, k.to},
			Pos:        first.call.Site,
			Subject:    "short " + k.to + ":" + k.id,
			Message: fmt.Sprintf("%s gives %s of %s up after %s, and what that waits for may take %s",
				k.from, finding.Endpoint(k.id), k.to, first.call.Timeout, sum),
			Evidence: finding.Trail(k.from, first.call),
		}
		for _, e := range calls {
			f.Evidence = append(f.Evidence, finding.Step{Service: k.to, Pos: e.Site, What: fmt.Sprintf("%s, for up to %s", finding.Deed(e), e.Timeout)})
		}
		fs = append(fs, f)
	}
	return fs
}

// innerLimits adds up the limits of the calls that an endpoint makes one after the other.
func innerLimits(outer *arch.Effect, inner *arch.Flow) (sum time.Duration, calls []*arch.Effect) {
	row := inner.Sequence
	if row == nil {
		row = slices.Collect(waitedCalls(inner))
		row = row[:min(1, len(row))]
	}
	for _, i := range row {
		e := &inner.Effects[i]
		limit, err := time.ParseDuration(e.Timeout)
		if err != nil || handsOn(outer.Protocol) && e.Context == "request" {
			continue
		}
		sum += limit
		calls = append(calls, e)
	}
	return sum, calls
}
