package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// Verdict is the architecture's state in words. The package documentation has the thresholds.
type Verdict string

const (
	DistributedMonolith Verdict = "distributed monolith"
	Coupled             Verdict = "coupled"
	Fragile             Verdict = "fragile"
	Healthy             Verdict = "healthy"
	SingleService       Verdict = "single service"
	NothingToScore      Verdict = "nothing to score"
	TooLittleRead       Verdict = "too little read"
)

const (
	pointsPerHop  = 2.5  // taken off for each hop over budget
	monolithBelow = 5.0  // the score under which one of two failing coupling lessons makes a distributed monolith
	fragileBelow  = 8.0  // the score under which tracing or idempotency makes a system fragile
	maximumPoints = 10.0 // the best score of a lesson
)

// Scorecard is the fitness of one repository: a row per lesson, a row per service, and a verdict.
type Scorecard struct {
	Verdict    Verdict
	Because    []string // the failing lessons, in words; what is missing, where too little was read
	Understood Understanding
	Scores     []Fitness
	Services   []ServiceRow
}

// Fitness is one fitness function's result.
type Fitness struct {
	Lesson   string   // data ownership, synchronous depth, tracing, idempotency, boundaries
	Pass     string   // the pass whose rules rest on the lesson
	Measure  string   // what was measured, in words
	Value    string   // what was found, in words: 14 of 18
	Budget   string   // what was allowed, in words
	Points   *float64 // 0 to 10, rounded to a tenth; nil when there was nothing to measure
	Within   bool     // within budget; false when there was nothing to measure
	Note     string   // what was left out, or why there is no score
	Findings int      // findings of the lesson's pass
	Errors   int      // those of them that are errors
}

// Failed reports whether the lesson is over budget or has an error among its findings.
func (s *Fitness) Failed() bool { return s.Points != nil && !s.Within || s.Errors > 0 }

// Score measures m against the five lessons. It reads and changes nothing else.
func Score(m *arch.Model, fs []finding.Finding) Scorecard {
	scores := []Fitness{
		dataOwnership(m, fs),
		synchronousDepth(m),
		tracing(m),
		idempotency(m),
		boundaries(m),
	}
	for i := range scores {
		s := &scores[i]
		for j := range fs {
			if !strings.HasPrefix(fs[j].Rule.ID, s.Pass+"/") {
				continue
			}
			s.Findings++
			if fs[j].Severity == finding.Error {
				s.Errors++
			}
		}
	}
	card := Scorecard{Scores: scores, Services: serviceRows(m, fs)}
	card.Verdict, card.Because = verdict(scores, len(m.Services))
	card.Understood = understand(m)
	card.Verdict, card.Because = card.Understood.limit(card.Verdict, card.Because)
	return card
}

// verdict applies the thresholds of the package documentation; because names the lessons that decided it.
func verdict(scores []Fitness, services int) (v Verdict, because []string) {
	var coupling, operation []string
	scored, deep := false, false
	for i := range scores {
		s := &scores[i]
		scored = scored || s.Points != nil
		switch s.Pass {
		case "crossdb", "syncchain", "boundary":
			if s.Failed() {
				coupling = append(coupling, s.Lesson)
				deep = deep || s.Points != nil && *s.Points < monolithBelow
			}
		default:
			if s.Errors > 0 || s.Points != nil && *s.Points < fragileBelow {
				operation = append(operation, s.Lesson)
			}
		}
	}
	switch {
	case len(coupling) == 3, len(coupling) == 2 && deep:
		return DistributedMonolith, coupling
	case len(coupling) > 0:
		return Coupled, coupling
	case len(operation) > 0:
		return Fragile, operation
	case services == 0 || !scored && services > 1:
		return NothingToScore, nil
	case services == 1:
		return SingleService, nil
	}
	return Healthy, nil
}

// dataOwnership leaves the question whose a table is to the crossdb pass: it knows the processes of one bounded context,
// which share their tables by right.
func dataOwnership(m *arch.Model, fs []finding.Finding) Fitness {
	s := Fitness{Lesson: "data ownership", Pass: "crossdb", Measure: "tables touched by their owner only", Budget: "all"}
	tables := tablesOf(m)
	taken := trespasses(fs)
	own, keys := 0, 0
	for _, t := range tables {
		switch {
		case isKeyValue(t.store):
			keys++
		case !slices.ContainsFunc(t.services, func(service string) bool { return taken[touch{service, t.store, t.name}] }):
			own++
		}
	}
	all := len(tables) - keys
	if all == 0 {
		s.Note = "no table or collection was seen"
		return s
	}
	return s.share(own, all)
}

