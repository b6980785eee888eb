package workspace

import (
	"context"
	"fmt"
	"testing"
)

// What git log prints: a line per commit, then a line per file. What is older than a year before the newest is left out, and
// commits without files below the workspace are none of its.
func TestParseHistory(t *testing.T) {
	const day = 24 * 60 * 60
	out := fmt.Sprintf("\x01aaa %d\na.go\nwith space.go\n\n\x01bbb %d\n\n\x01ccc %d\nc.go\n\n\x01ddd %d\nd.go\n", 1000*day, 999*day, 700*day, 600*day)
	if got, want := fmt.Sprintf("%q", parseHistory([]byte(out))), `[{"aaa" ["a.go" "with space.go"]} {"ccc" ["c.go"]}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A directory without history has none, and says so by saying nothing.
func TestNoHistory(t *testing.T) {
	t.Setenv("GIT_DIR", "") // a hook's environment does not lead elsewhere
	if got := (&Workspace{root: t.TempDir()}).History(context.Background()); got != nil {
		t.Errorf("got %v", got)
	}
}
