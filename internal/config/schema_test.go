package config_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/strictyaml"
)

var update = flag.Bool("update", false, "rewrite docs/svclint.schema.json")

const schemaFile = "../../docs/svclint.schema.json"

// TestSchema holds the JSON Schema that editors use against the Go types that the reader fills; the comments of the types
// are its descriptions. go test ./internal/config -update writes it anew.
func TestSchema(t *testing.T) {
	g := generator{comments: comments(t, ".", "../catalog")}
	schema := g.object(reflect.TypeFor[config.Config]())
	schema["$schema"] = "http://json-schema.org/draft-07/schema#"
	schema["$id"] = config.SchemaURL
	schema["title"] = config.Name
	got, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(schemaFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the types say: go test ./internal/config -update writes it anew", schemaFile)
	}
}

type schema = map[string]any

// generator makes the schema of a type. Types that are written in a form of their own are listed here, as the reader of
// the type has them.
type generator struct {
	comments map[string]string // Type.Field -> text
}

var (
	text = schema{"type": "string"}
	list = schema{"type": "array", "items": text}
)

func (g generator) of(t reflect.Type) schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[config.Services]():
		service := reflect.TypeFor[config.Service]()
		return schema{"type": "object",
			"properties": schema{"exclude": schema{"type": "array", "items": text, "description": g.comments["Services.Exclude"]}},
			"additionalProperties": schema{"oneOf": []any{text, schema{"type": "object", "additionalProperties": false, "minProperties": 1,
				"properties": schema{"entry": g.described(text, service, "Entry"), "role": g.described(text, service, "Role")}}}}}
	case reflect.TypeFor[config.Owners]():
		return schema{"type": "object", "additionalProperties": schema{"oneOf": []any{text, list}}}
	case reflect.TypeFor[config.SLO]():
		percent := schema{"type": "number", "exclusiveMinimum": 0, "maximum": 100}
		return schema{"type": "object", "additionalProperties": percent,
			"properties": schema{"default": schema{"type": "number", "exclusiveMinimum": 0, "maximum": 100, "default": config.DefaultAvailability}}}
	case reflect.TypeFor[config.Severities]():
		return schema{"type": "object", "additionalProperties": schema{"enum": []string{"error", "warning", "info", config.Off}}}
	case reflect.TypeFor[config.Ignore]():
		s := g.object(t)
		s["required"] = []string{"reason"}
		return s
	case reflect.TypeFor[config.Budgets]():
		s := g.object(t)
		defaults := reflect.ValueOf(config.DefaultBudgets())
		for f := range strictyaml.Fields(t) {
			property := s["properties"].(schema)[strictyaml.Key(f)].(schema)
			property["default"] = defaults.FieldByIndex(f.Index).Interface()
			if d, ok := property["default"].(config.Duration); ok {
				property["default"] = d.String()
			}
		}
		return s
	case reflect.TypeFor[config.Prefixes]():
		return list
	case reflect.TypeFor[config.Count]():
		return schema{"type": "integer", "minimum": 0}
	case reflect.TypeFor[config.Duration]():
		return schema{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
	case reflect.TypeFor[config.Date]():
		return schema{"type": "string", "format": "date"}
	case reflect.TypeFor[catalog.Paths]():
		return schema{"oneOf": []any{text, list}}
	case reflect.TypeFor[catalog.Expr]():
		return text
	}
	switch t.Kind() {
	case reflect.Struct:
		return g.object(t)
	case reflect.Slice:
		return schema{"type": "array", "items": g.of(t.Elem())}
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": g.of(t.Elem())}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int:
		return schema{"type": "integer"}
	case reflect.String:
		return text
	}
	panic("no schema for " + t.String())
}

func (g generator) object(t reflect.Type) schema {
	properties := schema{}
	for f := range strictyaml.Fields(t) {
		s := g.described(g.of(f.Type), t, f.Name)
		if words := catalog.Vocabulary()[t.Name()+"."+f.Name]; words != nil {
			s["enum"] = words
		}
		properties[strictyaml.Key(f)] = s
	}
	return schema{"type": "object", "additionalProperties": false, "properties": properties}
}

func (g generator) described(s schema, t reflect.Type, field string) schema {
	out := schema{}
	for k, v := range s {
		out[k] = v
	}
	if d := g.comments[t.Name()+"."+field]; d != "" {
		out["description"] = d
	}
	return out
}

// comments reads the comments of the struct fields in some packages, by Type.Field.
func comments(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		var parsed []*ast.File
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			parsed = append(parsed, f)
		}
		pkg, err := doc.NewFromFiles(fset, parsed, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range pkg.Types {
			s, ok := typ.Decl.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, f := range s.Fields.List {
				for _, name := range f.Names {
					said := f.Doc.Text() + f.Comment.Text()
					out[typ.Name+"."+name.Name] = strings.Join(strings.Fields(said), " ")
				}
			}
		}
	}
	return out
}
