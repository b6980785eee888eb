package arch

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// What a library puts into a variable comes from a configuration file, or from a request, a response, a message or a row. Only
// the first has the values that the repository's files have: a request body that happens to have a field name has not.

// source says where bytes, or what reads them, come from. Of several sources the greatest counts.
type source int

const (
	noSource   source = iota
	codeSource        // a text of the code
	someSource        // not known
	dataSource        // what comes in while the service runs
	fileSource        // a file
)

// holdsConfig reports whether a variable can be seen to be filled from a file, or is at least filled by a library that is given
// nothing else, before any request comes in.
func (w *world) holdsConfig(o *object) bool {
	if len(w.fillings[o]) > 0 {
		return true
	}
	if known, ok := w.readers[o]; ok {
		return known
	}
	w.readers[o] = false // around in a circle
	var best source
	plausible := false
	for _, t := range w.takersOf(o) {
		s := w.fills(t)
		best = max(best, s)
		plausible = plausible || s == someSource && !t.forRequest()
	}
	reads := best == fileSource || best < dataSource && plausible
	w.readers[o] = reads
	return reads
}

// taking is the call of a library that gets the address of a variable, as an argument.
type taking struct {
	site
	arg int
}

// forRequest reports whether a call is made for a request or message.
func (t taking) forRequest() bool {
	for f := t.frame; f != nil; f = f.parent {
		if f.entry {
			return true
		}
	}
	return false
}

// takersOf lists the calls of libraries that get the address of a variable, directly or through functions of the program.
func (w *world) takersOf(o *object) []taking {
	var out []taking
	switch o.kind {
	case allocObject:
		w.follow(o.frame, o.val, 0, &out)
	case globalObject:
		for _, fn := range w.prog.handing[o.name] {
			for _, f := range slices.Clone(w.framesOf[fn]) {
				w.followGlobal(f, o.name, &out)
			}
		}
	}
	return out
}

func (w *world) followGlobal(f *frame, name string, out *[]taking) {
	for v := range f.fn.Values {
		if val := &f.fn.Values[v]; val.Op == effects.OpGlobal && val.Str == name {
			w.follow(f, int32(v), 0, out)
		}
	}
}

func (w *world) follow(f *frame, v int32, depth int, out *[]taking) {
	if depth > maxNesting {
		return
	}
	for i := range f.fn.Calls {
		c := &f.fn.Calls[i]
		for j, arg := range c.Args {
			if !f.fn.addresses(arg, v) || c.Callee == "" && c.Iface == "" {
				continue
			}
			t := w.targets(f, int32(i))
			for _, child := range t.frames {
				w.followInto(child, operand{frame: f, val: arg}, depth, out)
			}
			if len(t.frames) == 0 && !(c.Recv && j == 0) {
				*out = append(*out, taking{site{f, int32(i)}, j})
			}
		}
	}
}

// followInto goes on in a function that gets an address as a parameter.
func (w *world) followInto(f *frame, arg operand, depth int, out *[]taking) {
	for n, p := range f.params {
		if p.frame != arg.frame || p.val != arg.val {
			continue
		}
		for v := range f.fn.Values {
			if val := &f.fn.Values[v]; val.Op == effects.OpParam && int(val.N) == n {
				w.follow(f, int32(v), depth+1, out)
			}
		}
	}
}

// addresses reports whether an argument is the address of a variable, or of a part of it.
func (fn *function) addresses(arg, variable int32) bool {
	arg = fn.addressed(arg)
	val := &fn.Values[arg]
	return arg == variable || val.Op == effects.OpList && slices.ContainsFunc(val.Args, func(e int32) bool { return fn.addresses(e, variable) })
}

// globalBehind is the package variable that a value is the address of, or of a part of.
func (fn *function) globalBehind(v int32) string {
	if val := &fn.Values[fn.addressed(v)]; val.Op == effects.OpGlobal {
		return val.Str
	}
	return ""
}

