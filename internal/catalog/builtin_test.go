package catalog

import "testing"

func TestBuiltin(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Models()) == 0 {
		t.Fatal("no models")
	}
	t.Logf("%d models", len(c.Models()))
}
