package workspace

import (
	"strings"
	"testing"

	"github.com/svclint/svclint/internal/protostub"
)

// Which .proto files generate the package of an import path: by what they say, by what buf says, by where they lie.
func TestPlace(t *testing.T) {
	file := func(path, goPackage, content string) *protostub.File {
		return protostub.Parse(path, []byte("syntax = \"proto3\"; package shop.stock.v1; option go_package = \""+goPackage+"\";"+content))
	}
	const stock, other = "message Stock {}", "message Other {}"
	for _, test := range []struct {
		name       string
		files      []*protostub.File
		buf        []bufPrefix
		importPath string
		dir        string
		uses       []string
		want       string // files, and the name of the package; "" when none fits
	}{
		{name: "go_package", importPath: "example.com/shop/gen/stock", files: []*protostub.File{
			file("a/a.proto", "example.com/shop/gen/stock", stock), file("b/b.proto", "example.com/shop/gen/stock;stockpb", ""), file("b/c.proto", "example.com/shop/gen/other", ""),
		}, want: "a/a.proto stock"},
		{name: "source relative, whatever go_package says", importPath: "example.com/shop/svc/gen/proto", dir: "svc/gen/proto", uses: []string{"Stock"},
			files: []*protostub.File{file("proto/a.proto", "github.com/else/where", stock)}, want: "proto/a.proto where"},
		{name: "a folder in go_package", importPath: "example.com/shop/svc/pb", dir: "svc/pb", uses: []string{"Stock"},
			files: []*protostub.File{file("api/a.proto", "../pb", stock)}, want: "api/a.proto pb"},
		{name: "beside the .proto file", importPath: "example.com/shop/api", dir: "api", uses: []string{"Stock"},
			files: []*protostub.File{file("api/a.proto", ".;api", stock)}, want: "api/a.proto api"},
		{name: "the folder of the names that are used", importPath: "example.com/shop/gen/v1", dir: "gen/v1", uses: []string{"Stock"},
			files: []*protostub.File{file("other/v1/a.proto", "", other), file("stock/v1/a.proto", "", stock)}, want: "stock/v1/a.proto shop_stock_v1"},
		{name: "of copies the nearest", importPath: "example.com/shop/b/gen/proto", dir: "b/gen/proto", uses: []string{"Stock"},
			files: []*protostub.File{file("a/proto/a.proto", "", stock), file("b/proto/a.proto", "", stock)}, want: "b/proto/a.proto shop_stock_v1"},
		{name: "buf", importPath: "example.com/shop/gen/stock/v1", dir: "gen/stock/v1", uses: []string{"Stock"}, buf: []bufPrefix{{".", "example.com/shop/gen"}},
			files: []*protostub.File{file("proto/stock/v1/a.proto", "replaced/by/buf", stock)}, want: "proto/stock/v1/a.proto stockv1"},
		{name: "other names", importPath: "example.com/shop/gen/proto", dir: "gen/proto", uses: []string{"Stock"},
			files: []*protostub.File{file("proto/a.proto", "", other)}},
		{name: "half of the names", importPath: "example.com/shop/gen/proto", dir: "gen/proto", uses: []string{"Stock", "Rest"},
			files: []*protostub.File{file("proto/a.proto", "", stock)}},
		{name: "no path", importPath: "example.com/shop/gen/stock", dir: "gen/stock", uses: []string{"Stock"},
			files: []*protostub.File{file("proto/a.proto", "", stock)}},
		{name: "two that fit alike", importPath: "example.com/shop/gen/proto", dir: "gen/proto", uses: []string{"Stock"},
			files: []*protostub.File{file("a/proto/a.proto", "", stock), file("b/proto/a.proto", "", stock+other)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := &protoIndex{files: test.files, types: protostub.NewIndex(test.files), prefixes: test.buf}
			p, ok := x.place(test.importPath, test.dir, uses{"": test.uses})
			got := ""
			if ok {
				got = strings.Join(p.paths(), " ") + " " + p.name()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestGoPackagePrefixes(t *testing.T) {
	for _, test := range []struct{ name, yaml, want string }{
		{"v1", "version: v1\nmanaged:\n  enabled: true\n  go_package_prefix:\n    default: example.com/gen\n    except: [buf.build/googleapis/googleapis]\n", "example.com/gen"},
		{"v2", "version: v2\nmanaged:\n  enabled: true\n  override:\n    - file_option: go_package_prefix\n      value: example.com/gen\n    - file_option: java_multiple_files\n      value: false\n", "example.com/gen"},
		{"off", "version: v2\nmanaged:\n  override:\n    - file_option: go_package_prefix\n      value: example.com/gen\n", ""},
		{"not YAML", "\t{", ""},
	} {
		got := ""
		for _, p := range goPackagePrefixes(".", []byte(test.yaml)) {
			got += p.prefix
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// What uses a package that is made up is read in full, in a module of an old language version too. A file with a syntax error
// costs what it declares, and is said; what no .proto file generates stays missing.
func TestLoadMadeUp(t *testing.T) {
	l := load(t, writeTree(t, `
-- go.mod --
module example.com/shop
go 1.13
-- api/api.go --
package api

import (
	"example.com/shop/gen/stock"
	"example.com/shop/gen/lost"
)

func Make() *stock.Item { return &stock.Item{ItemId: "1", Size: stock.Size_LARGE, Price: nil} }

func Cents(i *stock.Item) int64 { return i.GetPrice().GetCents() }

func Broken() { _ = stock.Bad{} }

func Lost() { lost.Find() }
-- proto/stock.proto --
syntax = "proto3";
package stock;
option go_package = "example.com/shop/gen/stock";
enum Size { SMALL = 0; LARGE = 1; }
message Item { string item_id = 1; Size size = 2; money.Money price = 3; }
-- proto/money.proto --
syntax = "proto3";
package money;
option go_package = "example.com/shop/gen/money";
message Money { int64 cents = 1; }
-- proto/bad.proto --
syntax = "proto3";
option go_package = "example.com/shop/gen/stock";
message Bad { string = 1; }
`))
	wantLines(t, "packages", l.packages, "api example.com/shop/api", "gen/money example.com/shop/gen/money", "gen/stock example.com/shop/gen/stock")
	wantLines(t, "functions", l.funcs["api"], "Broken", "Cents", "Lost", "Make")
	wantLines(t, "notes", l.cov.Notes,
		"stubs of proto/money.proto were made up: they are not committed (package example.com/shop/gen/money)",
		"stubs of proto/stock.proto were made up: they are not committed (package example.com/shop/gen/stock)")
	for _, want := range []string{
		"proto/bad.proto:3: example.com/shop/gen/stock: syntax error: ",
		"imports example.com/shop/gen/lost, which was not found",
	} {
		if !strings.Contains(l.problems(), want) {
			t.Errorf("no %q in\n%s", want, l.problems())
		}
	}
	if l.cov.Analysed != 3 || l.cov.Packages != 3 {
		t.Errorf("%d of %d packages analysed, want 3 of 3", l.cov.Analysed, l.cov.Packages)
	}
}

// Where the package is there, or its folder has Go files of another system, nothing is made up and no .proto file is read.
func TestLoadNothingMissing(t *testing.T) {
	l := load(t, writeTree(t, `
-- go.mod --
module example.com/shop
go 1.24
-- api/api.go --
package api

import "example.com/shop/gen/stock"

func Make() *stock.Item { return nil }
-- gen/stock/stock.pb.go --
package stock

type Item struct{}
-- proto/stock.proto --
option go_package = "example.com/shop/gen/stock";
message Item {}
`))
	if len(l.cov.Notes) > 0 || len(l.cov.Problems) > 0 || l.w.protos != nil {
		t.Errorf("notes %q, problems %q, .proto files read: %t", l.cov.Notes, l.problems(), l.w.protos != nil)
	}
}
