package suite_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
)

// TestInjected plants smells into testdata/tidy, which has none, one at a time. Each archive of testdata/injected is one:
// PASS/RULE-SHAPE.txtar plants what PASS/RULE finds, in a shape such as "through an interface" or "in a closure". Its comment
// says what a reviewer would see. Its files change tidy:
//
//	-- add FILE --     a new file
//	-- edit FILE --    pieces of a file of tidy, each with what takes its place
//	<<<
//	old lines, which are in the file once
//	===
//	new lines
//	>>>
//
// A line of the result with a comment "// want RULE" (in YAML and SQL: "# want RULE", "-- want RULE") is where a finding has to be;
// all of these are found, and nothing else. Where no comment can stand, a last file "want" lists them as RULE FILE:LINE.
// Tidy has no history. A file "commits" behind all others gives it one: each line "N FILE FILE ..." stands for N commits that
// change these files.
//
// All of them take minutes: one shape of each rule is planted always, the others with SVCLINT_INJECTED=all (make smells).
func TestInjected(t *testing.T) {
	files, err := filepath.Glob("testdata/injected/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing to plant: %v", err)
	}
	all := os.Getenv("SVCLINT_INJECTED") == "all"
	shapes := map[string]int{}
	for _, file := range files {
		rule, _, ok := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".txtar"), "--")
		if !ok {
			t.Errorf("%s: want a name of the form RULE--SHAPE.txtar", file)
			continue
		}
		rule = filepath.Base(filepath.Dir(file)) + "/" + rule
		shapes[rule]++
		if shapes[rule] > 1 && !all {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			plant(t, file, rule)
		})
	}
	for _, r := range suite.Rules() {
		if n := shapes[r.ID]; all && n < 3 && !strings.HasPrefix(r.ID, "svclint/") {
			t.Errorf("%s is planted in %d shapes, want three", r.ID, n)
		}
		delete(shapes, r.ID)
	}
	for rule := range shapes {
		t.Errorf("testdata/injected plants %s: there is no such rule", rule)
	}
}

func plant(t *testing.T, file, rule string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/tidy")); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, f := range a.Files {
		verb, name, _ := strings.Cut(f.Name, " ")
		path := filepath.Join(dir, filepath.FromSlash(name))
		text := string(f.Data)
		switch verb {
		case "add":
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
		case "edit":
			text = edited(t, path, text)
		case "want":
			for line := range strings.Lines(text) {
				want[strings.TrimSpace(line)] = true
			}
			continue
		case "commits":
			commit(t, dir, text)
			continue
		default:
			t.Fatalf("%s: %s: want add FILE, edit FILE, commits or want", file, f.Name)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(text) {
			n++
			if m := wanted.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
				for _, r := range strings.Fields(m[1]) {
					want[fmt.Sprintf("%s %s:%d", r, name, n)] = true
				}
			}
		}
	}
	if !slices.ContainsFunc(slices.Collect(maps.Keys(want)), func(w string) bool { return strings.HasPrefix(w, rule+" ") }) {
		t.Errorf("%s: no place wants %s", file, rule)
	}
	m, err := pipeline.Analyze(t.Context(), dir, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Coverage.Problems {
		t.Errorf("what was planted does not compile: %s:%d: %s", p.File, p.Line, p.Msg)
	}
	for _, f := range suite.Check(m) {
		at := fmt.Sprintf("%s %s:%d", f.Rule.ID, f.Pos.File, f.Pos.Line)
		if !want[at] {
			t.Errorf("a finding that was not planted: %s: %s", at, f.Message)
		}
		delete(want, at)
	}
	for _, at := range slices.Sorted(maps.Keys(want)) {
		t.Errorf("planted and not found: %s", at)
	}
}

var wanted = regexp.MustCompile(`(?://|#|--) want ([a-z/ -]+)$`)

// commit makes a repository of dir with a history: N commits for each line "N FILE FILE ...", an hour apart. What they do to a
// file does not matter, only that they change it.
func commit(t *testing.T, dir, lines string) {
	t.Helper()
	var history strings.Builder
	n := 0
	for line := range strings.Lines(lines) {
		files := strings.Fields(line)
		times, err := strconv.Atoi(files[0])
		if err != nil || len(files) < 2 {
			t.Fatalf("commits: %q: want a number and files", line)
		}
		for range times {
			n++
			fmt.Fprintf(&history, "commit refs/heads/main\ncommitter A Librarian <desk@library.example> %d +0000\ndata 0\n", 1767225600+3600*n)
			for _, file := range files[1:] {
				if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
					t.Fatalf("commits: %v", err)
				}
				fmt.Fprintf(&history, "M 644 inline %s\ndata <<.\n%d\n.\n", file, n)
			}
		}
	}
	for _, args := range [][]string{{"init", "--quiet", "--initial-branch=main"}, {"fast-import", "--quiet"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(history.String())
		cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "GIT_") }) // a hook's lead elsewhere
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
}

var hunk = regexp.MustCompile(`(?s)<<<\n(.*?)===\n(.*?)>>>\n`)

// edited is a file of tidy with pieces replaced.
func edited(t *testing.T, path, hunks string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, h := range hunk.FindAllStringSubmatch(hunks, -1) {
		if n := strings.Count(text, h[1]); n != 1 {
			t.Fatalf("%s: these lines are there %d times, want once:\n%s", path, n, h[1])
		}
		text = strings.Replace(text, h[1], h[2], 1)
	}
	return text
}