// fills says where a library has from what it puts into a variable; noSource where the call puts nothing there.
func (w *world) fills(t taking) source {
	symbol := calledSymbol(t.frame.fn, t.info())
	models := w.prog.lookup(symbol)
	if slices.ContainsFunc(models, func(m *catalog.Model) bool { return m.Fill != nil }) {
		return fileSource
	}
	if hasEffect(models) {
		return dataSource
	}
	if isStandard(symbol) && !strings.HasPrefix(symbol, "encoding/") {
		return noSource // prints it, or scans a line
	}
	from := w.otherSources(t, 0)
	switch {
	case from >= dataSource:
		return from
	case len(models) > 0:
		return noSource // something else is known of it
	case from == codeSource:
		return noSource // a text that the code holds or formats
	}
	return someSource
}

// otherSources says where what a call gets beside a variable comes from.
func (w *world) otherSources(t taking, depth int) source {
	var best source
	c := t.info()
	for j, arg := range c.Args {
		if j == t.arg || c.Ctx == int16(j) {
			continue
		}
		for _, o := range w.eval(t.frame, arg) {
			best = max(best, w.sourceOf(o, depth+1))
		}
	}
	return best
}

// sourceOf says where bytes, or what reads them, come from.
func (w *world) sourceOf(o *object, depth int) source {
	if depth > maxNesting {
		return someSource
	}
	for o.kind == ptrObject || o.kind == boxedObject {
		o = o.base
	}
	switch o.kind {
	case nilObject, funcObject:
		return noSource
	case textObject:
		return w.sourceOfText(o.text)
	case entryObject:
		return dataSource
	case allocObject:
		best := noSource
		for _, t := range w.takersOf(o) {
			best = max(best, w.given(t, depth))
		}
		if best != noSource {
			return best
		}
	case unknownObject:
		if o.frame != nil && o.name == "call" {
			return max(someSource, w.otherSources(taking{site{o.frame, o.val}, -1}, depth))
		}
	case libObject:
		return w.sourceOfResult(o, depth)
	}
	return someSource
}

// given says where what a call puts into a variable comes from, also where it only copies: io.Copy(&buf, file).
func (w *world) given(t taking, depth int) source {
	models := w.prog.lookup(calledSymbol(t.frame.fn, t.info()))
	if hasEffect(models) {
		return dataSource
	}
	return w.otherSources(t, depth)
}

// sourceOfResult says where what a library call gives has come from: what the call is known to do, else what it is given.
func (w *world) sourceOfResult(o *object, depth int) source {
	if o.spec != nil {
		if o.spec.Kind == "config" || o.spec.Kind == "file" {
			return fileSource
		}
		return dataSource // a client, a request, a cursor
	}
	if o.frame == nil {
		return someSource
	}
	at := site{o.frame, o.val}
	symbol := calledSymbol(at.frame.fn, at.info())
	if opensFile(symbol) {
		return fileSource
	}
	if hasEffect(w.prog.lookup(symbol)) {
		return dataSource
	}
	return max(someSource, w.otherSources(taking{at, -1}, depth))
}

// configName is what names of configuration files end in.
var configName = regexp.MustCompile(`(?i)\.(ya?ml|json|toml|ini|conf|cfg|env|properties)$`)

func (w *world) sourceOfText(t text) source {
	s, ok := t.constant()
	switch {
	case ok && configName.MatchString(path.Base(s)) && !strings.ContainsAny(s, " {\n"):
		return fileSource
	case ok:
		return codeSource
	}
	return someSource // the name of a file, or its text
}

// isStandard reports whether a function is in Go's standard library, whose import paths have no dot in their first element.
func isStandard(symbol string) bool {
	first, _, nested := strings.Cut(symbol, "/")
	if !nested {
		pkg, name, _ := strings.Cut(symbol, ".")
		return name != "" && pkg != "main"
	}
	return !strings.Contains(first, ".")
}

// opensFile reports whether a function of the standard library reads or opens a file.
func opensFile(symbol string) bool {
	switch symbol {
	case "os.ReadFile", "os.Open", "os.OpenFile", "io/ioutil.ReadFile", "io/fs.ReadFile", "io/fs.FS.Open", "io/fs.ReadFileFS.ReadFile",
		"embed.FS.ReadFile", "embed.FS.Open", "os.Root.Open", "os.Root.ReadFile":
		return true
	}
	return false
}