func synchronousDepth(m *arch.Model) Fitness {
	budget := int(m.Settings.Budget().Hops)
	s := Fitness{Lesson: "synchronous depth", Pass: "syncchain", Measure: "longest chain of synchronous calls, hops", Budget: fmt.Sprintf("at most %d", budget)}
	hops := 0
	if len(m.Calls) > 0 {
		hops = 1
	}
	for _, chain := range m.Chains {
		hops = max(hops, len(chain)-1)
	}
	if hops == 0 {
		s.Note = "no synchronous call between services was seen"
		return s
	}
	s.Value = fmt.Sprint(hops)
	s.Within = hops <= budget
	return s.points(maximumPoints - pointsPerHop*float64(max(0, hops-budget)))
}

// tracing counts request paths.
func tracing(m *arch.Model) Fitness {
	s := Fitness{Lesson: "tracing", Pass: "tracespan", Measure: "request paths with an unbroken trace", Budget: "all"}
	count := make(map[pathState]int)
	for _, state := range requestPaths(m) {
		count[state]++
	}
	s.leaveOut(count[unclear], "path", "whose context is unknown")
	if count[broken]+count[whole] == 0 {
		if s.Note == "" {
			s.Note = "no endpoint was seen"
		}
		return s
	}
	return s.share(count[whole], count[broken]+count[whole])
}

// requestPath is an endpoint and what it calls or publishes, "" for the endpoint alone.
type requestPath struct {
	endpointKey
	to string
}

// pathState is what is known of a path's trace: the lowest state of all ways that lead along it.
type pathState int

const (
	broken pathState = 1 + iota
	unclear
	whole
)

// requestPaths lists the request paths of all services. A path that is known to be broken anywhere is broken; one whose
// context is unknown and that is whole otherwise is unclear.
func requestPaths(m *arch.Model) map[requestPath]pathState {
	setUp := make(map[string]bool)
	for i := range m.Tracing {
		setUp[m.Tracing[i].Service] = m.Tracing[i].Setup == "yes"
	}
	flows := make(map[endpointKey][]arch.Effect)
	for i := range m.Flows {
		k := endpointKey{m.Flows[i].Service, m.Flows[i].Endpoint}
		flows[k] = append(flows[k], m.Flows[i].Effects...)
	}
	paths := make(map[requestPath]pathState)
	see := func(p requestPath, state pathState) {
		if old, ok := paths[p]; !ok || state < old {
			paths[p] = state
		}
	}
	for i := range m.Endpoints {
		e := &m.Endpoints[i]
		k := endpointKey{e.Service, e.ID}
		inbound := setUp[e.Service] && e.Instrumented
		leaves, lost := false, false
		for _, eff := range flows[k] {
			foreign := eff.Context == "background" || eff.Context == "todo"
			var to string
			switch eff.Kind {
			case arch.KindCall:
				to = eff.To + ":" + eff.ID
			case arch.KindPublish:
				to = eff.Broker + ":" + eff.Topic
			default:
				lost = lost || foreign
				continue
			}
			leaves = true
			state := whole
			switch {
			case !inbound || !eff.Instrumented || foreign || eff.Context == "none":
				state = broken
			case eff.Context == "unknown" || eff.Context == "":
				state = unclear
			}
			see(requestPath{k, to}, state)
		}
		switch {
		case lost || !leaves && !inbound:
			see(requestPath{k, ""}, broken)
		case !leaves:
			see(requestPath{k, ""}, whole)
		}
	}
	return paths
}

func idempotency(m *arch.Model) Fitness {
	s := Fitness{Lesson: "idempotency", Pass: "idempotency", Measure: "consumers and mutating endpoints safe to repeat", Budget: "all"}
	count := make(map[string]int)
	for i := range m.Idempotency {
		count[m.Idempotency[i].Idempotent]++
	}
	s.leaveOut(count["unclear"], "", "unclear")
	if count["yes"]+count["no"] == 0 {
		if s.Note == "" {
			s.Note = "no consumer and no mutating endpoint was seen"
		}
		return s
	}
	return s.share(count["yes"], count["yes"]+count["no"])
}

