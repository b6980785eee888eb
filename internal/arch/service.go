package arch

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// process is a service while it is being linked: a main package in one role, with its world.
type process struct {
	Service
	w       *world
	main    *function
	deploys []*Deployment
	env     map[string]string // of the deployment that gives the name
	unknown map[string]string // the variables of env whose value no manifest says: see Deployment.Unknown

	endpoints []*endpoint
	startup   *walk
	flows     []*flow
	loops     map[*frame]map[int32]bool // the blocks of receive loops, by the frame that holds them
	spanned   map[*function][]int32
	injecting *bool                   // see injects
	ahead     map[*frame][]hit        // see before
	handovers map[*object]*handover   // by handler: see handsOver
	passedOn  map[site]bool           // the calls of all of them
	around    map[*object][]*handover // by router: what a person wrote around all of it
	gaps      []Unresolved
	routed    []effects.Pos // where GraphQL servers are made that a route leads to
	unit      *unit
	linked    map[string]bool // packages that are part of it; nil until asked for
	settings  *settings
	declared  string // the name that .svclint.yml gives it
}

// start runs main and the package initializers of what it imports, until rounds add nothing: what a later statement
// stores, an earlier one may load.
func (w *world) start(main *function) *walk {
	var k *walk
	inits := w.prog.initializers(main.pkg.Path)
	for round := range maxRounds {
		frames, stores := len(w.frames), w.stores
		if round > 0 {
			w.again()
		}
		w.found = facts{}
		clear(w.seen)
		clear(w.uses)
		clear(w.mounts)
		for _, fn := range inits {
			w.found.roots = append(w.found.roots, w.enter(nil, -1, fn, nil, operand{}, nil))
		}
		root := w.enter(nil, -1, main, nil, operand{}, nil)
		w.found.roots = append(w.found.roots, root)
		w.flush()
		k = w.newWalk(true)
		for _, f := range w.found.roots {
			k.visit(f)
		}
		if round > 0 && frames == len(w.frames) && stores == w.stores {
			break
		}
	}
	w.found.worker = len(w.found.serves)+len(w.found.consumes)+len(w.found.schedules) == 0 && k.works()
	w.again()
	w.flush()
	return k
}

const maxRounds = 3

// initializers lists the init functions of a package and of everything that it imports, imports first.
func (p *program) initializers(pkg string) []*function {
	var out []*function
	seen := map[string]bool{}
	var add func(path string)
	add = func(path string) {
		ps := p.pkgs[path]
		if ps == nil || seen[path] {
			return
		}
		seen[path] = true
		for _, imp := range ps.Imports {
			add(imp.Path)
		}
		for _, f := range ps.Funcs {
			if fn := p.funcs[f.ID]; fn.initializer() {
				out = append(out, fn)
			}
		}
	}
	add(pkg)
	return out
}

// initializer reports whether the runtime calls the function before main.
func (fn *function) initializer() bool {
	return !fn.Method && (fn.Name == "init" || strings.HasPrefix(fn.Name, "init#") && !strings.Contains(fn.Name, "$")) // not the closures in one
}

// serves reports whether what main reaches makes the process a service: a server, consumer, worker or scheduler, or the
// loop of a worker of its own.
func (w *world) serves() bool {
	return len(w.found.consumes)+len(w.found.schedules) > 0 || w.found.worker || slices.ContainsFunc(w.found.serves, w.lasting)
}

// lasting reports whether a server outlives a request. A command line tool that waits for a browser to come back with a token
// answers once: the handler that it registers beside the server closes it.
func (w *world) lasting(server siteModel) bool {
	return !slices.ContainsFunc(w.found.endpoints, func(sm siteModel) bool {
		return sm.frame == server.frame && slices.ContainsFunc(w.expr(sm.model.Endpoint.Handler.Node, sm.site), func(o *object) bool {
			o = unbox(o)
			return o.kind == funcObject && o.fn != nil && w.inside(o.fn, 2, closes)
		})
	})
}

// closes reports whether a function shuts an HTTP server down.
func closes(fn *function) bool {
	return slices.ContainsFunc(fn.Calls, func(c effects.Call) bool {
		return c.Callee == "net/http.Server.Close" || c.Callee == "net/http.Server.Shutdown"
	})
}

