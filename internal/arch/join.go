package arch

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// join finds the endpoint behind each call, across services: by RPC id, by route and by address.
func (l *linker) join() {
	served := map[string][]*process{} // RPC id -> who answers it
	hosts := l.hostNames()
	for _, p := range l.processes {
		for _, e := range p.endpoints {
			if e.Protocol == "http" {
				continue
			}
			service, _, _ := strings.Cut(e.ID, "/")
			for _, id := range []string{e.ID, service + "/"} {
				if !slices.Contains(served[id], p) {
					served[id] = append(served[id], p)
				}
			}
		}
	}
	for _, p := range l.processes {
		for _, fl := range p.flows {
			kept := make([]*effect, 0, len(fl.effects)) // one request may be several effects: not in place
			for _, e := range fl.effects {
				if e.Kind != KindCall {
					kept = append(kept, e)
					continue
				}
				if e.call.ID.IsZero() {
					kept = append(kept, l.joinHTTP(p, fl, e, hosts)...)
				} else if l.joinRPC(p, fl, e, served, hosts) {
					kept = append(kept, e)
				}
			}
			fl.effects = kept
		}
	}
}

// joinRPC finds who answers an RPC. A method that one service of the repository answers is its, whatever the address says;
// of several the address decides; none makes a foreign service.
func (l *linker) joinRPC(p *process, fl *flow, e *effect, served map[string][]*process, hosts map[string]*process) bool {
	targets := served[e.ID]
	service, _, _ := strings.Cut(e.ID, "/")
	if len(targets) == 0 {
		targets = served[service+"/"] // a method that the service has and nobody implemented
	}
	names := l.addressed(p, e.targets, hosts)
	switch len(targets) {
	case 1:
		if targets[0] == p && (len(names) == 0 || hosts[names[0]] != p) && !slices.ContainsFunc(e.targets, func(t text) bool { _, ok := loopback(p.fill(t)); return ok }) {
			break // a proxy for others of its kind, and no gateway that translates for the server beside it
		}
		e.To = targets[0].Name
		return true
	case 0:
	default:
		for _, name := range names {
			if t := hosts[name]; t != nil && slices.Contains(targets, t) {
				e.To = t.Name
				return true
			}
		}
		l.unresolved = append(l.unresolved, Unresolved{Service: p.Name, Site: e.Site, What: "which service answers " + e.ID,
			Value: spell(e.targets), Reason: "several services answer it and the address is not known from the code"})
		return false
	}
	if i := strings.LastIndexByte(service, '.'); i >= 0 {
		service = service[i+1:]
	}
	e.To = strings.ToLower(service)
	if len(names) > 0 {
		e.To = names[0]
		if t := hosts[names[0]]; t != nil && t != p {
			e.To = t.Name
			return true
		}
	}
	l.foreign[e.To] = "answers " + e.ID + " and has no Go code in this repository"
	return true
}

func spell(ts []text) string {
	var out []string
	for _, t := range ts {
		out = append(out, t.String())
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " | ")
}

