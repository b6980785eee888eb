package arch

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// This file finds services that are several: much larger than the others of the repository, and made of groups of endpoints
// that have neither data nor calls in common.

// What makes a service a god service: so many endpoints, so many times the median of the repository, and of the groups that
// it consists of at least two that are more than an appendix.
const (
	godEndpoints  = 10
	godTimes      = 3
	groupSize     = 3
	fewestMembers = 3 // below, a median says nothing
)

// group is a set of endpoints that share data or calls with each other and with no other endpoint of the service.
type group struct {
	flows  []*flow
	tables map[string]int // how many of the flows touch a table that the group has for itself
	writes bool
}

// name is the table that most of the group is about.
func (g *group) name() string {
	names := sortedKeys(g.tables)
	return slices.MaxFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(g.tables[a], g.tables[b]), strings.Compare(b, a))
	})
}

// godServices takes the roles of a program for one service where they share data, and else for services that share a main
// package.
func (l *linker) godServices() []Boundary {
	contexts := l.sharing()
	flows := make([][]*flow, len(contexts))
	var sizes []int
	for i, ps := range contexts {
		for _, p := range ps {
			for _, fl := range p.flows {
				if fl.endpoint != nil && !forOperators(fl.endpoint.ID) {
					flows[i] = append(flows[i], fl)
				}
			}
		}
		if n := len(flows[i]); n > 0 {
			sizes = append(sizes, n)
		}
	}
	if len(sizes) < fewestMembers {
		return nil
	}
	slices.Sort(sizes)
	median := sizes[len(sizes)/2]
	homes := l.homes()
	var out []Boundary
	for i, ps := range contexts {
		n := len(flows[i])
		if n < godEndpoints || n < godTimes*median {
			continue
		}
		groups := unrelated(flows[i])
		if len(groups) < 2 {
			continue
		}
		b := Boundary{Kind: "god-service"}
		for _, p := range ps {
			b.Services = append(b.Services, p.Name)
		}
		var names []string
		for _, g := range groups {
			names = append(names, g.name())
			first := g.flows[0].endpoint
			b.Sites = addPos(b.Sites, first.Registered)
			b.Steps = append(b.Steps, Step{Service: first.Service, Func: first.Handler, Pos: first.Registered,
				What: fmt.Sprintf("%s: %d endpoints, such as %s, and %s", g.name(), len(g.flows), first.ID, strings.Join(sortedKeys(g.tables), ", "))})
		}
		// What a shared package registers for the service comes last: the place to look at is in the service.
		abroad := func(s Step) int {
			if slices.Contains(homes[homeOf(homes, path.Dir(s.Pos.File))], s.Service) {
				return 0
			}
			return 1
		}
		slices.SortStableFunc(b.Steps, func(x, y Step) int { return cmp.Compare(abroad(x), abroad(y)) })
		b.Subject = strings.Join(names, ", ")
		b.Why = fmt.Sprintf("%d endpoints, where the median of the services here is %d, in %d groups that share neither data nor calls: %s", n, median, len(groups), b.Subject)
		out = append(out, b)
	}
	return out
}

// sharing groups the processes: roles of one program that touch one table are together, and so are their names in order.
func (l *linker) sharing() [][]*process {
	var groups [][]*process
	tables := map[*process]map[string]bool{}
	for _, p := range l.processes {
		tables[p] = map[string]bool{}
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind == KindData && !isCache(e.Store) && named(e.Name) {
					tables[p][e.Store+" "+e.Name] = true
				}
			}
		}
	}
	for _, p := range l.processes {
		group := []*process{p}
		groups = slices.DeleteFunc(groups, func(ps []*process) bool {
			if !slices.ContainsFunc(ps, func(o *process) bool { return o.Entry == p.Entry && overlap(tables[o], tables[p]) }) {
				return false
			}
			group = append(group, ps...)
			return true
		})
		slices.SortFunc(group, func(a, b *process) int { return strings.Compare(a.Name, b.Name) })
		groups = append(groups, group)
	}
	slices.SortFunc(groups, func(a, b []*process) int { return strings.Compare(a[0].Name, b[0].Name) })
	return groups
}

func overlap(a, b map[string]bool) bool {
	for k := range a {
		if b[k] {
			return true
		}
	}
	return false
}

// forOperators reports whether an endpoint serves those who run the service, and not its purpose.
func forOperators(id string) bool {
	id = strings.ToLower(id)
	for _, part := range []string{"health", "/metrics", "/debug/", "/ready", "/live", "/ping", "/version", "grpc.reflection", "/swagger", "/docs"} {
		if strings.Contains(id, part) {
			return true
		}
	}
	return false
}

// unrelated takes the endpoints of a service apart by the data they touch, the services they call and the topics they
// publish to. A table that most of them only read (a session, a user) ties nothing together. Groups that are small or change
// nothing of their own do not count.
func unrelated(flows []*flow) []*group {
	readers := map[string]int{}
	uses := make([]map[string]bool, len(flows)) // key -> written
	for i, fl := range flows {
		uses[i] = map[string]bool{}
		for _, e := range fl.effects {
			if e.Middleware {
				continue // every endpoint has it
			}
			for _, key := range e.touches() {
				if _, known := uses[i][key]; !known {
					readers[key]++
				}
				uses[i][key] = uses[i][key] || e.Kind == KindData && e.Op == "write"
			}
		}
	}
	leader := make([]int, len(flows))
	for i := range leader {
		leader[i] = i
	}
	find := func(i int) int {
		for leader[i] != i {
			i = leader[i]
		}
		return i
	}
	first := map[string]int{}
	for i := range flows {
		for _, key := range slices.Sorted(maps.Keys(uses[i])) {
			if readers[key]*2 > len(flows) && !uses[i][key] {
				continue
			}
			if j, ok := first[key]; ok {
				leader[find(i)] = find(j)
			} else {
				first[key] = i
			}
		}
	}
	byLeader := map[int]*group{}
	var groups []*group
	for i, fl := range flows {
		if len(uses[i]) == 0 {
			continue
		}
		g := byLeader[find(i)]
		if g == nil {
			g = &group{tables: map[string]int{}}
			byLeader[find(i)] = g
			groups = append(groups, g)
		}
		g.flows = append(g.flows, fl)
		for key, written := range uses[i] {
			if table, ok := strings.CutPrefix(key, "data "); ok && (written || readers[key]*2 <= len(flows)) {
				g.tables[table]++
				g.writes = g.writes || written
			}
		}
	}
	groups = slices.DeleteFunc(groups, func(g *group) bool { return len(g.flows) < groupSize || !g.writes })
	slices.SortFunc(groups, func(a, b *group) int { return strings.Compare(a.name(), b.name()) })
	return groups
}

// touches names what an effect is about: tables, a service, a topic. What is not known ties together all that it may be.
func (e *effect) touches() []string {
	switch e.Kind {
	case KindData:
		var keys []string
		for _, name := range append([]string{e.Name}, e.Joined...) {
			keys = append(keys, "data "+name)
		}
		return keys
	case KindCall:
		return []string{"call " + e.To}
	case KindPublish:
		return []string{"topic " + e.Topic}
	}
	return nil
}
