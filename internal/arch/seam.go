package arch

import (
	"fmt"
	"slices"
	"strings"
)

// This file finds changes of state that belong together and that nothing binds: in a store and at a broker, in two stores,
// in two services. The crash, timeout or refusal that comes between two of them leaves the one without the other.

// change is an effect of a flow that changes state at one place: a table's database, a broker, another service.
type change struct {
	*effect
	place string
}

// changes lists what a request changes for good, in the order of the code: without what undoes another change or is undone
// itself, and without what goes through an outbox.
func (l *linker) changes(fl *flow) []change {
	var out []change
	for _, e := range fl.effects {
		switch {
		case e.Middleware:
		case e.Kind == KindData && e.Op == "write" && e.Name != "*" && !outbox(e.Name) && !l.onlyGuards(fl, e):
			out = append(out, change{e, e.Store + " " + e.Database})
		case e.Kind == KindPublish:
			out = append(out, change{e, e.Broker})
		case e.Kind == KindCall && e.To != fl.process.Name && !e.Async && l.mutates(e):
			out = append(out, change{e, e.To})
		}
	}
	return slices.DeleteFunc(out, func(c change) bool { return fl.undoes(c.effect) || fl.compensated(c.effect) })
}

// onlyGuards reports whether an effect is there for nothing but to keep others from being repeated. A row that tells of something
// is a change by itself, whatever it guards.
func (l *linker) onlyGuards(fl *flow, e *effect) bool {
	return guardsAnother(fl, e) && (isCache(e.Store) || l.seen[strings.ToLower(e.Name)])
}

// guardsAnother reports whether an effect keeps others from being repeated: it is there for that.
func guardsAnother(fl *flow, e *effect) bool {
	return slices.ContainsFunc(fl.effects, func(o *effect) bool { return o.GuardSite != nil && *o.GuardSite == e.Site && o.Site != e.Site })
}

// outbox reports whether a table only holds messages on their way out or in: a relay sends them, a repetition finds them.
func outbox(table string) bool {
	t := strings.ToLower(table)
	return strings.Contains(t, "outbox") || strings.Contains(t, "inbox") || strings.Contains(t, "processed_") || strings.Contains(t, "dedup") || strings.Contains(t, "idempoten")
}

// together reports whether one request or message can make both changes.
func (fl *flow) together(a, b change) bool {
	if common, aCall, bCall := meet(a.at, b.at); common != nil && aCall == bCall && (a.Kind == KindCall && b.Kind == KindCall || a.at.frame != common || b.at.frame != common) {
		// One call of a function value or interface that may be either, or a request whose address may be: it is both only where
		// it is made for each of several.
		return common.fn.Blocks[common.fn.Calls[aCall].Block].Loop > 0
	}
	if root := fl.endpoint.root; root != nil && root.parent != nil {
		// A receive loop comes round with another message.
		if common, aCall, bCall := meet(a.at, b.at); common == root {
			from, to := root.fn.Calls[aCall].Block, root.fn.Calls[bCall].Block
			return from == to || root.fn.onward(from, to) || root.fn.onward(to, from)
		}
	}
	return follows(a.at, b.at) || follows(b.at, a.at)
}

