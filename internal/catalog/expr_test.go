package catalog

import (
	"strings"
	"testing"
)

// TestParseExpr shows the language: an expression, and what it is in its normal form.
func TestParseExpr(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{"recv", "recv"},
		{"arg0", "arg0"},
		{"args12", "args12"},
		{"'GET'", "'GET'"},
		{"'it''s'", "'it''s'"},
		{"recv.Handler", "recv.Handler"},
		{"arg1#ConsumeClaim", "arg1#ConsumeClaim"},
		{"recv.Server#ServeHTTP", "recv.Server#ServeHTTP"},
		{"args1[*].Topic", "args1[*].Topic"},
		{"args1[-1]", "args1[-1]"},
		{"recv.prefix+arg0", "recv.prefix + arg0"},
		{"recv.table | recv.model | type(arg0)", "recv.table | recv.model | type(arg0)"},
		{"recv.a + 'x' | arg0", "recv.a + 'x' | arg0"},
		{"recv.a + ('x' | arg0)", "recv.a + ('x' | arg0)"},
		{"(arg0 | arg1).name", "(arg0 | arg1).name"},
		{" ( ( recv ) ) ", "recv"},
		{"enclosing", "enclosing"},
		{"method", "method"},
		{"type( args0 [*] )", "type(args0[*])"},
	} {
		e, err := ParseExpr(test.source)
		if err != nil {
			t.Errorf("%s: %v", test.source, err)
		} else if got := e.Node.String(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.source, got, test.want)
		}
	}
}

func TestParseExprKinds(t *testing.T) {
	for source, want := range map[string]Node{
		"recv.Handler":  Field{Recv{}, "Handler"},
		"recv.prefix":   Attr{Recv{}, "prefix"},
		"arg1#Run":      MethodOf{Arg{1}, "Run"},
		"args1[*]":      Elements{Args{1}},
		"args1[-1]":     Index{Args{1}, -1},
		"'a' + arg0":    Concat{Literal{"a"}, Arg{0}},
		"arg0.a | 'b'":  Either{Attr{Arg{0}, "a"}, Literal{"b"}},
		"type(arg0)":    TypeName{Arg{0}},
		"join(args1)":   Join{Args{1}},
		"a | b | c":     nil,
		"arg0 arg1":     nil,
		"arg0 +":        nil,
		"recv.":         nil,
		"recv#":         nil,
		"'open":         nil,
		"(recv":         nil,
		"type recv":     nil,
		"arg":           nil,
		"arg01":         nil,
		"arg100":        nil,
		"recv[x]":       nil,
		"recv[1":        nil,
		"":              nil,
		"GET":           nil,
		"recv.x;arg0":   nil,
		"(((((((((((((": nil,
	} {
		e, err := ParseExpr(source)
		if want == nil {
			if err == nil {
				t.Errorf("%q: no error, but %v", source, e.Node)
			}
			continue
		}
		if err != nil || e.Node != want {
			t.Errorf("%q: got %#v, %v, want %#v", source, e.Node, err, want)
		}
	}
}

func TestParseExprErrors(t *testing.T) {
	for source, want := range map[string]string{
		"GET":       `expression "GET", column 1: GET is not a value: there are recv, arg0, args0, typearg0, enclosing, sent, method, type(X), join(X), funcname(X), keys(X) and result(X); a constant needs quotes inside those of YAML, "'GET'"`,
		"arg0 arg1": `expression "arg0 arg1", column 6: unexpected "arg1" after arg0`,
		"recv.":     `expression "recv.", column 6: expected the name of a field or attribute after recv.`,
		"arg0[x]":   `expression "arg0[x]", column 6: expected [*] for all elements, or an index such as [0] or [-1], not [x]`,
	} {
		if _, err := ParseExpr(source); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", source, err, want)
		}
	}
}

// FuzzParseExpr: nothing panics, and the normal form of an expression is one of the same value.
func FuzzParseExpr(f *testing.F) {
	for _, s := range []string{"recv.prefix + arg0", "type(args0[*]) | 'x'", "arg1#M", "((arg0))[-1].x", "'", "(", "[", "recv[9999999999999999999]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseExpr(s)
		if err != nil {
			if e.Node != nil {
				t.Errorf("%q: both a value and an error", s)
			}
			return
		}
		normal := e.Node.String()
		again, err := ParseExpr(normal)
		if err != nil {
			if strings.Contains(err.Error(), "too deeply") {
				return
			}
			t.Fatalf("%q has the normal form %q: %v", s, normal, err)
		}
		if again.Node != e.Node {
			t.Errorf("%q is %v, its normal form %v", s, e.Node, again.Node)
		}
	})
}
