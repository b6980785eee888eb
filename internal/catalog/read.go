package catalog

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/module"
)

//go:embed models/*.yaml
var modelFiles embed.FS

// Family is one file of models.
type Family struct {
	// About says in a sentence or two what the libraries are, and what is special about reading them.
	About string `yaml:"about"`
	// Packages gives the import paths that an alias stands for; one model then serves all of them. A path without major
	// version stands for every major that has no models of its own, a path with one for that one only.
	Packages map[string]Paths `yaml:"packages"`
	// Modules are the module versions that the models were checked against, as path@version: one or more of each major
	// version that they are meant for. make verify-models does it again. The standard library needs none.
	Modules Versions `yaml:"modules"`
	// Unavailable are modules that cannot be downloaded any more, and why: what is said of them is checked by nothing.
	Unavailable map[string]string `yaml:"unavailable"`
	Models      []*Model          `yaml:"models"`

	Name string `yaml:"-"` // of the file, without its ending
}

// Paths is one import path or a list of them.
type Paths []string

// UnmarshalYAML takes one path or a list.
func (p *Paths) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*p = Paths{n.Value}
		return nil
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		return fmt.Errorf("expected an import path or a list of them")
	}
	*p = list
	return nil
}

// Versions is a list of module versions.
type Versions []module.Version

// UnmarshalYAML takes a list of path@version.
func (v *Versions) UnmarshalYAML(n *yaml.Node) error {
	var list []string
	if err := n.Decode(&list); err != nil {
		return errors.New("expected a list of path@version")
	}
	for _, s := range list {
		path, version, _ := strings.Cut(s, "@")
		if err := module.Check(path, version); err != nil {
			return fmt.Errorf("%q: expected a module's path@version: %w", s, err)
		}
		*v = append(*v, module.Version{Path: path, Version: version})
	}
	return nil
}

// Builtin reads the models that are part of svclint. An error is a mistake in svclint.
func Builtin() (*Catalog, error) {
	families, err := BuiltinFamilies()
	if err != nil {
		return nil, err
	}
	return New(families...), nil
}

// BuiltinFamilies reads the files of Builtin, in the order of their names.
func BuiltinFamilies() ([]*Family, error) {
	entries, err := modelFiles.ReadDir("models")
	if err != nil {
		return nil, err
	}
	families := make([]*Family, len(entries))
	errs := make([]error, len(entries))
	var wg sync.WaitGroup
	for i, e := range entries {
		wg.Go(func() {
			text, err := modelFiles.ReadFile("models/" + e.Name())
			if err == nil {
				families[i], err = Read("models/"+e.Name(), text)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return families, errors.Join(errs...)
}

// Read reads a file of models. The models that it gives have one canonical symbol each. All mistakes of the file are
// reported at once, one per line, as file:line:column: what is wrong.
func Read(file string, text []byte) (*Family, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) == 0 {
		return nil, fmt.Errorf("%s: empty: expected packages and models", file)
	}
	return ReadNode(file, doc.Content[0])
}

// ReadNode is Read for a part of a YAML file, such as the models of a .svclint.yml.
func ReadNode(file string, n *yaml.Node) (*Family, error) {
	r := &reader{file: file}
	r.keys(n, reflect.TypeFor[Family]())
	if len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	f := &Family{Name: strings.TrimSuffix(path.Base(file), path.Ext(file))}
	if err := n.Decode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	nodes := child(n, "models").Content
	var models []*Model
	for i, m := range f.Models {
		models = append(models, r.expand(f, m, nodes[i])...)
	}
	f.Models = models
	return f, errors.Join(r.errs...)
}

// A reader collects the mistakes of one file.
type reader struct {
	file string
	errs []error
}

func (r *reader) pos(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", r.file, n.Line, n.Column)
}

func (r *reader) errorf(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s: %s", r.pos(n), fmt.Sprintf(format, args...)))
}

// keys holds the keys and the form of n against the type that it will be decoded into. yaml's own check knows neither
// columns nor what the author may have meant.
func (r *reader) keys(n *yaml.Node, t reflect.Type) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Expr]():
		var e Expr
		if err := e.UnmarshalYAML(n); err != nil {
			r.errorf(n, "%v", err)
		}
	case t == reflect.TypeFor[Versions]():
		var v Versions
		if err := v.UnmarshalYAML(n); err != nil {
			r.errorf(n, "%v", err)
		}
	case t == reflect.TypeFor[Paths]():
		var p Paths
		if err := p.UnmarshalYAML(n); err != nil {
			r.errorf(n, "%v", err)
		}
	case t.Kind() == reflect.Struct:
		r.structKeys(n, t)
	case t.Kind() == reflect.Map:
		if n.Kind != yaml.MappingNode {
			r.errorf(n, "expected keys and values")
			return
		}
		for i := 1; i < len(n.Content); i += 2 {
			r.keys(n.Content[i], t.Elem())
		}
	case t.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			r.errorf(n, "expected a list")
			return
		}
		for _, c := range n.Content {
			r.keys(c, t.Elem())
		}
	default:
		if n.Kind != yaml.ScalarNode {
			r.errorf(n, "expected one value")
		} else if err := n.Decode(reflect.New(t).Interface()); err != nil {
			r.errorf(n, "expected a %s, not %q", t.Kind(), n.Value)
		}
	}
}

