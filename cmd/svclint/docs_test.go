package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/report"
)

var (
	fence   = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	isNamed = regexp.MustCompile(`^(?://|#) (\S+\.(?:go|yml))\n`)
)

// The worked example of docs/configuration.md is run as it stands there: the blocks that begin with the name of a file are
// the repository and the library, and each line of the block behind them is one that svclint model prints.
func TestConfigurationExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(text), "### Worked example")
	if !ok {
		t.Fatal("docs/configuration.md has no worked example")
	}
	top := t.TempDir()
	root := filepath.Join(top, "shop")
	files := map[string]string{
		filepath.Join(top, "platform", "go.mod"): "module git.acme.com/platform\n\ngo 1.24\n",
		filepath.Join(root, ".git", "HEAD"):      "",
		filepath.Join(root, "go.mod"): "module github.com/acme/shop\n\ngo 1.24\n\nrequire git.acme.com/platform v1.0.0\n\n" +
			"replace git.acme.com/platform => ../platform\n",
	}
	var printed string
	for _, block := range fence.FindAllStringSubmatch(example, -1) {
		switch m := isNamed.FindStringSubmatch(block[2]); {
		case m != nil && strings.HasPrefix(m[1], "platform/"):
			files[filepath.Join(top, filepath.FromSlash(m[1]))] = block[2]
		case m != nil:
			files[filepath.Join(root, filepath.FromSlash(m[1]))] = block[2]
		case block[1] == "" && printed == "":
			printed = block[2]
		}
	}
	if len(files) != 3+5 || printed == "" {
		t.Fatalf("%d files and %d bytes of what is printed: the example has another form than this test expects", len(files), len(printed))
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := pipeline.Analyze(t.Context(), root, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := string(report.ModelText(m, report.Style{}))
	for line := range strings.Lines(printed) {
		if line = strings.TrimRight(line, "\n"); !strings.Contains(got, line) {
			t.Errorf("svclint model does not print %q but\n%s", line, got)
		}
	}
	mistakes, _, err := pipeline.CheckModels(t.Context(), root, nil, pipeline.Options{})
	if err != nil || len(mistakes) > 0 {
		t.Errorf("svclint models check: %v %v", mistakes, err)
	}
}