// behaviour is the set of what a process answers, to tell roles apart.
func (w *world) behaviour() map[string]bool {
	out := map[string]bool{}
	for _, sm := range slices.Concat(w.found.endpoints, w.found.serves, w.found.consumes, w.found.schedules) {
		out[sm.unencrypted().String()+" "+chainOf(sm.frame)] = true
	}
	return out
}

// unencrypted is where a call stands, or the one that does the same without TLS in its function: whether a server encrypts is
// a setting, and makes it no other service.
func (s site) unencrypted() effects.Pos {
	c := s.info()
	if plain := strings.Replace(c.Callee, "TLS", "", 1); plain != c.Callee {
		for i := range s.frame.fn.Calls {
			if s.frame.fn.Calls[i].Callee == plain {
				return s.frame.fn.Calls[i].Pos
			}
		}
	}
	return c.Pos
}

// within reports whether every element of a is in b.
func within(a, b map[string]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return true
}

// chainOf spells the functions above a frame: two registrations at one line differ by how they are reached.
func chainOf(f *frame) string {
	var b strings.Builder
	for ; f != nil; f = f.parent {
		b.WriteString(f.fn.ID + "<")
	}
	return b.String()
}

// roles finds the processes that a main package can be deployed as. A role is a value of a switch (an environment
// variable, an argument, a flag) under which the program answers other things than under another value, and not just
// more or less of the same: that would be a feature being turned on.
func (u *unit) roles(main *function, entries []string) []*process {
	config := configFor(u.link.in.Config, main.pkg.Dir, entries)
	base := newWorld(u.prog, config, nil)
	k := base.start(main)
	declared := u.link.in.Settings.Of(main.pkg.Dir)
	if !base.serves() && len(declared) == 0 {
		return nil
	}
	best := []*process{{w: base, main: main, startup: k, unit: u, Service: Service{Entry: main.pkg.Dir, Evidence: main.Pos, Main: main.Pos}}}
	if len(declared) == 1 && declared[0].Role == "" {
		best[0].declared = declared[0].Name
		return best // one service, whatever it branches on
	}
	ids := sortedKeys(base.switches)
	slices.SortStableFunc(ids, func(a, b string) int { return len(base.switches[b]) - len(base.switches[a]) })
	for _, id := range ids {
		if len(best) > 1 {
			break // roles are found
		}
		if values := base.switches[id]; mayBeRole(id) && len(values) > 0 && len(values) <= maxRoles {
			roles := u.rolesOf(main, config, id, sortedKeys(values))
			if len(roles) > 1 && len(roles) > len(best) {
				best = roles
			}
			// The one command that serves is the service; what the others do (migrate, version) is not.
			if id == commandSwitch.id() && len(roles) == 1 && len(best) == 1 {
				roles[0].Role = ""
				best = roles
			}
		}
	}
	return best
}

const (
	maxRoles  = 40
	otherwise = "\x00" // the value of a switch that no constant equals
)

// rolesOf finds the roles that the values of a switch make. Where manifests run several of them, only those are looked at:
// the others would be left out in the end (see deployed), and the world of a program that is all of a system's services is
// the dearest thing that there is.
func (u *unit) rolesOf(main *function, config []ConfigFile, id string, values []string) []*process {
	var run []string
	if len(u.link.in.Settings.Of(main.pkg.Dir)) == 0 {
		run = slices.DeleteFunc(slices.Clone(values), func(value string) bool {
			return !slices.ContainsFunc(u.link.in.Deployments, func(d Deployment) bool {
				return !d.Job && slices.Contains(d.Entries, main.pkg.Dir) && d.selects(id, value)
			})
		})
	}
	if len(run) > 1 {
		if roles := u.rolesAmong(main, config, id, run); len(roles) > 1 {
			return roles
		}
	}
	return u.rolesAmong(main, config, id, append(values, otherwise))
}

