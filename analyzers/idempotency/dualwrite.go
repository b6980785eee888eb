package idempotency

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// dualWrite reports the dual writes that the Model remarks on: a change of a store and a message or request that belong
// together and that nothing binds. A cache beside the store is not reported: it is filled again.
//
// A consumer that repeats the change of the store as well is left to unguarded-consumer, whose cure comes first.
func (c *check) dualWrite() {
	for i := range c.Boundary {
		b := &c.Boundary[i]
		if b.Kind != "dual-write" || b.Covered || len(b.Services) == 0 {
			continue
		}
		flow := c.flowOf(b)
		if flow == nil {
			continue
		}
		var store, other []*arch.Effect
		for j := range flow.Effects {
			e := &flow.Effects[j]
			switch {
			case !slices.Contains(b.Sites, e.Place()):
			case e.Kind == arch.KindData && e.Op == "write" && !cached(e):
				store = append(store, e)
			case e.Kind == arch.KindPublish, e.Kind == arch.KindCall && c.unsafe[entry{e.To, e.ID}] != nil:
				other = append(other, e)
			}
		}
		if len(store) == 0 || len(other) == 0 {
			continue
		}
		of := entry{flow.Service, flow.Endpoint}
		if flow.Protocol == "consumer" {
			if row := c.unsafe[of]; row != nil {
				if left, _ := c.untold(row); !onlyPublishes(left) {
					continue
				}
			}
		}
		c.tell(of, store...)
		c.tell(of, other...)
		i := slices.IndexFunc(c.fs, func(f finding.Finding) bool {
			return f.Rule == dualWrite && f.Pos == store[0].Place() && f.Services[0] == flow.Service
		})
		if i >= 0 {
			// The same code behind another endpoint: one thing to mend.
			c.fs[i].Evidence = append(c.fs[i].Evidence, finding.Step{Service: flow.Service, Pos: store[0].Place(), What: "so does " + finding.Endpoint(flow.Endpoint)})
			continue
		}
		f := finding.Finding{
			Rule: dualWrite, Severity: dualWrite.Severity, Confidence: "high",
			Message: fmt.Sprintf("%s of %s %s and %s with nothing that binds them: after a crash or a retry there is one without the other, or one twice",
				finding.Endpoint(flow.Endpoint), flow.Service, finding.Deed(store[0]), finding.List(deeds(other))),
			Services: b.Services, Pos: store[0].Place(), Subject: flow.Endpoint,
		}
		f.Evidence = append(f.Evidence, finding.Trail(flow.Service, store[0])...)
		f.Evidence = append(f.Evidence, finding.Trail(flow.Service, other[0])...)
		for _, e := range append(store[1:], other[1:]...) {
			f.Evidence = append(f.Evidence, finding.Step{Service: flow.Service, Pos: e.Place(), What: "also " + finding.Deed(e)})
		}
		c.fs = append(c.fs, f)
	}
}

// cached reports whether an effect only concerns a cache, such as that of a model, whose entry goes with each write.
func cached(e *arch.Effect) bool {
	return e.Kind == arch.KindData && (e.Store == "redis" || e.Store == "memcached")
}

// flowOf is the flow of the endpoint that a remark on a boundary begins with.
func (c *check) flowOf(b *arch.Boundary) *arch.Flow {
	i := slices.IndexFunc(c.Flows, func(f arch.Flow) bool {
		return f.Service == b.Services[0] && f.Endpoint != "" && strings.HasPrefix(b.Why, f.Endpoint+" ")
	})
	if i < 0 {
		return nil
	}
	return &c.Flows[i]
}
