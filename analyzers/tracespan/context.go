package tracespan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// loss is a place where requests lose their context, with the first request that gets there.
type loss struct {
	pos      effects.Pos
	service  string // of the first request, and its endpoint
	endpoint string
	effect   *arch.Effect // what runs without the context; nil if no flow shows it
	why      string       // in place of the effect
	evidence []finding.Step
	services []string
	others   []string      // "endpoint of service", the first apart
	fetches  []effects.Pos // of what a query found, with such a context too
}

// contexts reports the places where requests lose their context, one finding per place.
func contexts(m *arch.Model) []finding.Finding {
	losses := collect(m)
	slices.SortStableFunc(losses, func(a, b *loss) int { return a.pos.Compare(b.pos) })
	numbers := make(ordinals)
	var fs []finding.Finding
	for _, l := range losses {
		fs = append(fs, l.describe(numbers))
	}
	return fs
}

// collect finds the losses: the places where a context is made that is not the request's and with which the request then
// does something, and the further breaks of the Model.
func collect(m *arch.Model) []*loss {
	var losses []*loss
	add := func(l *loss) {
		i := slices.IndexFunc(losses, func(k *loss) bool { return k.pos == l.pos })
		if i < 0 {
			l.services = []string{l.service}
			losses = append(losses, l)
			return
		}
		first := losses[i]
		if !slices.Contains(first.services, l.service) {
			first.services = append(first.services, l.service)
		}
		other := l.endpoint + " of " + l.service
		if (l.service != first.service || l.endpoint != first.endpoint) && !slices.Contains(first.others, other) {
			first.others = append(first.others, other)
		}
	}
	covered := make(map[entry]bool)
	for i := range m.Flows {
		flow := &m.Flows[i]
		if flow.Endpoint == "" {
			continue
		}
		for j := range flow.Effects {
			e := &flow.Effects[j]
			if e.Context != "background" && e.Context != "todo" || flow.Protocol == "cron" && e.ContextSite == nil {
				continue // a schedule has no caller: the context that the process was started with is the one to have
			}
			pos := e.Site
			if e.ContextSite != nil && e.ContextSite.IsValid() {
				pos = *e.ContextSite
			}
			covered[entry{flow.Service, e.Site}] = true
			covered[entry{flow.Service, pos}] = true
			if noContext(m, flow) {
				continue
			}
			add(&loss{pos: pos, service: flow.Service, endpoint: flow.Endpoint, effect: e, evidence: finding.Trail(flow.Service, e)})
		}
	}
	for i := range m.Tracing {
		t := &m.Tracing[i]
		for j := range t.Breaks {
			b := &t.Breaks[j]
			if b.Kind != "context" && b.Kind != "goroutine" || b.Endpoint == "" || !b.Site.IsValid() || covered[entry{t.Service, b.Site}] {
				continue
			}
			if q := queryBefore(losses, t.Service, b); q != nil {
				q.fetches = append(q.fetches, b.Site)
				continue
			}
			l := &loss{pos: b.Site, service: t.Service, endpoint: b.Endpoint, effect: effectAt(m, t.Service, b), why: b.Why}
			switch {
			case len(b.Path) > 0:
				l.evidence = finding.Along(t.Service, b.Path)
			case l.effect != nil:
				l.evidence = finding.Trail(t.Service, l.effect)
			}
			add(l)
		}
	}
	return losses
}

// noContext reports whether a consumer's handler is given no context, so that its trace is lost where it begins, which is said
// there (see messages).
func noContext(m *arch.Model, flow *arch.Flow) bool {
	if flow.Protocol != "consumer" {
		return false
	}
	e := slices.IndexFunc(m.Endpoints, func(e arch.Endpoint) bool { return e.Service == flow.Service && e.ID == flow.Endpoint })
	return e >= 0 && slices.ContainsFunc(m.Tracing, func(t arch.Tracing) bool {
		return t.Service == flow.Service && slices.ContainsFunc(t.Breaks, func(b arch.TraceBreak) bool {
			return b.Kind == "messaging" && b.Endpoint == flow.Endpoint && b.Site == m.Endpoints[e].Site
		})
	})
}

