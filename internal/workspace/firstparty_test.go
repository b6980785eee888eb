package workspace

import "testing"

func TestOrganisation(t *testing.T) {
	for module, want := range map[string]string{
		"github.com/acme/shop":           "github.com/acme",
		"github.com/acme/shop/orders/v2": "github.com/acme",
		"gitlab.com/group/sub/shop":      "gitlab.com/group",
		"git.acme.com/team/shop":         "git.acme.com", // a host of one's own
		"acme.dev/shop":                  "acme.dev",
		"shop":                           "", // nobody's
		"shop/orders":                    "",
		"github.com":                     "",
	} {
		if got := organisation(module); got != want {
			t.Errorf("organisation(%s) = %q, want %q", module, got, want)
		}
	}
}
