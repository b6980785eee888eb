package arch

import (
	"testing"
)

// texts of the tables below: $X is the environment variable X, $X=d has the default d, {} a value that data fills.
func env(name, def string) text {
	p := part{Kind: holeEnv, Name: name}
	if def != "" {
		p.Default = lit(def)
	}
	return text{p}
}

func cat(ts ...text) text {
	var out text
	for _, t := range ts {
		out = concat(out, t)
	}
	return out
}

var value = hole(holeValue, "")

func TestTextString(t *testing.T) {
	tests := []struct {
		t        text
		want     string
		constant bool
		known    bool
	}{
		{nil, "", true, false},
		{lit(""), "", true, false},
		{lit("a"), "a", true, true},
		{env("X", "d"), "{X}", false, false},
		{value, "{}", false, false},
		{cat(lit("http://"), env("H", ""), lit("/a/"), value), "http://{H}/a/{}", false, true},
	}
	for _, tt := range tests {
		if got := tt.t.String(); got != tt.want {
			t.Errorf("String() = %q, want %q", got, tt.want)
		}
		if _, ok := tt.t.constant(); ok != tt.constant {
			t.Errorf("%q: constant = %v", tt.want, ok)
		}
		if got := tt.t.known(); got != tt.known {
			t.Errorf("%q: known = %v", tt.want, got)
		}
	}
}

func TestConcatJoinsConstants(t *testing.T) {
	got := cat(lit("a"), lit(""), lit("b"), value, lit(""), lit("c"))
	if len(got) != 3 || got[0].Lit != "ab" || got[2].Lit != "c" {
		t.Errorf("got %d parts: %q", len(got), got)
	}
	// The operands of a concatenation are shared with other values: they must stay as they are.
	a := lit("a")
	_ = concat(a, lit("b"))
	if a.String() != "a" {
		t.Errorf("concat changed its operand to %q", a)
	}
}

// Two texts are the same value only when their holes are of one kind and have one default.
func TestTextKey(t *testing.T) {
	different := []text{
		nil, lit("X"), env("X", ""), env("X", "d"), env("X", "e"), hole(holeFlag, "X"), value,
		cat(lit("a"), env("X", "")), cat(env("X", ""), lit("a")), lit("{X}"),
	}
	for i, a := range different {
		for j, b := range different {
			if same := a.key() == b.key(); same != (i == j) {
				t.Errorf("key of %q and %q: same = %v", a, b, same)
			}
		}
	}
}

func TestFill(t *testing.T) {
	deployment := map[string]string{"SET": "orders:80", "EMPTY": ""}
	value := func(p part) (string, bool) {
		v, ok := deployment[p.Name]
		return v, ok && v != ""
	}
	nested := text{{Kind: holeFlag, Name: "addr", Default: env("SET", "x")}}
	tests := []struct {
		name string
		t    text
		want string
	}{
		{"nothing to fill", lit("a"), "a"},
		{"the deployment wins over the default", env("SET", "localhost"), "orders:80"},
		{"the default where nothing is deployed", env("UNSET", "localhost"), "localhost"},
		{"an empty variable is as good as none", env("EMPTY", "localhost"), "localhost"},
		{"neither", env("UNSET", ""), "{UNSET}"},
		{"a default that is itself a hole", nested, "orders:80"},
		{"inside constants", cat(lit("http://"), env("SET", ""), lit("/x")), "http://orders:80/x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.t.fill(func(p part) (text, bool) {
				v, ok := value(p)
				return lit(v), ok
			})
			if got.String() != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if len(got) > 1 && got[0].Kind == "" && got[1].Kind == "" {
				t.Errorf("constants are not joined: %q", got)
			}
		})
	}
}

func TestPrintf(t *testing.T) {
	operands := []text{lit("orders"), env("PORT", "80"), value}
	operand := func(i int) text {
		if i < len(operands) {
			return operands[i]
		}
		return value
	}
	tests := []struct {
		format text
		want   string
	}{
		{lit("plain"), "plain"},
		{lit("http://%s:%d/%v"), "http://orders:{PORT}/{}"},
		{lit("%s"), "orders"},
		{lit("100%% of %s"), "100% of orders"},
		{lit("%-10s|%05d|%+v"), "orders|{PORT}|{}"},
		{lit("%s%s%s%s"), "orders{PORT}{}{}"},
		{lit("SET %[1]s = %[1]s + 1 AT %s"), "SET orders = orders + 1 AT {PORT}"},
		{lit("50%"), "50%"},
		{cat(env("BASE", ""), lit("/%s")), "{BASE}/orders"},
		{lit("%q is quoted"), "orders is quoted"},
	}
	for _, tt := range tests {
		if got := printf(tt.format, operand).String(); got != tt.want {
			t.Errorf("printf(%q) = %q, want %q", tt.format, got, tt.want)
		}
	}
}

func TestSource(t *testing.T) {
	if p, ok := env("ROLE", "").source(); !ok || p.id() != "env:ROLE" {
		t.Errorf("a variable alone is a source: %v %v", p, ok)
	}
	for _, none := range []text{nil, lit("a"), value, cat(lit("a"), env("X", ""))} {
		if _, ok := none.source(); ok {
			t.Errorf("%q has no one source", none)
		}
	}
}
