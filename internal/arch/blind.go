package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// Library is a package that no model knows and that talks to others.
type Library struct {
	Module string // path of its module
	Names  string // the symbol in its source that shows it
}

// dialling are the functions and types of the standard library that connect to somebody and that have no model, because
// what is said over the connection is not known.
var dialling = map[string][]string{
	"net":        {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialUnix", "Dialer"},
	"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
	"net/smtp":   {"Dial", "SendMail", "NewClient"},
}

// Dialling gives the names of a package that show that who names them talks to others: those that dial, and those whose
// models say that they ask a service, touch a store, publish or consume.
func Dialling(cat *catalog.Catalog) func(importPath string) []string {
	marks := map[string][]string{}
	for path, names := range dialling {
		marks[path] = names
	}
	for _, m := range cat.Models() {
		if m.Func == "" || m.Call == nil && m.Data == nil && m.Publish == nil && m.Consume == nil {
			continue
		}
		path := packageOf(m.Func)
		name, method, _ := strings.Cut(strings.TrimPrefix(m.Func, path+"."), ".")
		if method == "RoundTrip" || slices.Contains(marks[path], name) {
			continue // what wraps a client names the interface of one
		}
		marks[path] = append(marks[path], name)
	}
	return func(path string) []string {
		if names := marks[path]; names != nil {
			return names
		}
		return marks[catalog.Canonical(path)]
	}
}

// blindSpots lists the modules of l.in.Libraries that the process asks something of. A call counts when it may fail and neither
// makes nor closes a client: a method, or a function that takes a context where a request gets to it.
func (p *process) blindSpots(libraries map[string]Library) []BlindSpot {
	if len(libraries) == 0 {
		return nil
	}
	prog := p.w.prog
	start := append(prog.initializers(p.main.pkg.Path), p.main)
	var handlers []*function
	for _, e := range p.endpoints {
		if e.root != nil {
			handlers = append(handlers, e.root.fn)
		}
	}
	handling := map[*function]bool{}
	for _, fn := range p.reachable(handlers) {
		handling[fn] = true
	}
	spots := map[string]*BlindSpot{}
	for _, fn := range p.reachable(start) {
		for i := range fn.Calls {
			c := &fn.Calls[i]
			path, name := libraryOf(c.Callee, libraries)
			if path == "" || !fn.fallible(int32(i)) || manages(name) || !c.Recv && !(handling[fn] && c.Ctx >= 0) {
				continue
			}
			l := libraries[path]
			s := spots[l.Module]
			if s == nil {
				s = &BlindSpot{Service: p.Name, Module: l.Module, Why: "it names " + l.Names, Import: prog.imported(path, fn.pkg)}
				spots[l.Module] = s
			}
			if name = path + "." + name; !slices.Contains(s.Calls, name) {
				s.Calls = append(s.Calls, name)
			}
			s.Requests = s.Requests || handling[fn]
			s.Sites = addPos(s.Sites, c.Pos)
		}
	}
	var out []BlindSpot
	for _, module := range sortedKeys(spots) {
		slices.Sort(spots[module].Calls)
		out = append(out, *spots[module])
	}
	return out
}

// reachable lists what may be called from roots, by the types that the service makes: functions that are called or used as
// values, and the methods behind interfaces.
func (p *process) reachable(roots []*function) []*function {
	prog, w := p.w.prog, p.w
	seen := map[*function]bool{}
	var out []*function
	add := func(fn *function) {
		if fn != nil && !seen[fn] {
			seen[fn] = true
			out = append(out, fn)
		}
	}
	for _, fn := range roots {
		add(fn)
	}
	for i := 0; i < len(out); i++ {
		fn := out[i]
		for j := range fn.Calls {
			c := &fn.Calls[j]
			if c.Iface == "" {
				add(fn.callees[j])
				continue
			}
			for _, t := range prog.implementers(c) {
				if w.inst[t.ID] {
					add(prog.funcs[methodOf(t, c.Method).Func])
				}
			}
		}
		for _, v := range fn.Values {
			switch v.Op {
			case effects.OpFunc, effects.OpClosure, effects.OpBound:
				add(prog.funcs[v.Str])
			}
		}
	}
	slices.SortFunc(out, func(a, b *function) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// libraryOf splits the ID of a function of one of libraries into import path and name. The last element of a path may have
// dots.
func libraryOf(id string, libraries map[string]Library) (path, name string) {
	slash := strings.LastIndexByte(id, '/') + 1
	for i := slash; i < len(id); i++ {
		if id[i] == '.' && libraries[id[:i]].Module != "" {
			return id[:i], id[i+1:]
		}
	}
	return "", ""
}

// fallible reports whether a call takes a context or gives an error that the function looks at.
func (fn *function) fallible(call int32) bool {
	return fn.Calls[call].Ctx >= 0 || slices.ContainsFunc(fn.Values, func(v effects.Value) bool {
		return v.Op == effects.OpCall && v.Args[0] == call && v.Type == "error"
	})
}

// manages reports whether a function makes, checks or ends something, by the words that Go uses for it, and so says nothing
// over a connection that is worth knowing.
func manages(name string) bool {
	name = name[strings.LastIndexByte(name, '.')+1:]
	switch name {
	case "Close", "Shutdown", "Stop", "Flush", "ForceFlush", "Sync", "Ping", "Disconnect", "Wait", "Error", "Unwrap", "Validate", "Err":
		return true
	}
	return slices.ContainsFunc([]string{"New", "Must", "Load", "Parse", "With", "From", "Marshal", "Unmarshal"}, func(prefix string) bool {
		rest, ok := strings.CutPrefix(name, prefix)
		return ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z')
	})
}

// imported is where a package is imported: by the package that uses it, else by the first.
func (p *program) imported(path string, by *pkgSummary) effects.Pos {
	for _, imp := range by.Imports {
		if imp.Path == path {
			return imp.Pos
		}
	}
	for _, pkg := range sortedKeys(p.pkgs) {
		for _, imp := range p.pkgs[pkg].Imports {
			if imp.Path == path {
				return imp.Pos
			}
		}
	}
	return effects.Pos{}
}
