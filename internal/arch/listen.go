package arch

import (
	"net"
	"slices"
	"strings"
)

// Where a process listens, and the names under which it tells a registry about itself, as far as its code says: a caller
// on the same machine knows its port, one that asks a registry knows its name.

// ports are the ports that the process's servers listen on.
func (p *process) ports() []string {
	var out []string
	for _, sm := range p.w.found.serves {
		s := sm.model.Serve
		addrs := p.w.expr(s.Addr.Node, sm.site)
		for _, o := range append(slices.Clone(addrs), p.w.expr(s.Handler.Node, sm.site)...) {
			if u := unbox(o); u.kind != textObject {
				addrs = add(addrs, p.w.attr(o, "addr")) // a listener, or a server that was made with its address
			}
		}
		for _, t := range p.w.texts(addrs) {
			addr, ok := p.fill(t).constant()
			if !ok {
				continue
			}
			if _, port, err := net.SplitHostPort(addr); err == nil && port != "" && port != "0" && !slices.Contains(out, port) {
				out = append(out, port)
			}
		}
	}
	return out
}

// announced are the names under which the process registers itself.
func (p *process) announced() []string {
	var out []string
	for _, sm := range p.w.found.announces {
		for _, t := range p.w.texts(p.w.expr(sm.model.Announce.Name.Node, sm.site)) {
			if name, ok := p.fill(t).constant(); ok && name != "" && !slices.Contains(out, name) {
				// Of a path, as in etcd, resolvers' targets end in the same name.
				name = strings.Trim(strings.ToLower(name), "/")
				out = append(out, name[strings.LastIndexByte(name, '/')+1:])
			}
		}
	}
	return out
}

// hostNames maps the names under which processes are reached: those that manifests give, then those that they register
// themselves under, then localhost:port where one process listens on the port.
func (l *linker) hostNames() map[string]*process {
	hosts := map[string]*process{}
	for _, p := range l.processes {
		hosts[strings.ToLower(p.Name)] = p
		for _, h := range p.Hosts {
			hosts[h] = p
		}
	}
	// A name that two processes have is neither's.
	unique := func(names func(*process) []string) {
		by := map[string][]*process{}
		for _, p := range l.processes {
			for _, name := range names(p) {
				if !slices.Contains(by[name], p) {
					by[name] = append(by[name], p)
				}
			}
		}
		for name, ps := range by {
			if hosts[name] == nil && len(ps) == 1 {
				hosts[name] = ps[0]
			}
		}
	}
	unique((*process).announced)
	unique(func(p *process) []string {
		var out []string
		for _, port := range p.ports() {
			out = append(out, "localhost:"+port)
		}
		return out
	})
	return hosts
}

// localPort is localhost:port for an address on the same machine, "" for any other.
func localPort(t text) string {
	port, ok := loopback(t)
	if !ok || port == "" || strings.ContainsAny(port, "{}") {
		return ""
	}
	return "localhost:" + port
}

// loopback reports whether an address is on the same machine, and its port, which may not be known.
func loopback(t text) (port string, ok bool) {
	s := t.String()
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = strings.TrimPrefix(rest, "/") // passthrough:///localhost:80
	}
	host, port, err := net.SplitHostPort(firstSegment(s))
	if err != nil {
		return "", false
	}
	ip := net.ParseIP(host)
	return port, host == "" || strings.EqualFold(host, "localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// firstSegment is the part of an address before its path and query.
func firstSegment(s string) string {
	if i := strings.IndexAny(s, "/?"); i >= 0 {
		return s[:i]
	}
	return s
}
