package idempotency

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// unguarded reports the consumers and mutating endpoints that repeat an effect of which no other rule has spoken. Topics that
// repeat the same effects of a service are one finding: they are mended at one place.
func (c *check) unguarded() {
	type consumer struct {
		endpoint *arch.Endpoint
		row      *arch.Idempotency
		repeated []*arch.Effect
		topics   []string
	}
	var consumers []*consumer
	for i := range c.Idempotency {
		row := &c.Idempotency[i]
		e := endpoint(c.Model, row)
		if row.Idempotent != "no" || e == nil {
			continue
		}
		repeated, all := c.untold(row)
		if len(repeated) == 0 && len(all) > 0 {
			continue
		}
		switch {
		case e.Protocol == "consumer":
			j := slices.IndexFunc(consumers, func(o *consumer) bool {
				same := len(repeated) > 0 || o.endpoint.Site == e.Site && o.endpoint.Handler == e.Handler
				return o.endpoint.Service == e.Service && same && slices.Equal(sites(o.repeated), sites(repeated))
			})
			if j >= 0 {
				consumers[j].topics = append(consumers[j].topics, e.ID)
				continue
			}
			consumers = append(consumers, &consumer{e, row, repeated, []string{e.ID}})
		case e.Protocol == "cron" || c.onlyPassesOn(repeated) || c.retried[entry{e.Service, e.ID}]:
		default:
			f := c.describe(unguardedMutation, e, e.ID, row, repeated)
			if !c.comesAgain(e) || onlyPublishes(repeated) && naturallyKeyed(e) {
				f.Severity = finding.Info
			}
			c.fs = append(c.fs, f)
		}
	}
	for _, o := range consumers {
		f := c.describe(unguardedConsumer, o.endpoint, finding.List(o.topics), o.row, o.repeated)
		if onlyPublishes(o.repeated) {
			// A message that goes out twice is what its own consumers have to expect anyway.
			f.Severity = finding.Warning
		}
		c.fs = append(c.fs, f)
	}
}

// naturallyKeyed reports whether a request says itself what it is about, so that the message which it publishes a second time is
// the same command, and none for another thing.
func naturallyKeyed(e *arch.Endpoint) bool {
	method, _, _ := strings.Cut(e.ID, " ")
	return method == "PUT" || method == "DELETE"
}

// comesAgain reports whether something is known to repeat requests to an endpoint: HTTP itself, or a consumer that calls it
// and whose message is delivered again.
func (c *check) comesAgain(e *arch.Endpoint) bool {
	if naturallyKeyed(e) {
		return true
	}
	return slices.ContainsFunc(c.Flows, func(f arch.Flow) bool {
		return f.Protocol == "consumer" && slices.ContainsFunc(f.Effects, func(x arch.Effect) bool { return x.Kind == arch.KindCall && x.To == e.Service && x.ID == e.ID })
	})
}

// untold are the effects that an endpoint repeats, without those that another rule speaks of; and all of them.
func (c *check) untold(row *arch.Idempotency) (left, all []*arch.Effect) {
	all = c.repeats(row)
	for _, e := range all {
		if !c.told[told{entry{row.Service, row.Endpoint}, e.Place()}] {
			left = append(left, e)
		}
	}
	return left, all
}

// sites are the places of effects, each once.
func sites(fx []*arch.Effect) []effects.Pos {
	var all []effects.Pos
	for _, e := range fx {
		if !slices.Contains(all, e.Place()) {
			all = append(all, e.Place())
		}
	}
	return all
}

func endpoint(m *arch.Model, row *arch.Idempotency) *arch.Endpoint {
	i := slices.IndexFunc(m.Endpoints, func(e arch.Endpoint) bool { return e.Service == row.Service && e.ID == row.Endpoint })
	if i < 0 {
		return nil
	}
	return &m.Endpoints[i]
}

// repeats returns the effects that make an endpoint unsafe: those that the Model's judgement points at; where it points
// at none, those that are new with every run.
func (c *check) repeats(row *arch.Idempotency) []*arch.Effect {
	var named, likely []*arch.Effect
	for i := range c.Flows {
		if c.Flows[i].Service != row.Service || c.Flows[i].Endpoint != row.Endpoint {
			continue
		}
		for j := range c.Flows[i].Effects {
			e := &c.Flows[i].Effects[j]
			if e.Guard != "" || e.Kind == arch.KindData && e.Op != "write" || cached(e) {
				continue
			}
			if slices.Contains(row.Sites, e.Place()) {
				named = append(named, e)
			}
			if e.Kind == arch.KindPublish || e.Kind == arch.KindCall && c.unsafe[entry{e.To, e.ID}] != nil ||
				e.Kind == arch.KindData && (e.Verb == "insert" || e.Verb == "increment" || e.Verb == "append") {
				likely = append(likely, e)
			}
		}
	}
	if len(named) > 0 {
		return named
	}
	return likely
}

// onlyPublishes reports whether all that is repeated are messages.
func onlyPublishes(repeated []*arch.Effect) bool {
	return len(repeated) > 0 && !slices.ContainsFunc(repeated, func(e *arch.Effect) bool { return e.Kind != arch.KindPublish })
}

// onlyPassesOn reports whether all that an endpoint repeats are calls of endpoints that are reported themselves.
func (c *check) onlyPassesOn(repeated []*arch.Effect) bool {
	for _, e := range repeated {
		if e.Kind != arch.KindCall || c.unsafe[entry{e.To, e.ID}] == nil {
			return false
		}
	}
	return len(repeated) > 0
}

