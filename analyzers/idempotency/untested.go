package idempotency

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// untestedRedelivery reports consumers that do something and that no test hands a message twice, guarded or not: only the second
// delivery shows whether a guard holds. Services without any tests are left alone, since this is not what they lack first.
// Topics that one handler takes are one consumer.
func (c *check) untestedRedelivery() {
	type consumer struct {
		service string
		handler string
		site    string
	}
	var of []consumer
	var rows [][]*arch.Idempotency
	for i := range c.Idempotency {
		row := &c.Idempotency[i]
		e := endpoint(c.Model, row)
		if row.Redelivery == nil || row.Redelivery.Tested == arch.DeliveredTwice || e == nil {
			continue
		}
		key := consumer{row.Service, e.Handler, e.Site.String()}
		j := slices.Index(of, key)
		if j < 0 {
			j = len(of)
			of, rows = append(of, key), append(rows, nil)
		}
		rows[j] = append(rows[j], row)
	}
	for _, same := range rows {
		row := same[0]
		e := endpoint(c.Model, row)
		var topics []string
		for _, r := range same {
			topics = append(topics, r.Endpoint)
		}
		f := finding.Finding{
			Rule: untestedRedelivery, Severity: untestedRedelivery.Severity, Confidence: "high",
			Message:  fmt.Sprintf("no test delivers a message of %s to %s twice", finding.List(topics), row.Service),
			Services: []string{row.Service}, Pos: e.Site, Subject: finding.List(topics),
			Evidence: []finding.Step{{Service: row.Service, Pos: e.Site, What: fmt.Sprintf("%s takes its messages", e.Handler)}},
		}
		if r := row.Redelivery; r.Tested == arch.DeliveredOnce {
			f.Evidence = append(f.Evidence, finding.Step{Service: row.Service, Pos: r.Site, What: r.Test + " delivers each message once"})
		}
		if fx := c.does(row); len(fx) > 0 {
			f.Evidence = append(f.Evidence, finding.Step{Service: row.Service, Pos: fx[0].Site, What: "what must not happen twice: it " + finding.List(deeds(fx))})
		}
		c.fs = append(c.fs, f)
	}
}

// does are the effects of an endpoint that change something.
func (c *check) does(row *arch.Idempotency) []*arch.Effect {
	var fx []*arch.Effect
	for i := range c.Flows {
		if flow := &c.Flows[i]; flow.Service == row.Service && flow.Endpoint == row.Endpoint {
			for j := range flow.Effects {
				if e := &flow.Effects[j]; e.Kind == arch.KindPublish || e.Kind == arch.KindCall || e.Kind == arch.KindData && e.Op == "write" && !cached(e) {
					fx = append(fx, e)
				}
			}
		}
	}
	return fx
}