// addressed lists the host names that addresses may hold, in the environment of the process.
func (l *linker) addressed(p *process, targets []text, hosts map[string]*process) []string {
	var out []string
	for _, t := range targets {
		t = p.fill(t)
		name := hostOf(t)
		if local := localPort(t); local != "" && hosts[local] != nil && hosts[local] != p {
			name = local
		}
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

var k8sName = regexp.MustCompile(`^([a-z0-9-]+)\.[a-z0-9-]+(\.svc(\.cluster\.local)?)?$`)

// hostOf is the host name in an address: host:port, scheme://authority/name as gRPC resolvers take it, or a URL.
func hostOf(t text) string {
	s := t.String()
	registry := false // the name is one in a registry, with dots or without
	if scheme, rest, ok := cutScheme(s); ok {
		switch scheme {
		case "http", "https", "ws", "wss", "tcp", "h2c":
			s = rest
		default:
			// dns:///name:port, consul://agent/name?tag=x
			registry = scheme != "dns" && scheme != "passthrough" && scheme != "kubernetes" && scheme != "k8s"
			if i := strings.LastIndexByte(strings.TrimSuffix(rest, "/"), '/'); i >= 0 {
				rest = rest[i+1:]
			}
			s = rest
		}
	}
	s, _, _ = strings.Cut(s, "/")
	s, _, _ = strings.Cut(s, "?")
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	} else {
		s, _, _ = strings.Cut(s, ":")
	}
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if s == "" || strings.ContainsAny(s, "{}%$<> ") || s == "localhost" || !strings.ContainsFunc(s, unicode.IsLetter) || net.ParseIP(s) != nil {
		return ""
	}
	if m := k8sName.FindStringSubmatch(s); m != nil && !registry && (m[2] != "" || strings.Count(s, ".") == 1 && !publicSuffix(s)) {
		return m[1]
	}
	return s
}

// publicSuffix tells api.example.com's kind of name from service.namespace.
func publicSuffix(s string) bool {
	switch s[strings.LastIndexByte(s, '.')+1:] {
	case "com", "org", "net", "io", "dev", "app", "internal", "local", "co", "cloud", "ai", "gov", "edu", "cn", "de", "uk", "eu":
		return true
	}
	return false
}

// joinHTTP finds who answers an HTTP request, by host and by route. The id is the route's where it is known, else the
// request's own.
func (l *linker) joinHTTP(p *process, fl *flow, e *effect, hosts map[string]*process) []*effect {
	var out []*effect
	methods := e.methods
	if len(methods) == 0 {
		methods = []string{"*"}
	}
	// Of several addresses, a default and what the environment may say, those that name a host speak for the others.
	named := slices.ContainsFunc(e.urls, func(u text) bool { host, _ := splitURL(p.fill(u)); return host != "" })
	for _, u := range e.urls {
		u = p.fill(u)
		host, route := splitURL(u)
		if local := localPort(u); host == "" && hosts[local] != nil {
			host = local
		}
		if host == "" && named {
			continue
		}
		if host == "" && route == "" {
			l.unresolved = append(l.unresolved, Unresolved{Service: p.Name, Site: e.Site, What: "the URL of an HTTP request",
				Value: u.String(), Reason: "it is made at run time, or in a way that svclint does not follow"})
			continue
		}
		for _, method := range methods {
			one := *e
			one.ID = method + " " + normalPath(route)
			target := hosts[host]
			switch {
			case target == p:
				continue // a process that asks itself
			case target != nil:
				one.To = target.Name
				if id := target.routeFor(method, route); id != "" {
					one.ID = id
				}
			case host != "":
				one.To = host
				if _, ok := l.foreign[host]; !ok {
					l.foreign[host] = "asked over HTTP at " + e.Site.String()
				}
			default:
				t, id := l.byRoute(p, method, route)
				if t == nil {
					name := holeHost(u)
					if name == "" {
						l.unresolved = append(l.unresolved, Unresolved{Service: p.Name, Site: e.Site, What: "the host of an HTTP request",
							Value: u.String(), Reason: "no manifest or default sets it, and no one route of this repository fits"})
						continue
					}
					one.To = name
					l.foreign[name] = "asked over HTTP at " + e.Site.String() + "; its address is configuration"
				} else {
					one.To, one.ID = t.Name, id
				}
			}
			if !slices.ContainsFunc(out, func(o *effect) bool { return o.To == one.To && o.ID == one.ID }) {
				out = append(out, &one)
			}
		}
	}
	return out
}

// webScheme is the scheme of an address that may stand before another one.
var webScheme = regexp.MustCompile(`^(https?|wss?)://`)

// cutScheme takes an address apart into its scheme and what follows. In http://http://orders the first is what the code writes
// after it has cut off the second, which a deployment sets and of which the code knows no more than that it may be there.
func cutScheme(s string) (scheme, rest string, ok bool) {
	for webScheme.MatchString(s) {
		within := s[strings.Index(s, "://")+len("://"):]
		if !webScheme.MatchString(within) {
			break
		}
		s = within
	}
	return strings.Cut(s, "://")
}

// splitURL takes a URL apart into a host, "" when it is not known, and a route with {} for holes.
func splitURL(u text) (host, route string) {
	s := u.String()
	if _, rest, ok := cutScheme(s); ok {
		s = rest
	} else if strings.HasPrefix(s, "{") {
		// The base URL is one hole: {ORDERS_URL}/orders/{}
		if i := strings.IndexByte(s, '}'); i >= 0 {
			host, s = s[:i+1], s[i+1:]
			if s == "" {
				return "", ""
			}
			s = host + s
		}
	}
	host, route = s, "/"
	if i := strings.IndexByte(s, '/'); i >= 0 {
		host, route = s[:i], s[i:]
	}
	route, _, _ = strings.Cut(route, "?")
	route = slashes.ReplaceAllString(dots.ReplaceAllString(route, "/"), "/")
	if strings.HasPrefix(host, "{") {
		return "", route
	}
	if parsed, err := url.Parse("//" + host); err == nil && parsed.Hostname() != "" && !strings.ContainsAny(host, "{}") {
		return hostOf(lit(host)), route
	}
	return hostOf(lit(host)), route
}

// holeHost names a foreign service after the variable that holds its address: PAYMENT_SERVICE_ADDR is payment-service.
func holeHost(u text) string {
	for _, h := range u {
		if h.Kind == "" {
			if strings.Trim(h.Lit, ":/htps") == "" {
				continue
			}
			return ""
		}
		if h.Kind == holeValue || !strings.ContainsFunc(h.Name, unicode.IsLetter) { // os.Args[1]
			return ""
		}
		name := strings.ToLower(h.Name)
		for _, suffix := range []string{"_addr", "_address", "_base_url", "_url", "_uri", "_host", "_endpoint", "-url", "-addr", ".url", ".addr"} {
			name = strings.TrimSuffix(name, suffix)
		}
		return strings.ReplaceAll(name, "_", "-")
	}
	return ""
}

// routeFor is the id of the process's endpoint that a request fits, "" if none does.
func (p *process) routeFor(method, route string) string {
	best, score := "", -1
	for _, e := range p.endpoints {
		verb, pattern, ok := strings.Cut(e.ID, " ")
		if e.Protocol != "http" || !ok || verb != "*" && method != "*" && verb != method {
			continue
		}
		if n, ok := fits(pattern, route); ok && n > score {
			best, score = e.ID, n
		}
	}
	return best
}

// fits compares a route with a request's path, segment by segment; holes fit anything. n counts equal segments.
func fits(pattern, route string) (n int, ok bool) {
	a := strings.Split(strings.Trim(pattern, "/"), "/")
	b := strings.Split(strings.Trim(route, "/"), "/")
	if len(a) != len(b) {
		return 0, false
	}
	for i := range a {
		switch {
		case a[i] == b[i]:
			n++
		case strings.HasPrefix(a[i], "{"), strings.Contains(b[i], "{"):
		default:
			return 0, false
		}
	}
	return n, true
}

// byRoute finds the one service that answers a route whose host is not known. Only a route that says enough counts: two
// constant segments or more.
func (l *linker) byRoute(p *process, method, route string) (*process, string) {
	constant := 0
	for _, seg := range strings.Split(strings.Trim(route, "/"), "/") {
		if seg != "" && !strings.Contains(seg, "{") {
			constant++
		}
	}
	if constant < 2 {
		return nil, ""
	}
	var found *process
	id := ""
	for _, t := range l.processes {
		if t == p {
			continue
		}
		if r := t.routeFor(method, route); r != "" {
			if found != nil {
				return nil, ""
			}
			found, id = t, r
		}
	}
	return found, id
}
