package catalog

import (
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	for path, want := range map[string]string{
		"net/http":                              "net/http",
		"github.com/jackc/pgx/v5":               "github.com/jackc/pgx",
		"github.com/jackc/pgx/v5/pgxpool":       "github.com/jackc/pgx/pgxpool",
		"github.com/jackc/pgx/v5.Conn.Query":    "github.com/jackc/pgx.Conn.Query",
		"gopkg.in/yaml.v3":                      "gopkg.in/yaml",
		"gopkg.in/mgo.v2.Collection.Find":       "gopkg.in/mgo.Collection.Find",
		"gopkg.in/src-d/go-git.v4/plumbing":     "gopkg.in/src-d/go-git/plumbing",
		"k8s.io/api/core/v1":                    "k8s.io/api/core/v1",
		"k8s.io/api/flowcontrol/v1beta1":        "k8s.io/api/flowcontrol/v1beta1",
		"github.com/vektah/x.Value":             "github.com/vektah/x.Value",
		"go.opentelemetry.io/otel/semconv/v1.2": "go.opentelemetry.io/otel/semconv/v1.2",
	} {
		if got := Canonical(path); got != want {
			t.Errorf("Canonical(%s) = %s, want %s", path, got, want)
		}
	}
}

// read is a catalog of one family.
func read(t *testing.T, text string) *Catalog {
	t.Helper()
	f, err := Read("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return New(f)
}

func TestLookup(t *testing.T) {
	c := read(t, `
packages:
  q: [example.com/queue, example.org/fork/queue]
  q3: example.com/queue/v3
models:
  - funcs: [q.Open, "q.Conn.{Send,SendAll}"]
    publish: {broker: queue, topic: arg0}
  - func: q3.Conn.Send
    publish: {broker: queue, topic: arg1}
  - value: q.Default
    makes: {kind: conn}
`)
	for symbol, want := range map[string]string{
		"example.com/queue.Open":              "arg0",
		"example.com/queue.Conn.Send":         "arg0",
		"example.com/queue/v2.Conn.Send":      "arg0",
		"example.com/queue/v3.Conn.Send":      "arg1", // has a model of its own
		"example.com/queue/v3.Conn.SendAll":   "arg0",
		"example.org/fork/queue.Conn.SendAll": "arg0",
		"example.com/queue.Conn.Close":        "",
		"example.com/queue.Default":           "", // a value, not a function
	} {
		got := ""
		for _, m := range c.Lookup(symbol) {
			got += m.Publish.Topic.String()
		}
		if got != want {
			t.Errorf("Lookup(%s) has the topic %q, want %q", symbol, got, want)
		}
	}
	if m := c.Values("example.com/queue/v2.Default"); len(m) != 1 || m[0].Makes.Kind != "conn" {
		t.Errorf("Values gives %v", m)
	}
	for path, want := range map[string]bool{"example.com/queue": true, "example.com/queue/v7": true, "example.com": false} {
		if c.Knows(path) != want {
			t.Errorf("Knows(%s) = %v", path, !want)
		}
	}
}

// TestOverride: what a repository says about a symbol replaces what svclint says, and leaves the rest.
func TestOverride(t *testing.T) {
	ours, err := Read("models/a.yaml", []byte(`{packages: {a: a}, models: [{func: a.F, pass: arg0}, {func: a.F, note: two}, {func: a.G, pass: arg0}]}`))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := Read(".svclint.yml", []byte(`{packages: {a: a}, models: [{func: a.F, pass: arg1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	c := New(ours, theirs)
	if m := c.Lookup("a.F"); len(m) != 1 || m[0].Pass.String() != "arg1" || m[0].Pos != ".svclint.yml:1:29" {
		t.Errorf("got %v", m)
	}
	if m := c.Lookup("a.G"); len(m) != 1 {
		t.Errorf("got %v", m)
	}
}

func TestReadErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", `x.yaml: empty: expected packages and models`},
		{"packages: {a: a}\nmdels: []", `x.yaml:2:1: unknown key "mdels": did you mean "models"?`},
		{"packages: {a: a}\nmodels:\n  - func: a.F\n    data: {store: sql, opp: read}", `x.yaml:4:24: unknown key "opp": did you mean "op"?`},
		{"models: [{func: a.F, data: {op: reed}}]", `x.yaml:1:33: unknown op "reed": there are read, write, ddl, tx`},
		{"models: [{func: a.F, pass: argument}]", `x.yaml:1:28: expression "argument", column 1: argument is not a value`},
		{"models: [{func: a.F, call: {method: 'GET'}}]", `a constant needs quotes inside those of YAML, "'GET'"`},
		{"packages: {a: a}\nmodels:\n  - func: a.F", `x.yaml:3:5: the model of a.F says nothing`},
		{"packages: {a: a}\nmodels: [{func: b.F, pass: arg0}]", `x.yaml:2:10: symbol "b.F": there is no package b in packages`},
		{"packages: {a: a}\nmodels: [{func: a, pass: arg0}]", `symbol "a": expected alias.Func, alias.Type.Method`},
		{"packages: {a: a}\nmodels: [{pass: arg0}]", `a model has either func (or funcs) or value`},
		{"packages: {a: a}\nmodels: [{func: 'a.{F', pass: arg0}]", `symbol "a.{F": expected {a,b}`},
		{"models: {func: a.F}", `x.yaml:1:9: expected a list`},
		{"models: [{func: a.F, span: {result: many}}]", `x.yaml:1:37: expected a whole number, not "many"`},
		{"packages: {a: {b: c}}", `expected an import path or a list of them`},
		{"models: [{func: a.F, func: a.G}]", `x.yaml:1:22: key "func" stands twice`},
	} {
		_, err := Read("x.yaml", []byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\n got %v\nwant %s", test.text, err, test.want)
		}
	}
}

// TestReadAllErrors: one reading reports everything that is wrong.
func TestReadAllErrors(t *testing.T) {
	_, err := Read("x.yaml", []byte("about: x\nmodels:\n  - func: a.F\n    pas: arg0\n  - func: a.G\n    pass: arg\n"))
	if got := strings.Count(err.Error(), "\n") + 1; got != 2 {
		t.Errorf("got %d lines: %v", got, err)
	}
}
