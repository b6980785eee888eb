package main

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/svclint/svclint/internal/accuracy"
)

// What cannot be measured is told with the command that mends it, and is an error in the end.
func TestNoCheckout(t *testing.T) {
	t.Chdir("../../..")
	var out bytes.Buffer
	err := run(context.Background(), &out, t.TempDir(), 0, accuracy.Kinds, []string{"hotelReservation"})
	if err == nil || !strings.Contains(err.Error(), "not measured: hotelReservation") {
		t.Errorf("error %v", err)
	}
	if want := "git clone https://github.com/delimitrou/DeathStarBench "; !strings.Contains(out.String(), want) {
		t.Errorf("%q is not said in %q", want, out.String())
	}
	if err := run(context.Background(), &out, ".", 0, accuracy.Kinds, []string{"nothing"}); err == nil || !strings.Contains(err.Error(), "no label file is named nothing") {
		t.Errorf("error %v", err)
	}
}

func TestWrongCommit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	for _, args := range [][]string{
		{"init", "-q", dir},
		{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "first"},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Skipf("git %s: %v: %s", args[0], err, out)
		}
	}
	err := checkedOut(context.Background(), dir, &accuracy.Document{Repo: "example/shop", Commit: "0123456789abcdef"})
	if err == nil || !strings.Contains(err.Error(), "the labels are for 0123456789ab: git -C "+dir+" checkout 0123456789abcdef") {
		t.Errorf("error %v", err)
	}
}
