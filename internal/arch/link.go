package arch

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/config"
)

// Input is everything that the linker looks at.
type Input struct {
	Catalog     *catalog.Catalog
	Units       []Unit
	Deployments []Deployment
	// SQL are the repository's SQL files: migrations and schemas.
	SQL []SQLFile
	// DotEnv are the variables of .env files beside main packages, by the main package's directory.
	DotEnv map[string]map[string]string
	// Config are the repository's configuration files.
	Config []ConfigFile
	// Libraries are the packages that own code imports, that no model knows and that talk to others, by import path.
	Libraries map[string]Library
	Coverage  Coverage
	// History are the latest commits, newest first; empty where there is no history.
	History []Commit
	// Settings are the repository's .svclint.yml, nil without one.
	Settings *config.Config
}

// Unit is a set of packages that were type-checked together: a module, or the modules of a go.work.
type Unit struct {
	Dir       string // relative to the repository root
	Summaries []*effects.Summary
}

// SQLFile is a SQL file of the repository.
type SQLFile struct {
	Path string
	Text string
}

// linker holds what is common to all services of a repository.
type linker struct {
	in         Input
	ctx        context.Context
	processes  []*process
	unresolved []Unresolved
	routines   map[string][]routine // stored functions and views of the SQL files, by name
	foreign    map[string]string    // name -> why
	seen       map[string]bool      // see seenTables
	tools      []string             // see withoutTools
}

// unit is a Unit while it is being linked.
type unit struct {
	Unit
	prog *program
	link *linker
}

// Link makes the Model of a repository. It fails only when ctx is done.
func Link(ctx context.Context, in Input) (*Model, error) {
	l := &linker{in: in, foreign: map[string]string{}, ctx: ctx}
	l.in.Config = slices.Clone(in.Config)
	for i := range l.in.Config {
		l.in.Config[i].Root = loosen(in.Config[i].Root)
	}
	l.findRoutines()
	l.findProcesses()
	l.nameRoles()
	l.deploy()
	l.eachProcess(func(_ int, p *process) {
		p.answers()
		p.unregistered()
		p.makeFlows()
	})
	l.bind()
	l.answerRequests()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.join()
	return l.model(), nil
}

// findProcesses finds the processes of every main package. A main package that several units hold counts once.
func (l *linker) findProcesses() {
	units := make([]*unit, len(l.in.Units))
	l.each(len(units), func(i int) {
		units[i] = &unit{Unit: l.in.Units[i], link: l, prog: newProgram(l.in.Catalog, l.in.Units[i].Summaries, l.in.SQL)}
	})
	type program struct {
		unit *unit
		main *function
	}
	var mains []program
	seen := map[string]bool{}
	for _, u := range units {
		if u == nil {
			return // cancelled
		}
		for _, s := range u.Summaries {
			if main := u.prog.funcs[s.Path+".main"]; s.Name == "main" && !seen[s.Dir] && main != nil && l.mayBeService(u, main) {
				seen[s.Dir] = true
				mains = append(mains, program{u, main})
			}
		}
	}
	var entries []string
	for _, m := range mains {
		entries = append(entries, m.main.pkg.Dir)
	}
	found := make([][]*process, len(mains))
	l.each(len(mains), func(i int) { found[i] = mains[i].unit.roles(mains[i].main, entries) })
	for _, ps := range found {
		l.processes = append(l.processes, ps...)
	}
}

// each runs do for 0 to n-1 on all processors, and stops early when the linker's context is done.
func (l *linker) each(n int, do func(i int)) {
	var wg sync.WaitGroup
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range n {
		if l.ctx.Err() != nil {
			break
		}
		room <- struct{}{}
		wg.Go(func() {
			do(i)
			<-room
		})
	}
	wg.Wait()
}

// eachProcess runs do for each process on all processors, the largest first: no other has to wait for it in the end.
func (l *linker) eachProcess(do func(i int, p *process)) {
	order := make([]int, len(l.processes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := l.processes[a].w, l.processes[b].w
		return cmp.Or(cmp.Compare(len(y.found.endpoints), len(x.found.endpoints)), cmp.Compare(len(y.frames), len(x.frames)))
	})
	l.each(len(order), func(i int) { do(order[i], l.processes[order[i]]) })
}

// directives collects those of all packages. A package that several units hold counts once.
func directives(units []Unit) []effects.Directive {
	var all []effects.Directive
	for _, u := range units {
		for _, s := range u.Summaries {
			all = append(all, s.Directives...)
		}
	}
	slices.SortFunc(all, func(a, b effects.Directive) int { return a.Pos.Compare(b.Pos) })
	return slices.CompactFunc(all, func(a, b effects.Directive) bool { return a.Pos == b.Pos })
}

