// Package strictyaml holds a YAML document against the Go type that it will be decoded into, and says every mistake with
// its place: a key that the type does not have, with the one that was perhaps meant, a key given twice, a value of another
// form. The YAML library's own check stops at the first mistake and knows neither columns nor what the author may have
// meant. Library models and .svclint.yml are read through it.
//
// Keys are those of the yaml struct tags; a field with the tag "-" is none. Where one Go type has several written forms (a
// text or a list of texts) it either implements Form, or has only an UnmarshalYAML, whose error is then the mistake.
package strictyaml

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/spelling"
)

// Form is implemented by types (or pointers to them) that check their written form themselves.
type Form interface {
	CheckYAML(c *Checker, n *yaml.Node)
}

// Checker collects the mistakes of one file.
type Checker struct {
	file  string
	words map[string][]string
	errs  []error
}

// NewChecker makes a checker for a file. Words are the values that a field may have, by "Type.Field"; fields that are not
// in it may have any.
func NewChecker(file string, words map[string][]string) *Checker {
	return &Checker{file: file, words: words}
}

// Parse reads the one document of a YAML file. It is nil where the file holds nothing but comments.
func Parse(file string, text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, syntaxError(file, err)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)

// syntaxError puts the line where other errors have it. The YAML library knows no column.
func syntaxError(file string, err error) error {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%s:%s: not YAML: %s", file, m[1], m[2])
	}
	return fmt.Errorf("%s: not YAML: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
}

// Pos is the place of a node, as file:line:column.
func (c *Checker) Pos(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", c.file, n.Line, n.Column)
}

// Errorf notes a mistake at a node.
func (c *Checker) Errorf(n *yaml.Node, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: %s", c.Pos(n), fmt.Sprintf(format, args...)))
}

// Note takes over mistakes that somebody else found.
func (c *Checker) Note(err error) {
	if err != nil {
		c.errs = append(c.errs, err)
	}
}

// Len is how many mistakes there are so far.
func (c *Checker) Len() int { return len(c.errs) }

// Err is all mistakes, one per line, nil if there are none.
func (c *Checker) Err() error { return errors.Join(c.errs...) }

// Check holds a node against a type.
func (c *Checker) Check(n *yaml.Node, t reflect.Type) {
	n = Target(n)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := reflect.New(t).Interface().(type) {
	case Form:
		v.CheckYAML(c, n)
		return
	case yaml.Unmarshaler:
		if err := v.UnmarshalYAML(n); err != nil {
			c.Errorf(n, "%v", err)
		}
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		c.checkStruct(n, t)
	case reflect.Map:
		for _, value := range c.Pairs(n, "keys and values") {
			c.Check(value, t.Elem())
		}
	case reflect.Slice:
		for _, e := range c.Elements(n, "a list") {
			c.Check(e, t.Elem())
		}
	default:
		if n.Kind != yaml.ScalarNode {
			c.Errorf(n, "expected one value")
		} else if err := n.Decode(reflect.New(t).Interface()); err != nil {
			c.Errorf(n, "expected %s, not %q", kindName(t.Kind()), n.Value)
		}
	}
}

// Pairs goes over the keys and values of a mapping, and notes keys that come twice. Want says what was expected, for where
// n is no mapping; an empty value is an empty mapping.
func (c *Checker) Pairs(n *yaml.Node, want string) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if n = Target(n); n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
			return
		}
		if n.Kind != yaml.MappingNode {
			c.Errorf(n, "expected %s", want)
			return
		}
		lines := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if line, twice := lines[key.Value]; twice {
				c.Errorf(key, "key %q stands twice, the first time in line %d", key.Value, line)
				continue
			}
			lines[key.Value] = key.Line
			if !yield(key, value) {
				return
			}
		}
	}
}

// Elements are those of a list; want says what was expected, for where n is none. An empty value is an empty list.
func (c *Checker) Elements(n *yaml.Node, want string) []*yaml.Node {
	if n = Target(n); n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		c.Errorf(n, "expected %s", want)
		return nil
	}
	return n.Content
}

func (c *Checker) checkStruct(n *yaml.Node, t reflect.Type) {
	known := Keys(t)
	for key, value := range c.Pairs(n, "keys: "+strings.Join(known, ", ")) {
		field, ok := fieldOf(t, key.Value)
		if !ok {
			c.UnknownKey(key, known)
			continue
		}
		if words := c.words[t.Name()+"."+field.Name]; words != nil && !slices.Contains(words, Target(value).Value) {
			c.Errorf(value, "unknown %s %q: there are %s", key.Value, value.Value, strings.Join(words, ", "))
		}
		c.Check(value, field.Type)
	}
}

// UnknownKey notes a key that does not exist, with the one that was perhaps meant.
func (c *Checker) UnknownKey(key *yaml.Node, known []string) {
	if near := spelling.Nearest(key.Value, known); near != "" {
		c.Errorf(key, "unknown key %q: did you mean %q?", key.Value, near)
	} else {
		c.Errorf(key, "unknown key %q: there are %s", key.Value, strings.Join(known, ", "))
	}
}

// Text is the text of a node that must be one; want says of what.
func (c *Checker) Text(n *yaml.Node, want string) (string, bool) {
	if n = Target(n); n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Value == "" {
		c.Errorf(n, "expected %s", want)
		return "", false
	}
	return n.Value, true
}

// Target is what a node stands for: the node itself, or that of its anchor.
func Target(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Value gives the value of a key, an empty node where there is none.
func Value(n *yaml.Node, key string) *yaml.Node {
	n = Target(n)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return Target(n.Content[i+1])
		}
	}
	return &yaml.Node{}
}

// Keys lists the keys that a struct has.
func Keys(t reflect.Type) []string {
	var keys []string
	for f := range Fields(t) {
		keys = append(keys, Key(f))
	}
	return keys
}

// Key is a field's key.
func Key(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return key
}

// Fields goes over the fields of a struct that have a key.
func Fields(t reflect.Type) iter.Seq[reflect.StructField] {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && Key(f) != "-" && !yield(f) {
				return
			}
		}
	}
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for f := range Fields(t) {
		if Key(f) == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// kindName says in words what a scalar was expected to be.
func kindName(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String:
		return "text"
	}
	return "a " + k.String()
}