func (u *unit) rolesAmong(main *function, config []ConfigFile, id string, values []string) []*process {
	var roles []*process
	var kept []map[string]bool
	apart := false
	worlds := make([]*world, len(values))
	walks := make([]*walk, len(values))
	u.link.each(len(values), func(i int) {
		i = len(values) - 1 - i // the last, otherwise, has most to do
		worlds[i] = newWorld(u.prog, config, map[string]string{id: values[i]})
		walks[i] = worlds[i].start(main)
	})
	for i, value := range values {
		w := worlds[i]
		b := w.behaviour()
		if !w.serves() || slices.ContainsFunc(kept, func(o map[string]bool) bool { return len(o) == len(b) && within(b, o) }) {
			continue
		}
		for _, o := range kept {
			apart = apart || !within(b, o) && !within(o, b)
		}
		kept = append(kept, b)
		role := value
		if value == otherwise {
			role = ""
		}
		roles = append(roles, &process{w: w, main: main, startup: walks[i], unit: u, Service: Service{Entry: main.pkg.Dir, Role: role, Evidence: main.Pos, Main: main.Pos}})
	}
	if !apart && len(roles) > 1 {
		return nil
	}
	return roles
}

// mayBeRole leaves out switches that only turn features on and off.
func mayBeRole(id string) bool {
	kind, name, _ := strings.Cut(id, ":")
	switch holeKind(kind) {
	case holeArg, holeFlag, holeEnv, holeKey, holeCommand:
		return name != "PORT"
	}
	return false
}

// holeCommand is the subcommand that a command line library selects.
const holeCommand holeKind = "command"

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Deployment is how a process is started, as a manifest says.
type Deployment struct {
	Name    string
	Kind    string // compose, kubernetes, ...
	File    string
	Line    int
	Image   string
	Hosts   []string          // names under which others reach it
	Command []string          // entry point and arguments
	Env     map[string]string // with the manifests' interpolation done
	Unknown map[string]string // the variables of Env whose value no manifest says, with where it comes from: "secret NAMESPACE/NAME/KEY"
	Entries []string          // directories of the main packages that it runs, best first
	Built   bool              // from a Dockerfile or directory of the repository
	Job     bool              // runs to its end
}