// model sums up the processes.
func (l *linker) model() *Model {
	m := &Model{Schema: Schema, Coverage: l.in.Coverage, Directives: directives(l.in.Units), Settings: l.in.Settings}
	tracing := make([]Tracing, len(l.processes))
	blind := make([][]BlindSpot, len(l.processes))
	l.eachProcess(func(i int, p *process) {
		tracing[i] = p.tracing()
		blind[i] = p.blindSpots(l.in.Libraries)
	})
	for i, p := range l.processes {
		m.Services = append(m.Services, p.Service)
		if p.w.exhausted {
			m.Coverage.Notes = append(m.Coverage.Notes, p.Name+": its program is so large, or so entangled, that not every way through it was followed")
		}
		m.Tracing = append(m.Tracing, tracing[i])
		for _, fl := range p.flows {
			fl.unnamed()
		}
		m.Unresolved = append(m.Unresolved, compactGaps(append(p.gaps, l.unresolvedOf(p)...), p.understood())...)
		m.BlindSpots = append(m.BlindSpots, blind[i]...)
	}
	if n := len(l.tools); n > 0 {
		const most = 5
		names := strings.Join(l.tools[:min(n, most)], ", ")
		if n > most {
			names += fmt.Sprintf(" and %d more", n-most)
		}
		m.Coverage.Notes = append(m.Coverage.Notes, names+": taken for tools of tests and examples, and for no services, because no manifest runs them; list under services in .svclint.yml what is one")
	}
	l.owners(m)
	l.declaredOwners(m)
	l.judge()
	for _, p := range l.processes {
		for _, e := range p.endpoints {
			m.Endpoints = append(m.Endpoints, e.Endpoint)
		}
		p.dropUnknownTopics()
		for _, fl := range p.flows {
			m.Flows = append(m.Flows, fl.flow())
			for _, e := range fl.effects {
				m.add(p.Name, e)
			}
		}
	}
	l.consumed(m)
	l.serverBreaks(m)
	m.Idempotency = l.idempotency()
	m.Chains, m.Cycles = l.chains()
	for name, why := range l.foreign {
		m.ForeignServices = append(m.ForeignServices, ForeignService{name, why})
	}
	l.checkSettings(m)
	m.Imports = l.imports()
	m.mergeKeys()
	m.noteMigrations()
	l.share(m)
	m.Boundary = l.boundary(m)
	m.sort()
	return m
}

func (fl *flow) flow() Flow {
	out := Flow{Service: fl.process.Name, Effects: []Effect{}}
	if fl.endpoint != nil {
		out.Endpoint, out.Protocol = fl.endpoint.ID, fl.endpoint.Protocol
	}
	for _, e := range fl.effects {
		e.Path[len(e.Path)-1].What = e.deed()
		e.Stated = fl.stated(e)
		out.Effects = append(out.Effects, e.Effect)
	}
	out.Sequence = fl.sequence()
	return out
}

// add merges an effect into the tables of calls, data and events.
func (m *Model) add(service string, e *effect) {
	switch e.Kind {
	case KindCall:
		if e.To == "" {
			return
		}
		i := slices.IndexFunc(m.Calls, func(c Call) bool { return c.From == service && c.To == e.To && c.ID == e.ID })
		if i < 0 {
			m.Calls = append(m.Calls, Call{From: service, To: e.To, Protocol: e.Protocol, ID: e.ID, Async: true})
			i = len(m.Calls) - 1
		}
		c := &m.Calls[i]
		c.Sites = addPos(c.Sites, e.Site)
		c.InLoop = c.InLoop || e.InLoop
		c.Async = c.Async && e.Async
	case KindData:
		i := slices.IndexFunc(m.Data, func(d Data) bool {
			return d.Service == service && d.Store == e.Store && d.Name == e.Name && d.Database == e.Database
		})
		if i < 0 {
			m.Data = append(m.Data, Data{Service: service, Store: e.Store, Database: e.Database, Name: e.Name})
			i = len(m.Data) - 1
		}
		d := &m.Data[i]
		d.Sites = addPos(d.Sites, e.Place())
		if !slices.Contains(d.Ops, e.Op) {
			d.Ops = append(d.Ops, e.Op)
			slices.Sort(d.Ops)
		}
	case KindPublish:
		m.event(service, "publish", e.Broker, e.Topic, e.Site)
	}
}

func (m *Model) event(service, dir, broker, topic string, site effects.Pos) {
	i := slices.IndexFunc(m.Events, func(v Event) bool {
		return v.Service == service && v.Dir == dir && v.Broker == broker && v.Topic == topic
	})
	if i < 0 {
		m.Events = append(m.Events, Event{Service: service, Dir: dir, Broker: broker, Topic: topic})
		i = len(m.Events) - 1
	}
	m.Events[i].Sites = addPos(m.Events[i].Sites, site)
}

func addPos(ps []effects.Pos, p effects.Pos) []effects.Pos {
	if slices.Contains(ps, p) {
		return ps
	}
	ps = append(ps, p)
	sortPos(ps)
	return ps
}

