package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/strictyaml"
)

// Name is that of the file, at the top of a repository or of a part of it that is analysed by itself.
const Name = ".svclint.yml"

// SchemaURL is where editors find the JSON Schema of the file.
const SchemaURL = "https://raw.githubusercontent.com/svclint/svclint/main/docs/svclint.schema.json"

// maxSize is the size in bytes above which a file is no configuration that a person wrote.
const maxSize = 1 << 20

// Config is a .svclint.yml.
type Config struct {
	// Services names main packages, and says which are none.
	Services Services `yaml:"services"`
	// Owners says whose a table, collection, cache key, topic or database is.
	Owners Owners `yaml:"owners"`
	// Budgets are the thresholds of rules.
	Budgets Budgets `yaml:"budgets"`
	// SLO is the availability in percent that services promise.
	SLO SLO `yaml:"slo"`
	// Severities changes how severe a rule, or every rule of a pass, is.
	Severities Severities `yaml:"severities"`
	// Packages gives the import paths that an alias in models stands for.
	Packages map[string]catalog.Paths `yaml:"packages"`
	// Models says what functions of the organisation's own libraries mean, in the form of the built-in models.
	Models []*catalog.Model `yaml:"models"`
	// FirstParty lists prefixes of module paths that are read in full, although they are dependencies.
	FirstParty Prefixes `yaml:"first-party"`
	// Ignore lists findings that are left as they are.
	Ignore []Ignore `yaml:"ignore"`

	// File is the file, relative to the repository root once the analysis has begun; for messages.
	File string `yaml:"-"`
	// Family is Models as the catalog takes them, nil without models.
	Family *catalog.Family `yaml:"-"`
}

// Place is where something stands in the file; lines and columns count from 1.
type Place struct {
	Line, Col int
}

func placeOf(n *yaml.Node) Place { return Place{n.Line, n.Column} }

// Pos is a place as findings and problems have it.
func (c *Config) Pos(at Place) effects.Pos {
	return effects.Pos{File: c.File, Line: at.Line, Col: at.Col}
}

// Error is a mistake in the configuration, or several, one per line: the user's to mend before anything can be analysed.
type Error struct{ err error }

func (e *Error) Error() string { return e.err.Error() }
func (e *Error) Unwrap() error { return e.err }

// IsError reports whether an error says that the configuration is wrong.
func IsError(err error) bool {
	var e *Error
	return errors.As(err, &e)
}

// errorAt is a mistake at a place of the file.
func (c *Config) errorAt(at Place, format string, args ...any) error {
	return fmt.Errorf("%s: %s", c.Pos(at), fmt.Sprintf(format, args...))
}

// wrong makes an Error of mistakes; nil of none.
func wrong(errs ...error) error {
	if err := errors.Join(errs...); err != nil {
		return &Error{err}
	}
	return nil
}

// Find is the configuration of a directory: the file in it, or in the nearest directory above, up to top; "" if there is
// none. Both are absolute, or both relative to the current directory.
func Find(dir, top string) (string, error) {
	for {
		file := filepath.Join(dir, Name)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
		if other := filepath.Join(dir, ".svclint.yaml"); exists(other) {
			return "", wrong(fmt.Errorf("%s: the file is called %s: rename it", other, Name))
		}
		up := filepath.Dir(dir)
		if dir == top || up == dir {
			return "", nil
		}
		dir = up
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// Load reads a file. Shown is how messages name it.
func Load(file, shown string) (*Config, error) {
	info, err := os.Stat(file)
	if err == nil && info.Size() > maxSize {
		return nil, wrong(fmt.Errorf("%s: is %d MB large: a configuration has at most %d", shown, info.Size()>>20, maxSize>>20))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		var reason *os.PathError
		if errors.As(err, &reason) {
			err = reason.Err
		}
		return nil, wrong(fmt.Errorf("%s: cannot be read: %w", shown, err))
	}
	return Read(shown, text)
}

// Read reads the text of a file. All mistakes are reported at once, one per line, as file:line:column: what is wrong. A
// file without content is a Config with the defaults.
func Read(file string, text []byte) (*Config, error) {
	cfg := &Config{File: file, Budgets: DefaultBudgets(), SLO: SLO{Default: DefaultAvailability}}
	doc, err := strictyaml.Parse(file, text)
	if err != nil {
		return nil, wrong(err)
	}
	if doc == nil || doc.Tag == "!!null" {
		return cfg, nil
	}
	c := strictyaml.NewChecker(file, catalog.Vocabulary())
	c.Check(doc, reflect.TypeFor[Config]())
	mistakes := c.Len()
	if models := strictyaml.Value(doc, "models"); models.Kind == yaml.SequenceNode {
		// A mistake in the form of a model was said above, with its place; it is not said twice.
		family, err := catalog.ReadNode(file, familyOf(doc))
		if err == nil {
			cfg.Family = family
		} else if mistakes == 0 || !formMistake(file, doc) {
			c.Note(err)
		}
	}
	if c.Len() > 0 {
		return nil, wrong(c.Err())
	}
	if err := doc.Decode(cfg); err != nil {
		return nil, wrong(fmt.Errorf("%s: %w", file, err))
	}
	return cfg, nil
}

// familyOf is the part of the document that is a family of models.
func familyOf(doc *yaml.Node) *yaml.Node {
	family := &yaml.Node{Kind: yaml.MappingNode, Line: doc.Line, Column: doc.Column}
	for i := 0; i+1 < len(doc.Content); i += 2 {
		switch doc.Content[i].Value {
		case "packages", "models":
			family.Content = append(family.Content, doc.Content[i], doc.Content[i+1])
		}
	}
	return family
}

// formMistake reports whether the models themselves are not in the form that they have to be in.
func formMistake(file string, doc *yaml.Node) bool {
	c := strictyaml.NewChecker(file, catalog.Vocabulary())
	c.Check(familyOf(doc), reflect.TypeFor[catalog.Family]())
	return c.Len() > 0
}
