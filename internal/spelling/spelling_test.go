package spelling

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"owners", "services", "crossdb/foreign-write", "foreign-write"}
	for written, want := range map[string]string{
		"ownres":               "owners", // two letters in each other's place are one mistake
		"Service":              "services",
		"forein-write":         "foreign-write",
		"crosdb/foreign-write": "crossdb/foreign-write",
		"tables":               "",
		"":                     "",
	} {
		if got := Nearest(written, words); got != want {
			t.Errorf("Nearest(%q) is %q, want %q", written, got, want)
		}
	}
}
