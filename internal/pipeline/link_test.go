package pipeline_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/pipeline"
)

// The linker may get its Summaries from a cache on another machine: those that went through bytes give the same Model.
func TestLinkDecoded(t *testing.T) {
	in, err := pipeline.Collect(t.Context(), repository(t), pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	decoded := *in
	decoded.Units = nil
	summaries := 0
	for _, u := range in.Units {
		out := arch.Unit{Dir: u.Dir}
		for _, s := range u.Summaries {
			out.Summaries = append(out.Summaries, roundTrip(t, s))
			summaries++
		}
		decoded.Units = append(decoded.Units, out)
	}
	if summaries < 3 {
		t.Fatalf("%d summaries: too few to say anything", summaries)
	}
	fresh, cached := link(t, *in), link(t, decoded)
	if !bytes.Equal(fresh, cached) {
		t.Errorf("from fresh Summaries:\n%s\nfrom decoded Summaries:\n%s", fresh, cached)
	}
}

// Two runs over the same tree give the same bytes, though packages and services are worked on in parallel.
func TestAnalyzeIsDeterministic(t *testing.T) {
	dir := repository(t)
	var first []byte
	for range 2 {
		m, err := pipeline.Analyze(t.Context(), dir, pipeline.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := encode(t, m)
		if len(m.Calls) == 0 || len(m.Data) == 0 {
			t.Fatalf("a Model without calls and data says nothing:\n%s", got)
		}
		if first == nil {
			first = got
		} else if !bytes.Equal(first, got) {
			t.Errorf("first run:\n%s\nsecond run:\n%s", first, got)
		}
	}
}

// A directory without Go code is told from one that could not be read.
func TestAnalyzeNothing(t *testing.T) {
	_, err := pipeline.Analyze(t.Context(), t.TempDir(), pipeline.Options{})
	if !pipeline.IsNothing(err) {
		t.Errorf("got %v", err)
	}
	_, err = pipeline.Analyze(t.Context(), filepath.Join(t.TempDir(), "none"), pipeline.Options{})
	if err == nil || pipeline.IsNothing(err) {
		t.Errorf("got %v", err)
	}
}

func TestRoot(t *testing.T) {
	top := t.TempDir()
	for name, files := range map[string][]string{
		"git/a/b":      {"git/.git", "git/a/go.mod"},
		"work/a":       {"work/.git", "work/go/go.work"},
		"config/a/b/c": {"config/.git", "config/a/.svclint.yml", "config/a/b/go.mod"},
		"plain/a/b":    {"plain/go.mod", "plain/a/go.mod"},
	} {
		if err := os.MkdirAll(filepath.Join(top, name), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			write(t, filepath.Join(top, f), "")
		}
	}
	for dir, want := range map[string]string{
		"git/a/b":      "git",
		"work/a":       "work",
		"config/a/b/c": "config/a",
		"plain/a/b":    "plain",
	} {
		if got := pipeline.Root(filepath.Join(top, dir)); got != filepath.Join(top, want) {
			t.Errorf("Root(%s) = %s, want %s", dir, got, want)
		}
	}
	if got := pipeline.Root(""); got != "" {
		t.Errorf("Root of nothing = %q", got)
	}
}

// repository unpacks a scenario of the linker with calls, decorators and interfaces, and a database beside it.
func repository(t *testing.T) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "repo")
	write(t, filepath.Join(root, ".git", "HEAD"), "")
	write(t, filepath.Join(root, "go.mod"), "module example.com/shop\n\ngo 1.24\n")
	for _, name := range []string{"client_interface", "sql_prepared"} {
		a, err := txtar.ParseFile(filepath.Join("..", "arch", "testdata", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name != "want" {
				write(t, filepath.Join(root, filepath.FromSlash(f.Name)), string(f.Data))
			}
		}
	}
	return root
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func roundTrip(t *testing.T, s *effects.Summary) *effects.Summary {
	t.Helper()
	var b bytes.Buffer
	if err := s.Encode(&b); err != nil {
		t.Fatal(err)
	}
	out, err := effects.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func link(t *testing.T, in arch.Input) []byte {
	t.Helper()
	m, err := arch.Link(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return encode(t, m)
}

func encode(t *testing.T, m *arch.Model) []byte {
	t.Helper()
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}