func (r *reader) structKeys(n *yaml.Node, t reflect.Type) {
	if n.Kind != yaml.MappingNode {
		r.errorf(n, "expected keys: %s", strings.Join(structKeys(t), ", "))
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		field, ok := structField(t, key.Value)
		if !ok {
			known := structKeys(t)
			if near := nearest(key.Value, known); near != "" {
				r.errorf(key, "unknown key %q: did you mean %q?", key.Value, near)
			} else {
				r.errorf(key, "unknown key %q: there are %s", key.Value, strings.Join(known, ", "))
			}
			continue
		}
		if allowed := vocabulary[t.Name()+"."+field.Name]; allowed != nil && !slices.Contains(allowed, value.Value) {
			r.errorf(value, "unknown %s %q: there are %s", key.Value, value.Value, strings.Join(allowed, ", "))
		}
		r.keys(value, field.Type)
	}
}

func structKeys(t reflect.Type) []string {
	var keys []string
	for f := range fields(t) {
		keys = append(keys, f.Tag.Get("yaml"))
	}
	return keys
}

func structField(t reflect.Type, key string) (reflect.StructField, bool) {
	for f := range fields(t) {
		if f.Tag.Get("yaml") == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && f.Tag.Get("yaml") != "-" && !yield(f) {
				return
			}
		}
	}
}

// vocabulary holds the words that the passes compare with. Stores, brokers, libraries and kinds of objects are open: a
// repository may have its own.
var vocabulary = map[string][]string{
	"Endpoint.Protocol":   protocols,
	"Serve.Protocol":      {"http", "grpc", "thrift", "rpc", "consumer", "cron", "worker"},
	"Call.Protocol":       protocols,
	"Instrument.Protocol": {"http", "grpc", "thrift", "rpc", "sql", "mongo", "redis", "memcached", "kafka", "amqp", "nats", "aws", "gcp", "elasticsearch"},
	"Data.Op":             {"read", "write", "ddl", "tx"},
	"Tracer.Step":         {"provider", "global", "exporter", "propagator"},
	"Span.Step":           {"start", "end"},
	"Instrument.Side":     {"server", "client", "db", "messaging", "any"},
	"Context.Origin":      {"background", "todo", "request", "derived", "detached"},
}

var protocols = []string{"http", "grpc", "thrift", "rpc"}

// child gives the value of a key.
func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return &yaml.Node{}
}

// expand makes one model per symbol.
func (r *reader) expand(f *Family, m *Model, n *yaml.Node) []*Model {
	written := slices.Clone(m.Funcs)
	if m.Func != "" {
		written = append(written, m.Func)
	}
	if (len(written) > 0) == (m.Value != "") {
		r.errorf(n, "a model has either func (or funcs) or value")
		return nil
	}
	if m.Value != "" {
		written = append(written, m.Value)
	}
	if !m.says() {
		r.errorf(n, "the model of %s says nothing: give it a shape, or a note why it has none", written[0])
		return nil
	}
	var models []*Model
	for _, w := range written {
		symbols, err := braces(w)
		if err != nil {
			r.errorf(n, "%v", err)
			continue
		}
		for _, s := range symbols {
			models = append(models, r.resolve(f, m, s, n)...)
		}
	}
	return models
}

// resolve makes one model per import path of the symbol's alias.
func (r *reader) resolve(f *Family, m *Model, symbol string, n *yaml.Node) []*Model {
	alias, name, ok := strings.Cut(symbol, ".")
	if !ok || name == "" || strings.Count(name, ".") > 1 || m.Value != "" && strings.Contains(name, ".") {
		r.errorf(n, "symbol %q: expected alias.Func, alias.Type.Method or, for a value, alias.Var", symbol)
		return nil
	}
	paths := f.Packages[alias]
	if len(paths) == 0 {
		r.errorf(n, "symbol %q: there is no package %s in packages", symbol, alias)
		return nil
	}
	var models []*Model
	for _, p := range paths {
		one := *m
		one.Funcs, one.Func, one.path = nil, "", p
		if m.Value != "" {
			one.Value = p + "." + name
		} else {
			one.Func = p + "." + name
		}
		one.Family, one.Pos, one.written = f.Name, r.pos(n), symbol
		models = append(models, &one)
	}
	return models
}

// says says that the model has a shape or a note.
func (m *Model) says() bool {
	shapes := *m
	shapes.Func, shapes.Funcs, shapes.Value = "", nil, ""
	return !reflect.ValueOf(shapes).IsZero()
}

// braces expands a{b,c}d to abd and acd, for any number of braces in a row, not nested.
func braces(s string) ([]string, error) {
	before, rest, ok := strings.Cut(s, "{")
	if !ok {
		if strings.Contains(s, "}") {
			return nil, fmt.Errorf("symbol %q: } without {", s)
		}
		return []string{s}, nil
	}
	inside, after, ok := strings.Cut(rest, "}")
	if !ok || strings.Contains(inside, "{") || strings.Contains(before, "}") {
		return nil, fmt.Errorf("symbol %q: expected {a,b}", s)
	}
	tails, err := braces(after)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, choice := range strings.Split(inside, ",") {
		for _, tail := range tails {
			all = append(all, before+strings.TrimSpace(choice)+tail)
		}
	}
	return all, nil
}

// nearest gives the word that s was meant to be, or "" where none is near: at most a third of its letters differ.
func nearest(s string, words []string) string {
	best, distance := "", max(1, len(s)/3)+1
	for _, w := range words {
		if d := edits(strings.ToLower(s), w); d < distance {
			best, distance = w, d
		}
	}
	return best
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