// dropUnknownTopics leaves out publishes to an unknown topic at places whose topic is known on other ways: a shared producer
// that some way of the walk reached without its caller's message.
func (p *process) dropUnknownTopics() {
	known := map[effects.Pos]bool{}
	for _, fl := range p.flows {
		for _, e := range fl.effects {
			known[e.Site] = known[e.Site] || e.Kind == KindPublish && e.Topic != "*"
		}
	}
	for _, fl := range p.flows {
		fl.effects = slices.DeleteFunc(fl.effects, func(e *effect) bool { return e.Kind == KindPublish && e.Topic == "*" && known[e.Site] })
	}
}

// consumed adds the consumers to the events.
func (l *linker) consumed(m *Model) {
	for _, p := range l.processes {
		for _, e := range p.endpoints {
			if e.Protocol == "consumer" {
				broker, topic, _ := strings.Cut(e.ID, ":")
				m.event(p.Name, "consume", broker, topic, e.Registered)
			}
		}
	}
}

func compactBreaks(bs []TraceBreak) []TraceBreak {
	slices.SortStableFunc(bs, func(a, b TraceBreak) int {
		return cmp.Or(a.Site.Compare(b.Site), strings.Compare(a.Endpoint, b.Endpoint))
	})
	return slices.CompactFunc(bs, func(a, b TraceBreak) bool { return a.Site == b.Site })
}

// isCache names the stores whose data is keys that may be lost.
func isCache(store string) bool { return store == "redis" || store == "memcached" || store == "memory" }

// sort puts every list in its one order and makes empty lists lists, not null.
func (m *Model) sort() {
	str := strings.Compare
	sorted(&m.Services, func(a, b Service) int { return str(a.Name, b.Name) })
	sorted(&m.ForeignServices, func(a, b ForeignService) int { return str(a.Name, b.Name) })
	sorted(&m.Endpoints, func(a, b Endpoint) int {
		return cmp.Or(str(a.Service, b.Service), str(a.Protocol, b.Protocol), str(a.ID, b.ID))
	})
	sorted(&m.Calls, func(a, b Call) int { return cmp.Or(str(a.From, b.From), str(a.To, b.To), str(a.ID, b.ID)) })
	sorted(&m.Data, func(a, b Data) int {
		return cmp.Or(str(a.Service, b.Service), str(a.Store, b.Store), str(a.Name, b.Name), str(a.Database, b.Database))
	})
	sorted(&m.SharedData, func(a, b SharedData) int { return cmp.Or(str(a.Store, b.Store), str(a.Name, b.Name)) })
	sorted(&m.Events, func(a, b Event) int {
		return cmp.Or(str(a.Service, b.Service), str(a.Dir, b.Dir), str(a.Broker, b.Broker), str(a.Topic, b.Topic))
	})
	sorted(&m.Chains, func(a, b []string) int { return slices.Compare(a, b) })
	sorted(&m.Cycles, func(a, b []string) int { return slices.Compare(a, b) })
	sorted(&m.Tracing, func(a, b Tracing) int { return str(a.Service, b.Service) })
	for i := range m.Tracing {
		sorted(&m.Tracing[i].Breaks, func(a, b TraceBreak) int { return a.Site.Compare(b.Site) })
		sorted(&m.Tracing[i].Sites, func(a, b effects.Pos) int { return a.Compare(b) })
	}
	sorted(&m.Idempotency, func(a, b Idempotency) int { return cmp.Or(str(a.Service, b.Service), str(a.Endpoint, b.Endpoint)) })
	sorted(&m.Boundary, func(a, b Boundary) int {
		return cmp.Or(str(a.Kind, b.Kind), slices.Compare(a.Services, b.Services), str(a.Why, b.Why))
	})
	sorted(&m.Flows, func(a, b Flow) int {
		return cmp.Or(str(a.Service, b.Service), str(a.Protocol, b.Protocol), str(a.Endpoint, b.Endpoint))
	})
	sorted(&m.Owners, func(a, b Owner) int {
		return cmp.Or(str(a.Store, b.Store), str(a.Name, b.Name), str(a.Service, b.Service))
	})
	sorted(&m.Imports, func(a, b Import) int { return cmp.Or(str(a.Service, b.Service), a.Site.Compare(b.Site)) })
	sorted(&m.BlindSpots, func(a, b BlindSpot) int { return cmp.Or(str(a.Service, b.Service), str(a.Module, b.Module)) })
	sorted(&m.Unresolved, func(a, b Unresolved) int {
		return cmp.Or(str(a.Service, b.Service), a.Site.Compare(b.Site), str(a.What, b.What))
	})
	sorted(&m.Coverage.Problems, nil)
	sorted(&m.Coverage.Notes, nil)
}

// sorted sorts a list in place, keeping the order of equals, and turns nil into an empty list. A nil order only does the
// latter.
func sorted[T any](s *[]T, order func(a, b T) int) {
	if *s == nil {
		*s = []T{}
	}
	if order != nil {
		slices.SortStableFunc(*s, order)
	}
}