func boundaries(m *arch.Model) Fitness {
	s := Fitness{Lesson: "boundaries", Pass: "boundary", Measure: "services in a cycle or importing another's insides", Budget: "none"}
	crossed := make(map[string]bool)
	for _, cycle := range m.Cycles {
		for _, name := range cycle {
			crossed[name] = true
		}
	}
	for i := range m.Imports {
		if !m.Imports[i].Contract {
			crossed[m.Imports[i].Service] = true
		}
	}
	bad := 0
	for i := range m.Services {
		if crossed[m.Services[i].Name] {
			bad++
		}
	}
	all := len(m.Services)
	if all < 2 {
		s.Note = "fewer than two services"
		return s
	}
	s.Value = fmt.Sprintf("%d of %d", bad, all)
	s.Within = bad == 0
	return s.points(maximumPoints * float64(all-bad) / float64(all))
}

// share scores good of all against the budget "all".
func (s Fitness) share(good, all int) Fitness {
	s.Value = fmt.Sprintf("%d of %d", good, all)
	s.Within = good == all
	return s.points(maximumPoints * float64(good) / float64(all))
}

// points rounds to a tenth, towards zero, so that only a lesson without a miss shows 10.
func (s Fitness) points(p float64) Fitness {
	p = math.Floor(max(0, p)*10+1e-9) / 10
	s.Points = &p
	return s
}

func (s *Fitness) leaveOut(n int, what, why string) {
	if n == 0 {
		return
	}
	s.Note = strings.Join(strings.Fields(fmt.Sprintf("%d %s left out: %s", n, plural(n, what), why)), " ")
}

type endpointKey struct{ service, id string }

// dataSets says how much data there is, in words. Key patterns of a key-value store are not tables.
func dataSets(m *arch.Model) string {
	tables, keys := 0, 0
	for _, t := range tablesOf(m) {
		if isKeyValue(t.store) {
			keys++
		} else {
			tables++
		}
	}
	if keys == 0 {
		return count(tables, "table")
	}
	return fmt.Sprintf("%s, %s", count(tables, "table"), count(keys, "key pattern"))
}

func isKeyValue(store string) bool {
	return slices.Contains([]string{"redis", "memcached", "memcache", "etcd", "consul"}, store)
}

// table is one table, collection or key pattern, with the services that touch it.
type table struct {
	store, name string
	services    []string
}

// tablesOf merges the Model's data rows: rows that are shared data are one table, all others one per service and
// database. Where a service's database is known at one access and not at another, it is taken to be the same.
func tablesOf(m *arch.Model) []*table {
	type row struct {
		touch           // service is "" for shared data
		database string // likewise
	}
	shared := make(map[touch]bool)
	for _, d := range m.SharedData {
		for _, service := range d.Services {
			shared[touch{service, d.Store, d.Name}] = true
		}
	}
	known := make(map[touch]string)
	for _, d := range m.Data {
		if k := (touch{d.Service, d.Store, d.Name}); known[k] == "" {
			known[k] = d.Database
		}
	}
	var out []*table
	index := make(map[row]*table)
	for _, d := range m.Data {
		k := row{touch{d.Service, d.Store, d.Name}, d.Database}
		if k.database == "" {
			k.database = known[k.touch]
		}
		if shared[k.touch] {
			k = row{touch: touch{"", d.Store, d.Name}}
		}
		t := index[k]
		if t == nil {
			t = &table{store: d.Store, name: d.Name}
			index[k] = t
			out = append(out, t)
		}
		if !slices.Contains(t.services, d.Service) {
			t.services = append(t.services, d.Service)
		}
	}
	return out
}

// touch is a service that touches a table.
type touch struct{ service, store, table string }

// trespasses are the touches that the crossdb pass found: the first service of such a finding touches what others own,
// and the subject is store:table.
func trespasses(fs []finding.Finding) map[touch]bool {
	taken := make(map[touch]bool)
	for i := range fs {
		f := &fs[i]
		if store, name, ok := strings.Cut(f.Subject, ":"); ok && strings.HasPrefix(f.Rule.ID, "crossdb/") && len(f.Services) > 0 {
			taken[touch{f.Services[0], store, name}] = true
		}
	}
	return taken
}

func plural(n int, noun string) string {
	if n == 1 || noun == "" {
		return noun
	}
	return noun + "s"
}