// describe writes the finding of one endpoint: at its first repeated effect, else at its handler.
func (c *check) describe(rule *finding.Rule, e *arch.Endpoint, ids string, row *arch.Idempotency, repeated []*arch.Effect) finding.Finding {
	f := finding.Finding{
		Rule:       rule,
		Severity:   rule.Severity,
		Confidence: "high",
		Services:   []string{e.Service},
		Pos:        e.Site,
		Subject:    ids,
	}
	again := "a retry of " + finding.Endpoint(e.ID) + " of " + e.Service
	if rule == unguardedConsumer {
		again = "a second delivery of " + ids + " to " + e.Service
	}
	if len(repeated) == 0 {
		if len(row.Sites) > 0 {
			f.Pos = row.Sites[0]
		}
		f.Message = fmt.Sprintf("%s is not safe: %s", again, row.Why)
		f.Evidence = finding.Places(e.Service, row.Why, row.Sites, map[effects.Pos]bool{})
		return f
	}
	f.Pos = c.place(e.Service, repeated[0])
	f.Message = fmt.Sprintf("%s %s again", again, finding.List(deeds(repeated)))
	if !slices.ContainsFunc(repeated, func(e *arch.Effect) bool { return !e.OwnKey }) {
		// Nothing is there twice; what is wrong is how it ends.
		f.Severity = finding.Warning
		f.Message = fmt.Sprintf("%s fails on the key under which it %s, and nothing tells that from another failure: ", again, finding.List(deeds(repeated)))
		if rule == unguardedConsumer {
			f.Message += "it is delivered again and again"
		} else {
			f.Message += "the client takes what was done for a failure"
		}
	}
	if method, _, _ := strings.Cut(e.ID, " "); method == "PUT" || method == "DELETE" {
		f.Message += ", although HTTP lets clients repeat a " + method + " by themselves"
	}
	seen := make(map[effects.Pos]bool)
	for i, r := range repeated {
		if i == 0 {
			f.Evidence = append(f.Evidence, finding.Trail(e.Service, r)...)
			f.Evidence = append(f.Evidence, finding.Step{Service: e.Service, Pos: r.Place(), What: "not safe to repeat: " + row.Why})
			seen[r.Place()] = true
		} else {
			f.Evidence = append(f.Evidence, finding.Places(e.Service, "also "+finding.Deed(r)+" again", []effects.Pos{r.Place()}, seen)...)
		}
	}
	f.Evidence = append(f.Evidence, finding.Step{Service: e.Service, Pos: repeated[0].Place(), What: guard(repeated[0])})
	f.Evidence = append(f.Evidence, callers(c.Model, e)...)
	return f
}

// place is where a service does something, in code that no other service runs as well: not in the publisher that all share.
func (c *check) place(service string, e *arch.Effect) effects.Pos {
	for i := len(e.Path) - 1; i >= 0; i-- {
		if at := e.Path[i].Pos; !c.shared(service, at.File) {
			return at
		}
	}
	return e.Place()
}

// shared reports whether a way of another service leads through a file.
func (c *check) shared(service, file string) bool {
	if c.users == nil {
		c.users = make(map[string]map[string]bool)
		for i := range c.Flows {
			flow := &c.Flows[i]
			for j := range flow.Effects {
				for _, step := range flow.Effects[j].Path {
					if c.users[step.Pos.File] == nil {
						c.users[step.Pos.File] = make(map[string]bool)
					}
					c.users[step.Pos.File][flow.Service] = true
				}
			}
		}
	}
	users := c.users[file]
	return len(users) > 1 || len(users) == 1 && !users[service]
}

// callers are the places in other services from where a retry or redelivery gets to an endpoint.
func callers(m *arch.Model, e *arch.Endpoint) []finding.Step {
	var steps []finding.Step
	for i := range m.Flows {
		flow := &m.Flows[i]
		if flow.Endpoint == "" {
			continue
		}
		for j := range flow.Effects {
			c := &flow.Effects[j]
			if c.Kind != arch.KindCall || c.To != e.Service || c.ID != e.ID {
				continue
			}
			step := finding.Step{Service: flow.Service, Pos: c.Site, What: fmt.Sprintf("%s of %s calls it: what is repeated there is repeated here", flow.Endpoint, flow.Service)}
			if !slices.Contains(steps, step) {
				steps = append(steps, step)
			}
		}
	}
	return steps
}

// deeds are what effects do, each once, as far as a line holds them.
func deeds(repeated []*arch.Effect) []string {
	var all []string
	for _, e := range repeated {
		if d := finding.Deed(e); !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	if len(all) > 3 {
		all = append(all[:2], fmt.Sprintf("does %d more things", len(all)-2))
	}
	return all
}

// guard says what would keep an effect from happening twice.
func guard(e *arch.Effect) string {
	switch e.Kind {
	case arch.KindCall:
		return "a guard: send a key that stays the same on repetition, which the called service keeps under a unique key"
	case arch.KindPublish:
		return "a guard: write the message to an outbox in the transaction of the change, under a key that stays the same on repetition"
	}
	switch {
	case e.Verb == "increment" || e.Verb == "append" || e.Verb == "update":
		return "a guard: record the key of the message or request in the same transaction, or make the change depend on the state before it"
	case e.Store == "mongo" || e.Store == "firestore":
		return "a guard: take the document's id from the message or request and handle the duplicate"
	}
	return "a guard: a unique key taken from the message or request, and ON CONFLICT DO NOTHING (or a handled conflict)"
}
