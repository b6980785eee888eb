package arch

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// hardCoded lists the addresses of other services and of databases that stand in the code: no flag, environment variable
// or configuration file can change them, so the same build cannot run at another place. Public addresses of others are
// not meant: those are the same everywhere.
func (l *linker) hardCoded(p *process) []Boundary {
	type key struct{ to, address string }
	var out []Boundary
	at := map[key]int{}
	for _, fl := range p.flows {
		for _, e := range fl.effects {
			var addresses []text
			to := e.To
			switch e.Kind {
			case KindCall:
				addresses = slices.Concat(e.targets, e.urls)
			case KindData:
				if e.Store == "sqlite" || e.Store == "memory" {
					continue
				}
				addresses, to = e.dsn, e.Store
			}
			address, ok := codedAddress(addresses, e.Protocol == "grpc" && l.process(to) != nil)
			if !ok {
				continue
			}
			if e.Kind == KindCall {
				address, _, _ = strings.Cut(address, "/") // the path is the endpoint's
			}
			k := key{to, address}
			i, known := at[k]
			if !known {
				i = len(out)
				at[k] = i
				services := []string{p.Name}
				what := "the " + e.Store + " database"
				if e.Kind == KindCall {
					services, what = append(services, e.To), e.To
				}
				b := Boundary{Kind: "hard-coded-endpoint", Services: services, Subject: address,
					Why: fmt.Sprintf("the address of %s, %s, stands in the code of %s: no flag, variable or file can change it", what, address, p.Name)}
				for _, at := range p.spelled(address) {
					b.Steps = append(b.Steps, Step{Service: p.Name, Pos: at, What: "the address is a constant here"})
				}
				out = append(out, b)
			}
			at := p.dialled(e)
			if !slices.Contains(out[i].Sites, at) {
				out[i].Steps = append(out[i].Steps, Step{Service: p.Name, Func: e.Func, Pos: at, What: "it is used here"})
			}
			out[i].Sites = addPos(out[i].Sites, at)
		}
	}
	return out
}

// codedAddress is the address when all that it may be stands in the code. Without a port or scheme it may as well be a
// name that a registry resolves, unless bare says that the protocol takes it for a host.
func codedAddress(ts []text, bare bool) (string, bool) {
	found := ""
	for _, t := range ts {
		s, ok := t.coded()
		if !ok {
			return "", false
		}
		if scheme, _, ok := strings.Cut(s, "://"); ok && discovery(scheme) {
			return "", false
		}
		if found == "" && (bare && s != "" || private(s)) {
			found = databaseName(lit(s)) // without user and password
		}
	}
	return found, found != "" && !strings.HasPrefix(found, "bufnet") && !strings.HasPrefix(found, "unix:")
}

// discovery reports whether what follows a scheme is a name that a registry resolves.
func discovery(scheme string) bool {
	switch scheme {
	case "discovery", "consul", "etcd", "nacos", "polaris", "zookeeper", "k8s", "kubernetes", "xds", "direct", "bufnet", "passthrough", "unix":
		return true
	}
	return false
}

// private reports whether an address is one of the deployment's own: a bare host name, this host, or a private network.
func private(s string) bool {
	if s == "" || strings.ContainsAny(s, "{} ") && !strings.Contains(s, "host=") {
		return false
	}
	name := databaseName(lit(s))
	host, _, _ := strings.Cut(name, "/")
	withPort := false
	if h, port, err := net.SplitHostPort(host); err == nil {
		if strings.HasPrefix(port, "-") {
			return false // what a function returns beside its error
		}
		host, withPort = h, port != ""
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsPrivate()
	}
	if host == "localhost" {
		return true
	}
	return host != "" && !strings.Contains(host, ".") && (withPort || strings.Contains(s, "://"))
}

// process is the process of a name.
func (l *linker) process(name string) *process {
	for _, p := range l.processes {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// dialled is where the client of an effect is made, where that is known, else where it is used.
func (p *process) dialled(e *effect) effects.Pos {
	for _, o := range e.client {
		for o = unbox(o); o != nil && o.spec != nil && !o.spec.Parent.IsZero() && o.frame != nil; {
			parents := p.w.expr(o.spec.Parent.Node, site{o.frame, o.val})
			if len(parents) != 1 || parents[0].kind != libObject || parents[0] == o {
				break
			}
			o = parents[0]
		}
		if o != nil && o.kind == libObject && o.frame != nil && o.val >= 0 && int(o.val) < len(o.frame.fn.Calls) {
			return p.written(site{o.frame, o.val})
		}
	}
	return e.Site
}

// spelled lists where an address stands in the code that the process is built of, as an argument or in an assignment.
// Where that is many places, none of them says which.
func (p *process) spelled(address string) []effects.Pos {
	const most = 3
	var at []effects.Pos
	host, _, _ := strings.Cut(address, "/")
	for pkg := range p.packages() {
		ps := p.w.prog.pkgs[pkg]
		if ps.Outside {
			continue
		}
		for _, f := range ps.Funcs {
			holds := func(v int32) bool { return v >= 0 && spells(f, v, host, 3) }
			for i := range f.Calls {
				if slices.ContainsFunc(f.Calls[i].Args, holds) && f.Calls[i].Pos.IsValid() {
					at = addPos(at, f.Calls[i].Pos)
				}
			}
			for i := range f.Stores {
				if holds(f.Stores[i].Val) && f.Stores[i].Pos.IsValid() {
					at = addPos(at, f.Stores[i].Pos)
				}
			}
		}
	}
	if len(at) > most {
		return nil
	}
	return at
}

// spells reports whether a value is a text that holds another, written where the value is used.
func spells(f *effects.Func, v int32, s string, depth int) bool {
	switch val := &f.Values[v]; val.Op {
	case effects.OpConst:
		return strings.Contains(val.Str, s)
	case effects.OpConvert, effects.OpIface, effects.OpBinary, effects.OpList:
		return depth > 0 && slices.ContainsFunc(val.Args, func(a int32) bool { return a >= 0 && spells(f, a, s, depth-1) })
	}
	return false
}
