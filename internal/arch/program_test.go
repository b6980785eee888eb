package arch

import "testing"

// Type parameters match anything, so then only the numbers of parameters and results count.
func TestSameSig(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"(string)(error)", "(string)(error)", true},
		{"(string)(error)", "(int)(error)", false},
		{"(?)(error)", "(int)(error)", true},
		{"(?)(error)", "(int,int)(error)", false},
		{"(?)()", "(int)(error)", false},
		{"(func(?)(error),[]?)()", "(func(string)(error),[]string)()", true},
		{"(map[string]?)(?,error)", "(map[string]int)(int,error)", true},
	}
	for _, tt := range tests {
		if got := sameSig(tt.a, tt.b); got != tt.want {
			t.Errorf("sameSig(%s, %s) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestArity(t *testing.T) {
	tests := []struct {
		sig  string
		want [2]int
	}{
		{"()()", [2]int{0, 0}},
		{"(string)()", [2]int{1, 0}},
		{"(string,int)(error)", [2]int{2, 1}},
		{"()(string,error)", [2]int{0, 2}},
		{"(func(int,int)(bool,error))(error)", [2]int{1, 1}},
		{"(map[string]func()(),int)([]string)", [2]int{2, 1}},
		{"(interface{Get;Put;})()", [2]int{1, 0}},
	}
	for _, tt := range tests {
		if got := arity(tt.sig); got != tt.want {
			t.Errorf("arity(%s) = %v, want %v", tt.sig, got, tt.want)
		}
	}
}

func TestPackageOf(t *testing.T) {
	for id, want := range map[string]string{
		"net/http.Handler": "net/http", "example.com/a.b/c.Type.Method": "example.com/a.b/c", "error": "error", "io.Reader": "io",
	} {
		if got := packageOf(id); got != want {
			t.Errorf("packageOf(%s) = %s, want %s", id, got, want)
		}
	}
}
