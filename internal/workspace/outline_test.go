package workspace

import (
	"fmt"
	"go/ast"
	"go/build"
	source "go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What of a dependency is looked at when its importers name some of it.
func TestOutline(t *testing.T) {
	tests := []struct{ name, src, asked, want, demands string }{
		{"nothing is named", "package p\nfunc F() {}\n", "", "package p\n", ""},
		{"a function loses its body, and what only that needs goes", "package p\n\nimport \"fmt\"\n\n// F is.\nfunc F(a, b int) error {\n\tfmt.Println(g())\n\treturn nil\n}\n\nfunc g() {}\n",
			"F", "package p\nfunc F(a, b int) error {}\n", ""},
		{"the types of its signature stay, with what they need", "package p\nimport \"io\"\nfunc F(*T) (R, error) { return nil, nil }\ntype T struct {\n\tw io.Writer // to\n\n\tnext *T\n}\ntype R = map[string]S\ntype S int\ntype U int\n",
			"F", "package p\nimport io \"io\"\nfunc F(*T) (R, error) {}\ntype T struct {\nw io.Writer\nnext *T\n}\ntype R = map[string]S\ntype S int\n", "io.Writer"},
		{"a type brings its methods", "package p\ntype T struct{}\nfunc (t *T) M() U { return 0 }\nfunc (t T) n() V { return 0 }\ntype U int\ntype V int\nfunc (v V) M() {}\n",
			"T", "package p\ntype T struct{}\nfunc (t *T) M() U {}\ntype U int\n", ""},
		{"an unexported one where an interface asks for it", "package p\ntype T struct{}\nfunc (T) n() {}\nfunc (T) o() {}\ntype I interface{ n() }\n",
			"T I", "package p\ntype T struct{}\nfunc (T) n() {}\ntype I interface{ n() }\n", ""},
		{"methods of a generic type", "package p\ntype T[K comparable, V any] struct{ m map[K]V }\nfunc (t *T[K, V]) Get(k K) V { panic(0) }\n",
			"T", "package p\ntype T[K comparable, V any] struct{ m map[K]V }\nfunc (t *T[K, V]) Get(k K) V {}\n", ""},
		{"methods declared on an alias", "package p\ntype T struct{}\ntype A = T\nfunc (A) M() {}\n",
			"T", "package p\ntype T struct{}\ntype A = T\nfunc (A) M() {}\n", ""},
		{"a variable with a type", "package p\nimport \"net/http\"\nvar Client http.RoundTripper = newClient()\nfunc newClient() *http.Client { return nil }\n",
			"Client", "package p\nimport http \"net/http\"\nvar Client http.RoundTripper\n", "net/http.RoundTripper"},
		{"one whose type a function gives", "package p\nvar V, W = f()\nfunc f() (int, T) { return 0, nil }\ntype T []int\n",
			"W", "package p\nvar V, W = f()\nfunc f() (int, T) {}\ntype T []int\n", ""},
		{"the elements of a literal give no type", "package p\nvar V = map[string]*T{\n\t\"a\": {f: g},\n}\ntype T struct{ f func() }\nfunc g() {}\n",
			"V", "package p\nvar V = map[string]*T{}\ntype T struct{ f func() }\n", ""},
		{"but their number may", "package p\nvar V = [...]int{a, 2}\nconst a = 1\n",
			"V", "package p\nvar V = [...]int{a, 2}\nconst a = 1\n", ""},
		{"function literals and struct types in a value", "package p\nvar V = func(x interface{ M() }) struct{ A int } {\n\treturn g()\n}\n",
			"V", "package p\nvar V = func(x interface{ M() }) struct{ A int } {}\n", ""},
		{"one specification of a group", "package p\nvar (\n\tA int\n\tB = c()\n\tD string\n)\ntype (\n\tT int\n\tU struct {\n\t\tA int\n\t}\n)\n",
			"A U", "package p\nvar A int\ntype U struct {\nA int\n}\n", ""},
		{"constants stay together", "package p\nconst (\n\t_ K = iota\n\tA\n\tB, C = 1 << iota, \"x\"\n)\ntype K int\n",
			"A", "package p\nconst (\n_ K = iota\nA\nB, C = 1 << iota, \"x\"\n)\ntype K int\n", ""},
		{"names of other packages", "package p\nimport (\n\t\"context\"\n\tq \"example.com/q/v2\"\n\t\"example.com/unused\"\n)\nfunc F(context.Context, ...q.Option) q.T[q.U] { unused.F() }\n",
			"F", "package p\nimport context \"context\"\nimport q \"example.com/q/v2\"\nfunc F(context.Context, ...q.Option) q.T[q.U] {}\n", "context.Context example.com/q/v2.Option example.com/q/v2.T example.com/q/v2.U"},
		{"a dot import may name anything", "package p\nimport . \"example.com/q\"\nfunc F(T) {}\n",
			"F", "package p\nimport . \"example.com/q\"\nfunc F(T) {}\n", "example.com/q.*"},
		{"everything exported", "package p\nfunc F() {}\nfunc g() {}\ntype T int\nfunc init() {}\nvar _ = g()\n",
			"*", "package p\nfunc F() {}\ntype T int\n", ""},
		{"no bodies", "package p\nfunc F()\nfunc G()\ntype T int\n", "F T", "package p\nfunc F() {}\ntype T int\n", ""},
		{"declarations in one line, not as gofmt has them", "package p; import \"io\"; type T struct { io.Reader }; func F() T { panic(0) }; var V = F()",
			"V", "package p\nimport io \"io\"\ntype T struct { io.Reader }\nfunc F() T {}\nvar V = F()\n", "io.Reader"},
		{"a file that is not understood", "package p\nimport \"io\"\nfunc F() io.Reader { { }\n",
			"", "package p\nimport \"io\"\nfunc F() io.Reader { { }\n", "io.Reader"},
	}
	for _, test := range tests {
		o := outlined([][]byte{[]byte(test.src)}, path.Base)
		demands := o.keep(asks(test.asked))
		if got := string(slices.Concat(o.text()...)); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
		if got := spell(demands); got != test.demands {
			t.Errorf("%s: asks for %q, want %q", test.name, got, test.demands)
		}
	}
}

func asks(names string) *demand {
	d := &demand{names: map[string]bool{}}
	for _, name := range strings.Fields(names) {
		d.names[name] = true
	}
	d.all = d.names["*"]
	return d
}

func spell(demands map[string]*demand) string {
	var out []string
	for p, d := range demands {
		if d.all {
			out = append(out, p+".*")
		}
		for name := range d.names {
			out = append(out, p+"."+name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// What one file names stays in the others, also where its own form is not understood.
func TestOutlineOfSeveralFiles(t *testing.T) {
	function := "package p\nfunc f() int { return 1 }\n"
	for other, want := range map[string]string{
		"package p\nvar V = f()\n":     "package p\nfunc f() int {}\npackage p\nvar V = f()\n",
		"package p\nvar V = f() }\n":   "package p\nfunc f() int {}\npackage p\nvar V = f() }\n",
		"package p\nvar V = \"f()\"\n": "package p\nvar V = \"f()\"\n",
	} {
		o := outlined([][]byte{[]byte(function), []byte(other)}, path.Base)
		o.keep(asks("V"))
		if got := string(slices.Concat(o.text()...)); got != want {
			t.Errorf("beside\n%s\ngot\n%q\nwant\n%q", other, got, want)
		}
	}
}

// Whatever is asked for of a package of the standard library has the type that it has in the whole package, with every method.
func TestOutlineOfStandardLibrary(t *testing.T) {
	fset := token.NewFileSet()
	std := source.ForCompiler(fset, "source", nil)
	for _, dir := range []string{"text/template", "database/sql", "go/ast", "time", "encoding/json"} {
		p, err := build.Import(dir, "", 0)
		if err != nil {
			t.Skip("no source of the standard library")
		}
		var sources [][]byte
		for _, name := range p.GoFiles {
			src, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, src)
		}
		check := func(sources [][]byte) *types.Package {
			var files []*ast.File
			for _, src := range sources {
				f, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
				if err != nil {
					t.Fatalf("%s: %v\n%s", dir, err, src)
				}
				files = append(files, f)
			}
			conf := types.Config{Importer: std, IgnoreFuncBodies: true, DisableUnusedImportCheck: true}
			pkg, err := conf.Check(dir, fset, files, nil)
			if err != nil {
				t.Fatalf("%s: %v", dir, err)
			}
			return pkg
		}
		whole := check(sources)
		for _, name := range whole.Scope().Names() {
			if !token.IsExported(name) {
				continue
			}
			o := outlined(sources, path.Base)
			o.keep(asks(name))
			got := "nothing"
			if obj := check(o.text()).Scope().Lookup(name); obj != nil {
				got = spellObject(obj)
			}
			if want := spellObject(whole.Scope().Lookup(name)); got != want {
				t.Errorf("%s.%s: got\n%s\nwant\n%s", dir, name, got, want)
			}
		}
	}
}

// spellObject spells an object with its type, and a type with what is in it and its exported methods.
func spellObject(obj types.Object) string {
	var b strings.Builder
	b.WriteString(types.ObjectString(obj, nil))
	if name, ok := obj.(*types.TypeName); ok {
		fmt.Fprintln(&b, name.Type().Underlying())
		methods := types.NewMethodSet(types.NewPointer(name.Type()))
		for m := range methods.Methods() {
			if m.Obj().Exported() {
				fmt.Fprintln(&b, m)
			}
		}
	}
	return b.String()
}

func FuzzOutline(f *testing.F) {
	f.Add([]byte("package p\nimport \"io\"\nfunc F() { g(\"}\") }\nvar x = []byte{1, 2}\nconst s = \"a\" + `b`\ntype (\n\tT[K any] struct{ io.Reader; k K }\n)\nfunc (t *T[K]) M() {}\n"), true)
	f.Add([]byte("package p\nvar a, b = func() (int, int) { return 1, 2 }()\nvar c [2]int = [...]int{1, 2}\n"), false)
	f.Fuzz(func(t *testing.T, src []byte, all bool) {
		o := outlined([][]byte{src}, path.Base)
		o.keep(&demand{all: all, names: map[string]bool{"a": true, "F": true}})
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", src, parser.SkipObjectResolution)
		if err != nil {
			return // whatever it is, it did not panic
		}
		var kept []string
		for _, out := range o.text() {
			f, err := parser.ParseFile(token.NewFileSet(), "x.go", out, parser.SkipObjectResolution)
			if err != nil {
				t.Fatalf("what can be parsed cannot be parsed any more: %v\n%s", err, out)
			}
			kept = append(kept, declared(f)...)
		}
		for _, name := range declared(file) {
			if (name == "a" || name == "F" || all && token.IsExported(name)) && !slices.Contains(kept, name) {
				t.Errorf("%s is lost", name)
			}
		}
	})
}

// declared lists what a file declares at the top level.
func declared(f *ast.File) []string {
	var names []string
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name != "init" {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}