// queryBefore finds the query whose answer is waited for at a break, in the same function (rows, a cursor): who gives the
// query the request's context gives it to both.
func queryBefore(losses []*loss, service string, b *arch.TraceBreak) *loss {
	if len(b.Path) == 0 {
		return nil
	}
	in := b.Path[len(b.Path)-1].Func
	var query *loss
	for _, l := range losses {
		e := l.effect
		if e == nil || e.Kind != arch.KindData || e.Func != in || l.service != service || l.endpoint != b.Endpoint || e.Site.File != b.Site.File || e.Site.Line > b.Site.Line {
			continue
		}
		if query == nil || query.effect.Site.Line < e.Site.Line {
			query = l
		}
	}
	return query
}

// entry is a place in the code of a service.
type entry struct {
	service string
	pos     effects.Pos
}

// effectAt finds what runs without the request's context at a break.
func effectAt(m *arch.Model, service string, b *arch.TraceBreak) *arch.Effect {
	for i := range m.Flows {
		if m.Flows[i].Service != service || m.Flows[i].Endpoint != b.Endpoint {
			continue
		}
		for j := range m.Flows[i].Effects {
			if e := &m.Flows[i].Effects[j]; e.Site == b.Site {
				return e
			}
		}
	}
	return nil
}

func (l *loss) describe(numbers ordinals) finding.Finding {
	f := finding.Finding{
		Rule:       brokenContext,
		Severity:   brokenContext.Severity,
		Confidence: "high",
		Services:   l.services,
		Pos:        l.pos,
		Message:    fmt.Sprintf("%s of %s loses its trace here: ", finding.Endpoint(l.endpoint), l.service),
		Evidence:   l.evidence,
	}
	subject := l.why
	if e := l.effect; e != nil {
		f.Message += work(e) + " " + instead(e.Context)
		subject = work(e) + " in " + e.Func
		if l.pos != e.Site {
			f.Evidence = append(f.Evidence, finding.Step{Service: l.service, Pos: l.pos, What: "its context is made here"})
		}
	} else {
		f.Message += lost(l.why)
	}
	f.Subject = numbers.next(l.services, subject)
	for _, at := range slices.Compact(l.fetches) {
		f.Evidence = append(f.Evidence, finding.Step{Service: l.service, Pos: at, What: "so does what waits for its answer"})
	}
	for _, other := range l.others {
		f.Evidence = append(f.Evidence, finding.Step{Service: l.service, Pos: l.pos, What: "also on the way of " + other})
	}
	return f
}

// lost says what the Model says of a break, in the words of this rule where it is a call with a context of its own.
func lost(why string) string {
	made, rest, ok := strings.Cut(why, " in a request path: ")
	if call, _, cut := strings.Cut(rest, " loses the request's trace"); ok && cut && strings.HasPrefix(made, "context.") {
		return call + " runs with " + made
	}
	return why
}

// work names what an effect does.
func work(e *arch.Effect) string {
	switch {
	case e.Kind == arch.KindCall && e.To == "":
		return "the call of " + finding.Endpoint(e.ID)
	case e.Kind == arch.KindCall:
		return fmt.Sprintf("the call to %s (%s)", e.To, finding.Endpoint(e.ID))
	case e.Kind == arch.KindPublish && (e.Topic == "" || e.Topic == "*"):
		return "the message to " + e.Broker
	case e.Kind == arch.KindPublish:
		return fmt.Sprintf("the message to %s:%s", e.Broker, e.Topic)
	case e.Name == "" || e.Name == "*":
		return fmt.Sprintf("the %s of %s", e.Op, e.Store)
	}
	return fmt.Sprintf("the %s of %s %s", e.Op, e.Store, e.Name)
}

// instead says what the work runs with in place of the request's context.
func instead(context string) string {
	switch context {
	case "background":
		return "runs with context.Background()"
	case "todo":
		return "runs with context.TODO()"
	case "none":
		return "takes no context"
	}
	return "does not run with the request's context"
}
