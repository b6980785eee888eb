package syncchain

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// taskQueues hand work to be done later to a worker, most often of the same bounded context. That the worker asks for the
// state of things when its time has come is what it is for.
var taskQueues = []string{"asynq", "machinery", "temporal", "river"}

// inConsumers returns the consumers that wait for another service of the repository: one finding per pair of services.
// Services elsewhere (a mail provider) are left out: somebody has to call them, and a consumer is the right one. Where the
// consumer asks who sent the message, and the question changes nothing, the message could have carried the answer: that is a
// warning.
func inConsumers(m *arch.Model) []finding.Finding {
	here := make(map[string]bool)
	for _, s := range m.Services {
		here[s.Name] = true
	}
	changes := make(map[entry]bool)
	for _, e := range m.Endpoints {
		changes[entry{e.Service, e.ID}] = e.Mutates
	}
	type key struct{ from, to string }
	groups, order := grouped(m, func(flow *arch.Flow, e *arch.Effect) (key, bool) {
		return key{flow.Service, e.To}, flow.Protocol == "consumer" && !e.Async && here[e.To]
	})
	var fs []finding.Finding
	for _, k := range order {
		group := groups[k]
		asksBack := slices.IndexFunc(group, func(c callSite) bool {
			return !changes[entry{k.to, c.call.ID}] && publishes(m, k.to, c.flow.Endpoint)
		})
		first := group[max(asksBack, 0)]
		f := finding.Finding{
			Rule:       syncInConsumer,
			Severity:   finding.Info,
			Confidence: "high",
			Services:   []string{k.from, k.to},
			Pos:        first.call.Site,
			Subject:    k.to,
			Message: fmt.Sprintf("%s cannot finish %s%s while %s is down: it waits for %s",
				k.from, first.flow.Endpoint, more(len(group.entries())-1, "topic"), k.to, finding.List(group.ids())),
		}
		if asksBack >= 0 {
			f.Severity = syncInConsumer.Severity
			f.Message += fmt.Sprintf("; %s sent the message, which could have carried the answer", k.to)
		}
		f.Evidence = finding.Trail(k.from, first.call)
		seen := map[effects.Pos]bool{first.call.Site: true}
		for _, c := range group {
			what := fmt.Sprintf("also waits for %s, in %s", finding.Endpoint(c.call.ID), c.flow.Endpoint)
			f.Evidence = append(f.Evidence, finding.Places(k.from, what, []effects.Pos{c.call.Site}, seen)...)
		}
		fs = append(fs, f)
	}
	return fs
}

// publishes reports whether a service sends the messages that a consumer's endpoint, broker:topic, takes.
func publishes(m *arch.Model, service, endpoint string) bool {
	return slices.ContainsFunc(m.Events, func(e arch.Event) bool {
		return e.Service == service && e.Dir == "publish" && e.Topic != "*" && e.Broker+":"+e.Topic == endpoint && !slices.Contains(taskQueues, e.Broker)
	})
}
