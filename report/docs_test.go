package report

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
)

// Every key of the JSON documents is documented.
func TestKeysDocumented(t *testing.T) {
	for file, doc := range map[string]any{
		"../docs/model.md":  arch.Model{},
		"../docs/report.md": jsonReport{},
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for key := range keys(reflect.TypeOf(doc), map[string]bool{}) {
			if !strings.Contains(string(text), "`"+key+"`") {
				t.Errorf("%s does not speak of `%s`", file, key)
			}
		}
	}
}

func keys(typ reflect.Type, seen map[string]bool) map[string]bool {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice:
		return keys(typ.Elem(), seen)
	case reflect.Struct:
		if typ == reflect.TypeFor[effects.Pos]() {
			return seen
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				seen[name] = true
			}
			keys(f.Type, seen)
		}
	}
	return seen
}
