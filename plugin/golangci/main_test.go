package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A real golangci-lint that has the plugin, run in one service of testdata/shop, shows what that service does to another
// one: nothing that a linter of one package could see.
func TestCrossServiceFinding(t *testing.T) {
	t.Setenv("GOLANGCI_LINT_CACHE", t.TempDir())
	linter := os.Getenv("GOLANGCI_LINT")
	if linter == "" {
		linter = filepath.Join(t.TempDir(), "golangci-lint")
		run(t, ".", "go", "build", "-o", linter, ".")
	}
	config, err := filepath.Abs("../../.golangci-plugin.yml")
	if err != nil {
		t.Fatal(err)
	}
	run(t, ".", linter, "config", "verify", "--config", config)

	// A copy, so that the repository analysed is shop and not svclint's, in which it is test data.
	shop := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(shop, os.DirFS("../../testdata/shop")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(shop, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	const foreignWrite = "crossdb: shipping updates table orders of service orders"
	for module, want := range map[string]string{
		"shipping": foreignWrite,
		"orders":   "boundary: orders and payments call each other in a circle",
	} {
		if got := issues(t, linter, config, filepath.Join(shop, module)); !strings.Contains(got, want) {
			t.Errorf("%s has no issue %q, but\n%s", module, want, got)
		}
	}

	// golangci-lint's cache knows that shipping did not change. That orders no longer creates the table, it has to be told.
	if err := os.RemoveAll(filepath.Join(shop, "orders", "db")); err != nil {
		t.Fatal(err)
	}
	if got := issues(t, linter, config, filepath.Join(shop, "shipping")); strings.Contains(got, foreignWrite) {
		t.Errorf("the issue is still there when orders has no such table:\n%s", got)
	}
}

// issues are the texts of what a golangci-lint with this configuration reports in a module, one per line.
func issues(t *testing.T, linter, config, module string) string {
	t.Helper()
	out := run(t, module, linter, "run", "--config", config, "--issues-exit-code=0", "--output.json.path=stdout", "--show-stats=false", "./...")
	var report struct {
		Issues []struct{ FromLinter, Text string }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%s: %v\n%s", module, err, out)
	}
	var texts []string
	for _, issue := range report.Issues {
		if issue.FromLinter != "svclint" {
			t.Errorf("%s: an issue of linter %s: %s", module, issue.FromLinter, issue.Text)
		}
		texts = append(texts, issue.Text)
	}
	return strings.Join(texts, "\n")
}

// run is the standard output of a command that has to succeed.
func run(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.Bytes()
}
