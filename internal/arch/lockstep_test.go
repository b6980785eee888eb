package arch

import (
	"fmt"
	"slices"
	"testing"
)

// A commit speaks for a pair of services only through code that is each one's alone, and not where a contract or shared code
// changes with it.
func TestTouchedBy(t *testing.T) {
	dirs := map[string]string{"orders": "orders", "orders/store": "orders", "shipping": "shipping", "shared": "", "api": ""}
	for _, tt := range []struct {
		files     []string
		touched   []string
		explained bool
	}{
		{[]string{"orders/a.go", "orders/store/b.go", "shipping/c.go", "README.md"}, []string{"orders", "shipping"}, false},
		{[]string{"orders/a_test.go", "shipping/c.go"}, []string{"shipping"}, false},
		{[]string{"orders/a.go", "shipping/c.go", "api/orders.proto"}, []string{"orders", "shipping"}, true},
		{[]string{"orders/a.go", "shipping/c.go", "shared/money.go"}, []string{"orders", "shipping"}, true},
		{[]string{"tools/gen.go"}, nil, false},
	} {
		touched, explained := touchedBy(Commit{Files: tt.files}, dirs)
		if !slices.Equal(touched, tt.touched) || explained != tt.explained {
			t.Errorf("%v: got %v, %v; want %v, %v", tt.files, touched, explained, tt.touched, tt.explained)
		}
	}
}

// Two of four services change together; the others by themselves. What a contract explains, what is too little history, and
// what follows from sweeps over all services is no lock-step.
func TestCoupled(t *testing.T) {
	dirs := map[string]string{"a": "a", "b": "b", "c": "c", "d": "d"}
	history := func(together, alone int, extra ...string) []Commit {
		var out []Commit
		for range together {
			out = append(out, Commit{ID: fmt.Sprint(len(out)), Files: append([]string{"a/a.go", "b/b.go"}, extra...)})
		}
		for i := range alone {
			out = append(out, Commit{ID: fmt.Sprint(len(out)), Files: []string{[]string{"c/c.go", "d/d.go"}[i%2]}})
		}
		return out
	}
	for _, tt := range []struct {
		name    string
		history []Commit
		want    string
	}{
		{"lock-step", history(10, 40), "[{a b 10 50 1 5 [0 1 2]}]"},
		{"a contract changes with them", history(10, 40, "api.proto"), "[]"},
		{"seldom", history(7, 40), "[]"},
		{"no more than by chance", history(30, 10), "[]"},
		{"little history", history(10, 20), "[]"},
		{"sweeps", history(10, 40, "c/c.go"), "[]"},
	} {
		if got := fmt.Sprint(coupled(tt.history, dirs, 4)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
