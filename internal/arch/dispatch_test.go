package arch

import "testing"

// gqlgen spells initialisms as Go does: the field id has the method ID.
func TestFieldName(t *testing.T) {
	for method, want := range map[string]string{"CreateOrder": "createOrder", "ID": "id", "URLPath": "urlPath", "X": "x", "UserID": "userID"} {
		if got := fieldName(method); got != want {
			t.Errorf("fieldName(%q) = %q, want %q", method, got, want)
		}
	}
}
