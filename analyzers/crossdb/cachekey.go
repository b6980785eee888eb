package crossdb

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// keyUse is an access of a service to a key of a cache whose server is known.
type keyUse struct {
	service string
	effect  *arch.Effect
}

// foreignKeys reports keys of a cache that a service touches and another fills. Whose a key is, is declared, or it is the
// only one that fills it; to delete one or to make it expire is no proof of owning it. Where several contexts fill one key,
// that is what is said. A server that services share, each with keys of its own, is no finding.
func foreignKeys(m *arch.Model, o *ownership) []finding.Finding {
	var uses []keyUse
	for i := range m.Flows {
		flow := &m.Flows[i]
		for j := range flow.Effects {
			if e := &flow.Effects[j]; e.Kind == arch.KindData && isCache(e.Store) && sameServer(e.Database, e.Database) && namedKey(e.Name) {
				uses = append(uses, keyUse{flow.Service, e})
			}
		}
	}
	slices.SortStableFunc(uses, func(a, b keyUse) int { return a.effect.Place().Compare(b.effect.Place()) })
	var fs []finding.Finding
	told := make(map[string]bool) // findings, by rule, services and key
	for _, use := range uses {
		peers := slices.DeleteFunc(slices.Clone(uses), func(u keyUse) bool { return !use.meets(u) })
		owners, how := keyOwners(m, peers)
		if len(owners) == 0 || slices.ContainsFunc(peers, keyUse.queues) {
			continue
		}
		foreign := !slices.ContainsFunc(owners, func(s string) bool { return o.contexts.same(s, use.service) || declaredTogether(m, s, use.service) })
		contested := !foreign && how == "" && slices.ContainsFunc(owners, func(s string) bool {
			return !o.contexts.same(s, use.service) && !declaredTogether(m, s, use.service)
		})
		if !foreign && !contested {
			continue
		}
		key := generalKey(peers)
		f := finding.Finding{
			Rule: foreignCacheKey, Severity: foreignCacheKey.Severity, Confidence: "high",
			Services: append([]string{use.service}, owners...), Pos: use.effect.Place(), Subject: use.effect.Store + ":" + key,
		}
		if loopback(use.effect.Database) {
			f.Confidence = "medium" // each may run on a host of its own
		}
		switch {
		case contested:
			f.Services = owners
			f.Message = fmt.Sprintf("%s all fill %s key %s and nothing says whose it is", finding.List(owners), use.effect.Store, key)
			if len(owners) == 2 {
				f.Message = strings.Replace(f.Message, " all fill ", " both fill ", 1)
			}
		case how != "":
			f.Message = fmt.Sprintf("%s %s %s key %s of %s (%s)", use.service, keyVerb(use.effect), use.effect.Store, key, serviceList(owners), how)
		case len(owners) == 1:
			f.Message = fmt.Sprintf("%s %s %s key %s of service %s (the only one that fills it)", use.service, keyVerb(use.effect), use.effect.Store, key, owners[0])
		default:
			f.Message = fmt.Sprintf("%s %s %s key %s that %s fill and nobody owns", use.service, keyVerb(use.effect), use.effect.Store, key, finding.List(owners))
		}
		id := strings.Join(f.Services, "\x00") + "\x00\x00" + f.Subject
		if told[id] {
			continue
		}
		told[id] = true
		if !contested {
			f.Evidence = finding.Trail(use.service, use.effect)
		}
		seen := map[effects.Pos]bool{}
		for _, p := range peers {
			if p.service == use.service && !contested {
				if p.effect.Place() != use.effect.Place() {
					f.Evidence = append(f.Evidence, finding.Places(p.service, "also "+keyVerb(p.effect)+" it", []effects.Pos{p.effect.Place()}, seen)...)
				}
			} else if slices.Contains(owners, p.service) && p.fills() {
				f.Evidence = append(f.Evidence, finding.Step{Service: p.service, Pos: p.effect.Place(), What: p.service + " fills key " + p.effect.Name})
			}
		}
		fs = append(fs, f)
	}
	return fs
}

// meets reports whether two accesses can be about one entry: keys that agree in every segment, on one server.
func (u keyUse) meets(v keyUse) bool {
	return u.effect.Store == v.effect.Store && sameServer(u.effect.Database, v.effect.Database) &&
		keysMeet(u.effect.Name, v.effect.Name)
}

// sameServer reports whether two addresses of a cache are known, and one.
func sameServer(a, b string) bool {
	for _, port := range []string{":6379", ":11211"} {
		a, b = strings.TrimSuffix(a, port), strings.TrimSuffix(b, port)
	}
	return a != "" && a == b && !strings.ContainsAny(a, "{,")
}

// fills reports whether the access puts something under the key.
func (u keyUse) fills() bool {
	switch u.effect.Verb {
	case "delete", "expire", "rename", "pop":
		return false
	}
	return u.effect.Op == "write"
}

// queues reports whether the key is a list that one end fills and another empties: a queue, and a contract, not a cache.
func (u keyUse) queues() bool { return u.effect.Verb == "push" || u.effect.Verb == "pop" }

// keyOwners are the services to which the key belongs that all uses are about, and how that is known; "" when it is only
// known that they fill it. What is only ever set if absent is a lock, which has no owner.
func keyOwners(m *arch.Model, uses []keyUse) (owners []string, how string) {
	lock := true
	for _, u := range uses {
		if r := m.Settings.Owner(u.effect.Store, u.effect.Database, u.effect.Name); r != nil {
			return r.Services, m.Settings.File + " says so"
		}
		if u.fills() {
			owners = append(owners, u.service)
			lock = lock && u.effect.Verb == "setnx"
		}
	}
	if lock {
		return nil, ""
	}
	slices.Sort(owners)
	return slices.Compact(owners), ""
}

func isCache(store string) bool { return store == "redis" || store == "memcached" }

// namedKey reports whether a pattern begins with a text that says what the entries are about: cart:*, not * or *:id.
func namedKey(name string) bool {
	prefix := name
	if i := strings.IndexAny(name, "*{?"); i >= 0 {
		prefix = name[:i]
	}
	return strings.ContainsFunc(prefix, unicode.IsLetter)
}

// keysMeet reports whether two patterns can be one key. They are compared segment by segment, as user:* is about users and
// not about user:*:orders. A word where the other has a variable part (session:count, session:*) is an entry of another kind.
func keysMeet(a, b string) bool {
	as, bs := strings.Split(a, ":"), strings.Split(b, ":")
	if len(as) != len(bs) || as[0] != bs[0] {
		return false
	}
	for i := range as {
		prefixA, _, openA := strings.Cut(as[i], "*")
		prefixB, _, openB := strings.Cut(bs[i], "*")
		if as[i] != bs[i] && (!openA || !openB || !strings.HasPrefix(prefixA, prefixB) && !strings.HasPrefix(prefixB, prefixA)) {
			return false
		}
	}
	return true
}

// generalKey is the shortest pattern of accesses to one key, by which the finding names it.
func generalKey(uses []keyUse) string {
	best := uses[0].effect.Name
	for _, u := range uses[1:] {
		if n := u.effect.Name; len(n) < len(best) || len(n) == len(best) && n < best {
			best = n
		}
	}
	return best
}

// keyVerb says what an access does to an entry.
func keyVerb(e *arch.Effect) string {
	switch {
	case e.Op == "read":
		return "reads"
	case e.Verb == "delete":
		return "deletes"
	case e.Verb == "incr":
		return "counts in"
	}
	return "writes"
}