// seams lists the requests and messages that change state in more than one place. Those that change two other services
// are distributed transactions; those that change a store of their own and something else are dual writes.
func (l *linker) seams(p *process) []Boundary {
	found := map[string]*Boundary{}
	var order []string
	note := func(fl *flow, kind, subject, why string, services []string, changes ...change) {
		key := kind + " " + strings.Join(services, " ") + " " + why
		b := found[key]
		if b == nil {
			b = &Boundary{Kind: kind, Services: services, Why: why, Endpoint: fl.endpoint.ID, Subject: subject}
			found[key] = b
			order = append(order, key)
		}
		var es []*effect
		for _, c := range changes {
			b.Sites = addPos(b.Sites, c.Place())
			if !slices.Contains(es, c.effect) {
				es = append(es, c.effect)
			}
		}
		for _, s := range apart(p.Name, es) {
			if !slices.Contains(b.Steps, s) {
				b.Steps = append(b.Steps, s)
			}
		}
	}
	for _, fl := range p.flows {
		if fl.endpoint == nil {
			continue
		}
		all := l.changes(fl)
		var targets []string
		var remote []change
		for _, c := range all {
			if c.Kind == KindCall && slices.ContainsFunc(all, func(o change) bool {
				return o.Kind == KindCall && o.place != c.place && fl.together(c, o)
			}) {
				remote = append(remote, c)
				if !slices.Contains(targets, c.To) {
					targets = append(targets, c.To)
				}
			}
		}
		slices.Sort(targets)
		if len(targets) > 1 {
			note(fl, "distributed-transaction", "call", fmt.Sprintf("%s changes state in %s one after the other, with nothing that undoes the first when a later one fails",
				fl.endpoint.ID, strings.Join(targets, ", ")), append([]string{p.Name}, targets...), remote...)
		}
		// Within a local transaction: a rollback does not reach the other service, and a retry of the transaction calls it again.
		var inside []change
		var reached []string
		for _, c := range all {
			if c.Kind == KindCall && c.Transaction != "" {
				inside = append(inside, c)
				if !slices.Contains(reached, c.To) {
					reached = append(reached, c.To)
				}
			}
		}
		slices.Sort(reached)
		if len(inside) > 0 && (len(targets) < 2 || slices.ContainsFunc(reached, func(to string) bool { return !slices.Contains(targets, to) })) {
			note(fl, "distributed-transaction", "transaction", fmt.Sprintf("%s changes state in %s inside a local transaction, whose rollback does not reach it",
				fl.endpoint.ID, strings.Join(reached, ", ")), append([]string{p.Name}, reached...), inside...)
		}
		var both []change
		services, why := []string{p.Name}, ""
		for i, a := range all {
			for _, b := range all[i+1:] {
				if a, b := ownFirst(a, b); unbound(a, b) && fl.together(a, b) {
					both = append(both, a, b)
					if b.Kind == KindCall && !slices.Contains(services, b.To) {
						services = append(services, b.To)
					}
					if why == "" {
						why = fmt.Sprintf("%s %s and %s, with neither a transaction nor an outbox around both", fl.endpoint.ID, a.deed(), b.deed())
					}
				}
			}
		}
		if len(both) > 0 {
			slices.Sort(services[1:])
			note(fl, "dual-write", "", why, services, both...)
		}
	}
	var out []Boundary
	for _, key := range order {
		b := found[key]
		b.Covered = b.Kind == "dual-write" && slices.ContainsFunc(order, func(other string) bool {
			o := found[other]
			return o.Kind == "distributed-transaction" && o.Endpoint == b.Endpoint && len(b.Services) > 1 &&
				!slices.ContainsFunc(b.Services, func(s string) bool { return !slices.Contains(o.Services, s) })
		})
		out = append(out, *b)
	}
	return out
}

// ownFirst puts the change of a store of the service's own before the other.
func ownFirst(a, b change) (change, change) {
	if a.Kind != KindData || b.Kind == KindData && isCache(a.Store) {
		return b, a
	}
	return a, b
}

// unbound reports whether nothing makes a change of a store and another change happen both or neither.
func unbound(a, b change) bool {
	switch {
	case a.Kind != KindData || a.place == b.place:
		return false
	case a.Transaction != "" && b.Transaction != "" && b.Kind == KindCall:
		return false // said already: a remote call inside a local transaction
	case isCache(a.Store):
		return false // a cache is filled again
	case b.Kind == KindData:
		return isCache(b.Store) && fills(b.Verb)
	}
	return true
}

// fills reports whether a verb puts a value into a cache. Deleting the entry is the safe way: the next read fills it again.
func fills(verb string) bool {
	switch verb {
	case "set", "setnx", "incr", "cas", "add", "append", "update", "insert":
		return true
	}
	return false
}
