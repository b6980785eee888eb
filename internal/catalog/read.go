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

	"github.com/svclint/svclint/internal/strictyaml"
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
	// Naming is how these libraries name the table of a Go type that Data names by type(X): gorm (the default), bun, gopg,
	// xorm, beego or gorp.
	Naming string `yaml:"naming"`
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
	n, err := strictyaml.Parse(file, text)
	if err != nil {
		return nil, err
	}
	if n == nil {
		return nil, fmt.Errorf("%s: empty: expected packages and models", file)
	}
	return ReadNode(file, n)
}

// ReadNode is Read for a part of a YAML file, such as the models of a .svclint.yml.
func ReadNode(file string, n *yaml.Node) (*Family, error) {
	r := &reader{strictyaml.NewChecker(file, vocabulary)}
	r.Check(n, reflect.TypeFor[Family]())
	if err := r.Err(); err != nil {
		return nil, err
	}
	f := &Family{Name: strings.TrimSuffix(path.Base(file), path.Ext(file))}
	if err := n.Decode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	nodes := strictyaml.Value(n, "models").Content
	var models []*Model
	for i, m := range f.Models {
		models = append(models, r.expand(f, m, nodes[i])...)
	}
	f.Models = models
	return f, r.Err()
}

// A reader collects the mistakes of one file.
type reader struct {
	*strictyaml.Checker
}

// vocabulary holds the words that the passes compare with. Stores, brokers, libraries and kinds of objects are open: a
// repository may have its own.
var vocabulary = map[string][]string{
	"Endpoint.Protocol":   protocols,
	"Serve.Protocol":      {"http", "grpc", "thrift", "rpc", "consumer", "cron", "worker"},
	"Call.Protocol":       protocols,
	"Instrument.Protocol": {"http", "grpc", "thrift", "rpc", "sql", "mongo", "redis", "memcached", "kafka", "amqp", "nats", "aws", "gcp", "elasticsearch"},
	"Family.Naming":       {"gorm", "bun", "gopg", "xorm", "beego", "gorp"},
	"Data.Op":             {"read", "write", "ddl", "tx"},
	"Tracer.Step":         {"provider", "global", "exporter", "propagator"},
	"Span.Step":           {"start", "end", "error"},
	"Instrument.Side":     {"server", "client", "db", "messaging", "any"},
	"Context.Origin":      {"background", "todo", "request", "derived", "detached", "linked"},
	"Fill.Kept":           {"value", "default"},
}

// Vocabulary gives the words that a field of a model may have, by "Type.Field"; fields that are not in it may have any.
func Vocabulary() map[string][]string { return vocabulary }

var protocols = []string{"http", "grpc", "thrift", "rpc"}

// expand makes one model per symbol.
func (r *reader) expand(f *Family, m *Model, n *yaml.Node) []*Model {
	written := slices.Clone(m.Funcs)
	if m.Func != "" {
		written = append(written, m.Func)
	}
	if (len(written) > 0) == (m.Value != "") {
		r.Errorf(n, "a model has either func (or funcs) or value")
		return nil
	}
	if m.Value != "" {
		written = append(written, m.Value)
	}
	if !m.says() {
		r.Errorf(n, "the model of %s says nothing: give it a shape, or a note why it has none", written[0])
		return nil
	}
	var models []*Model
	for _, w := range written {
		symbols, err := braces(w)
		if err != nil {
			r.Errorf(n, "%v", err)
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
		r.Errorf(n, "symbol %q: expected alias.Func, alias.Type.Method or, for a value, alias.Var", symbol)
		return nil
	}
	paths := f.Packages[alias]
	if len(paths) == 0 {
		r.Errorf(n, "symbol %q: there is no package %s in packages", symbol, alias)
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
		one.Quiet = m.onlyNoted()
		one.Family, one.Naming, one.Pos, one.written = f.Name, f.Naming, r.Pos(n), symbol
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

func (m *Model) onlyNoted() bool {
	shapes := *m
	shapes.Note = ""
	return !shapes.says()
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