// deploy gives processes the names under which they are deployed, and their environment.
func (l *linker) deploy() {
	ps := l.processes
	for i := range l.in.Deployments {
		d := &l.in.Deployments[i]
		if p := runs(ps, d); p != nil && !d.Job {
			p.deploys = append(p.deploys, d)
		}
	}
	ps, l.tools = withoutTools(deployed(ps))
	for _, p := range ps {
		slices.SortStableFunc(p.deploys, func(a, b *Deployment) int {
			return cmp.Or(cmp.Compare(deployRank(a), deployRank(b)), strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
		})
		p.Name = p.folderName(ps)
		p.env, p.unknown = map[string]string{}, map[string]string{}
		hosts := map[string]bool{}
		for i, d := range p.deploys {
			if i == 0 {
				p.Name = d.Name
				p.Evidence = effects.Pos{File: d.File, Line: d.Line}
			}
			for k, v := range d.Env {
				if _, ok := p.env[k]; !ok || p.unknown[k] != "" && v != "" {
					p.env[k], p.unknown[k] = v, d.Unknown[k]
				}
			}
			for _, h := range append(slices.Clone(d.Hosts), d.Name) {
				hosts[strings.ToLower(h)] = true
			}
		}
		for k, v := range l.in.DotEnv[p.Entry] {
			if _, ok := p.env[k]; !ok {
				p.env[k] = v
			}
		}
		p.Hosts = sortedKeys(hosts)
		p.Name = cmp.Or(p.declared, p.Name)
	}
	// Names are unique: where two processes would share one, the entry or role tells them apart.
	count := map[string]int{}
	for _, p := range ps {
		count[p.Name]++
	}
	for _, p := range ps {
		if count[p.Name] > 1 && p.declared == "" {
			if p.Role != "" {
				p.Name = path.Base(p.Entry) + "-" + p.Role
			} else {
				p.Name = strings.ReplaceAll(p.Entry, "/", "-")
			}
		}
	}
	slices.SortFunc(ps, func(a, b *process) int { return strings.Compare(a.Name, b.Name) })
	l.processes = ps
}

// folderName names a process that no manifest names: after its role, else after the nearest folder that says more than
// how it answers (orders for orders/cmd/api, orders-api where orders/cmd holds a worker, too), else after its module.
func (p *process) folderName(ps []*process) string {
	if p.Role != "" {
		return p.Role
	}
	segments := strings.Split(p.Entry, "/")
	for i := len(segments) - 1; i >= 0; i-- {
		if s := segments[i]; s == "." || s == "cmd" || wrapper(s) {
			continue
		}
		home := strings.Join(segments[:i+1], "/") + "/"
		for _, other := range ps {
			if i < len(segments)-1 && other.Entry != p.Entry && strings.HasPrefix(other.Entry, home) {
				return segments[i] + "-" + segments[len(segments)-1]
			}
		}
		return segments[i]
	}
	return path.Base(catalog.Canonical(p.main.pkg.Path))
}

// deployed leaves out the roles of a main package that no manifest runs, where the manifests run other roles of it.
func deployed(ps []*process) []*process {
	runs := map[*function]bool{}
	for _, p := range ps {
		if p.Role != "" && len(p.deploys) > 0 {
			runs[p.main] = true
		}
	}
	return slices.DeleteFunc(ps, func(p *process) bool { return runs[p.main] && len(p.deploys) == 0 && p.declared == "" })
}

// withoutTools leaves out what only serves tests and readers, and tells the folders of it: servers that stand in for others, load
// generators and examples, by the names of their folders, where no manifest runs them. A repository that holds nothing else
// is about them.
func withoutTools(ps []*process) (services []*process, tools []string) {
	tool := func(p *process) bool {
		return len(p.deploys) == 0 && p.declared == "" && slices.ContainsFunc(strings.Split(p.Entry, "/"), func(folder string) bool {
			return forTests(folder) || forReaders(folder)
		})
	}
	for _, p := range ps {
		if tool(p) {
			tools = append(tools, p.Entry)
		} else {
			services = append(services, p)
		}
	}
	if len(services) == 0 {
		return ps, nil
	}
	slices.Sort(tools)
	return services, slices.Compact(tools)
}

// forTests reports whether a folder is named for what serves tests only.
func forTests(folder string) bool {
	switch folder {
	case "test", "tests", "testing", "testutil", "testutils", "e2e", "mock", "mocks", "fake", "fakes":
		return true
	}
	return false
}

// forReaders reports whether a folder is named for what shows others how something is done.
func forReaders(folder string) bool {
	switch folder {
	case "example", "examples", "sample", "samples", "tutorial", "tutorials":
		return true
	}
	return false
}

// deployRank prefers the manifest that a reader opens first.
func deployRank(d *Deployment) int {
	switch d.Kind {
	case "compose":
		return 0
	case "kubernetes":
		return 1
	}
	return 2
}

// runs finds the process that a deployment starts: by main package, then by the role that its command or environment
// selects.
func runs(ps []*process, d *Deployment) *process {
	for _, entry := range d.Entries {
		var of []*process
		for _, p := range ps {
			if p.Entry == entry {
				of = append(of, p)
			}
		}
		for _, p := range of {
			if p.Role == "" && len(of) == 1 || p.chosenBy(d) {
				return p
			}
		}
	}
	return nil
}

// chosenBy reports whether a deployment chooses the process's role.
func (p *process) chosenBy(d *Deployment) bool {
	for id, value := range p.w.assume {
		if d.selects(id, value) {
			return true
		}
	}
	return false
}

// selects reports whether a deployment gives a role switch a value, by its environment or command line.
func (d *Deployment) selects(id, value string) bool {
	kind, name, _ := strings.Cut(id, ":")
	if holeKind(kind) == holeEnv {
		if set, ok := d.Env[name]; ok || len(d.Command) == 0 {
			return strings.EqualFold(set, value)
		}
		return path.Base(d.Command[0]) == value // one binary under several names, which the variable overrides
	}
	var words []string
	for _, arg := range d.Command {
		words = append(words, strings.Fields(arg)...)
	}
	for i, word := range words {
		if word == value || path.Base(word) == value || strings.HasSuffix(word, "="+value) {
			return true
		}
		if n := strings.Count(value, " ") + 1; n > 1 && i+n <= len(words) && strings.Join(words[i:i+n], " ") == value {
			return true
		}
	}
	return false
}

// fill replaces what is known of a text from the process's environment, configuration and command line.
func (p *process) fill(t text) text {
	return t.fill(func(h part) (text, bool) {
		switch h.Kind {
		case holeEnv:
			v, ok := p.env[h.Name]
			return lit(v), ok && v != ""
		case holeKey:
			return p.setting(h.Name, h.Default)
		case holeFlag:
			v, ok := p.flag(h.Name)
			return lit(v), ok
		}
		return nil, false
	})
}
