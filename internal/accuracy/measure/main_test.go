package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/svclint/svclint/internal/accuracy"
)

// What cannot be measured is told with the command that mends it, and is an error in the end.
func TestNoCheckout(t *testing.T) {
	t.Chdir("../../..")
	var out bytes.Buffer
	err := run(context.Background(), &out, source{clones: t.TempDir(), remote: "https://github.com/"}, 0, accuracy.Kinds, []string{"hotelReservation"})
	if err == nil || !strings.Contains(err.Error(), "not measured: hotelReservation") {
		t.Errorf("error %v", err)
	}
	if want := "git clone https://github.com/delimitrou/DeathStarBench "; !strings.Contains(out.String(), want) {
		t.Errorf("%q is not said in %q", want, out.String())
	}
	if err := run(context.Background(), &out, source{clones: "."}, 0, accuracy.Kinds, []string{"nothing"}); err == nil || !strings.Contains(err.Error(), "no label file is named nothing") {
		t.Errorf("error %v", err)
	}
}

// A clone is left as it is: what was labelled is checked out elsewhere, once.
func TestCheckout(t *testing.T) {
	ctx := context.Background()
	clones, cache := t.TempDir(), t.TempDir()
	clone := filepath.Join(clones, "shop")
	if err := os.Mkdir(clone, 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(dir string, args ...string) string {
		t.Helper()
		out, err := git(ctx, dir, append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	run(clone, "init", "-q")
	commit := func(text string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(clone, "main.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		run(clone, "add", ".")
		run(clone, "commit", "-q", "-m", text)
		return run(clone, "rev-parse", "HEAD")
	}
	labelled, later := commit("labelled"), commit("later")

	from := source{clones: clones, cache: cache}
	if dir, err := from.checkout(ctx, &accuracy.Document{Repo: "example/shop", Commit: later}); err != nil || dir != clone {
		t.Errorf("a clone at the commit: %s, %v; want the clone itself", dir, err)
	}
	for range 2 {
		dir, err := from.checkout(ctx, &accuracy.Document{Repo: "example/shop", Commit: labelled})
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(filepath.Join(dir, "main.go")); err != nil || string(text) != "labelled" {
			t.Errorf("%s holds %q, %v", dir, text, err)
		}
	}
	if head := run(clone, "rev-parse", "HEAD"); head != later {
		t.Errorf("the clone was moved to %s", head)
	}
	// Without clones it is fetched.
	fetched := source{cache: t.TempDir(), remote: clones + "/../" + filepath.Base(clones) + "/"}
	if _, err := fetched.checkout(ctx, &accuracy.Document{Repo: "shop", Commit: labelled}); err != nil {
		t.Error(err)
	}
	if _, err := from.checkout(ctx, &accuracy.Document{Repo: "example/shop", Commit: strings.Repeat("0", 40)}); err == nil || !strings.Contains(err.Error(), "checking "+clone+" out at 000000000000") {
		t.Errorf("a commit that is not there: %v", err)
	}
}
