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
	modules, err := filepath.Glob(filepath.Join(shop, "*", "go.mod"))
	if err != nil || len(modules) == 0 {
		t.Fatalf("no modules in testdata/shop: %v", err)
	}
	var texts []string
	for _, mod := range modules {
		out := run(t, filepath.Dir(mod), linter, "run", "--config", config, "--issues-exit-code=0",
			"--output.json.path=stdout", "--show-stats=false", "./...")
		var report struct {
			Issues []struct{ FromLinter, Text string }
		}
		if err := json.Unmarshal(out, &report); err != nil {
			t.Fatalf("%s: %v\n%s", mod, err, out)
		}
		for _, issue := range report.Issues {
			if issue.FromLinter != "svclint" {
				t.Errorf("%s: an issue of linter %s: %s", mod, issue.FromLinter, issue.Text)
			}
			texts = append(texts, issue.Text)
		}
	}
	t.Logf("%d findings:\n%s", len(texts), strings.Join(texts, "\n"))
	if !strings.Contains(strings.Join(texts, "\n"), "crossdb/") {
		t.Error("no finding on data that another service owns")
	}
}

// run is the standard output of a command that has to succeed.
func run(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOLANGCI_LINT_CACHE="+t.TempDir())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.Bytes()
}
