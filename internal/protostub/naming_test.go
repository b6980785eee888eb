package protostub

import "testing"

// The rules of https://protobuf.dev/reference/go/go-generated/.
func TestGoCamelCase(t *testing.T) {
	for _, test := range []struct{ proto, want string }{
		{"birth_year", "BirthYear"},       // an underscore before a small letter goes
		{"_birth_year_2", "XBirthYear_2"}, // a leading one becomes an X; one before a digit stays
		{"fooBar", "FooBar"},
		{"FOO_BAR", "FOO_BAR"},
		{"foo_Bar", "Foo_Bar"},
		{"userID", "UserID"},
		{"user_id", "UserId"},
		{"ipv4addr", "Ipv4Addr"},
		{"a__b", "A_B"},
		{"trailing_", "Trailing_"},
		{"Outer.Inner", "Outer_Inner"}, // nested types
		{"Outer.inner", "OuterInner"},
		{"Outer._inner", "Outer_XInner"},
	} {
		if got := goCamelCase(test.proto); got != test.want {
			t.Errorf("goCamelCase(%q) = %q, want %q", test.proto, got, test.want)
		}
	}
}

func TestGoName(t *testing.T) {
	for _, test := range []struct{ goPackage, path, name string }{
		{"example.com/shop/gen/stock", "example.com/shop/gen/stock", "stock"},
		{"example.com/shop/gen/stock/v1;stockv1", "example.com/shop/gen/stock/v1", "stockv1"},
		{"example.com/shop/stock-api", "example.com/shop/stock-api", "stock_api"},
		{"example.com/shop/type", "example.com/shop/type", "_type"},
		{"./pb", "./pb", "pb"},
		{".;pb", ".", "pb"},
		{"", "", "shop_stock_v1"}, // before 1.20: the protobuf package
	} {
		f := Parse("stock.proto", []byte("syntax = \"proto3\"; package shop.stock.v1; option go_package = \""+test.goPackage+"\";"))
		if f.GoPath() != test.path || f.GoName() != test.name {
			t.Errorf("go_package %q: path %q and name %q, want %q and %q", test.goPackage, f.GoPath(), f.GoName(), test.path, test.name)
		}
	}
}

// A field whose name a method has, or whose getter another field is named like, gets an underscore.
func TestMemberNames(t *testing.T) {
	m := newMembers()
	for _, test := range []struct {
		name   string
		getter bool
		want   string
	}{
		{"name", true, "Name"},
		{"string", true, "String_"},
		{"proto_message", true, "ProtoMessage_"},
		{"get_name", true, "GetName_"},
		{"Name", true, "Name__"}, // GetName_ is taken
		{"choice", false, "Choice"},
	} {
		if got := m.name(test.name, test.getter); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}
