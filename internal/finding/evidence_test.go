package finding

import "testing"

func TestEndpoint(t *testing.T) {
	for id, want := range map[string]string{
		"shop.v1.Catalog/GetProduct": "Catalog/GetProduct",
		"NoteService/QueryNote":      "NoteService/QueryNote",
		"GET /notes/{id}":            "GET /notes/{id}",
		"* /hotels":                  "/hotels",
		"kafka:orders/placed":        "kafka:orders/placed",
		"cron:nightly":               "cron:nightly",
		"":                           "",
	} {
		if got := Endpoint(id); got != want {
			t.Errorf("Endpoint(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestList(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "a and b"},
		{[]string{"a", "b", "c"}, "a, b and c"},
	} {
		if got := List(tt.names); got != tt.want {
			t.Errorf("List(%q) = %q, want %q", tt.names, got, tt.want)
		}
	}
}
