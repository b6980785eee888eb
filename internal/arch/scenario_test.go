package arch_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/pipeline"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// TestScenarios analyses small repositories, one per archive in testdata, and in testdata/families one per family of
// libraries. The comment of an archive says what the linker must see through there, its last file, want, what it must make
// of it (see render).
//
// An archive whose comment has a line "# fault: ..." wants what the engine does not do yet. It is skipped while it fails,
// and fails once it would pass, so that the line goes when the fault does.
func TestScenarios(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	families, _ := filepath.Glob("testdata/families/*.txtar")
	archives = append(archives, families...)
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := len(a.Files) - 1
			if n < 0 || a.Files[n].Name != "want" {
				t.Fatalf("%s: the last file of the archive must be named want; give it an empty one and run go test -update", file)
			}
			m, err := pipeline.Analyze(t.Context(), unpack(t, a.Files[:n]), pipeline.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, want := render(m), string(a.Files[n].Data)
			fault := faultIn(a)
			switch {
			case *update && fault == "":
				a.Files[n].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			case fault == "" && got != want:
				t.Errorf("(-want +got)\n%s", gocmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
			case fault != "" && got == want:
				t.Errorf("%s: the fault is mended: remove the line \"# fault: %s\"", file, fault)
			case fault != "":
				t.Skipf("known fault: %s\n(-want +got)\n%s", fault, gocmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
			}
		})
	}
}

func faultIn(a *txtar.Archive) string {
	for line := range strings.Lines(string(a.Comment)) {
		if fault, ok := strings.CutPrefix(line, "# fault:"); ok {
			return strings.TrimSpace(fault)
		}
	}
	return ""
}

// unpack writes the files of an archive to a repository of their own, and those below ../lib beside it: fakes of libraries,
// of which only the API is looked at. An archive without a go.mod is one module, example.com/shop.
func unpack(t *testing.T, files []txtar.File) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "repo")
	if err := os.MkdirAll(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(files, func(f txtar.File) bool { return filepath.Base(f.Name) == "go.mod" }) {
		files = append([]txtar.File{{Name: "go.mod", Data: []byte("module example.com/shop\n\ngo 1.24\n")}}, files...)
	}
	for _, f := range files {
		name := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// render writes a Model one row per line, sorted as in the Model. A does row is one effect of a flow, with what is known of
// it in parentheses: loop, async, tx (inside a local transaction), deadline (and its length), retry= (attempts), breaker, ctx=
// (where the context comes from, unless that is the request or start-up), guard=, acked (its message is acknowledged before
// it) and racy (behind a check that two at once pass). The tracing of services without anything that traces is left out.
func render(m *arch.Model) string {
	var b strings.Builder
	last := ""
	row := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for _, s := range m.Services {
		row("service %s: %s%s", s.Name, s.Entry, when(s.Role != "", " as "+s.Role))
	}
	for _, n := range m.Coverage.Notes {
		row("note %s", n)
	}
	for _, f := range m.ForeignServices {
		row("foreign %s", f.Name)
	}
	for _, e := range m.Endpoints {
		row("endpoint %s %s %s: %s %s%s", e.Service, e.Protocol, e.ID, e.Handler, at(e.Site), when(e.Mutates, " mutates"))
	}
	for _, c := range m.Calls {
		row("call %s -> %s %s %s: %s", c.From, c.To, c.Protocol, c.ID, places(c.Sites))
	}
	for _, d := range m.Data {
		row("data %s %s %s %s: %s", d.Service, strings.TrimSpace(d.Store+" "+d.Database), d.Name, strings.Join(d.Ops, ","), places(d.Sites))
	}
	for _, d := range m.SharedData {
		row("shared %s by %s", d.Name, strings.Join(d.Services, ", "))
	}
	for _, e := range m.Events {
		row("event %s %s %s %s: %s", e.Service, e.Dir, e.Broker, e.Topic, places(e.Sites))
	}
	for _, fl := range m.Flows {
		for _, e := range fl.Effects {
			what := e.To + " " + e.ID
			switch e.Kind {
			case arch.KindData:
				what = e.Verb + " " + e.Name
			case arch.KindPublish:
				what = e.Broker + " " + e.Topic
			}
			does := fmt.Sprintf("does %s %s: %s %s%s", fl.Service, cmp.Or(fl.Endpoint, "main"), e.Kind, what, facts(e))
			if does != last { // the same in another calling context
				row("%s", does)
			}
			last = does
		}
	}
	for _, c := range m.Chains {
		row("chain %s", strings.Join(c, " > "))
	}
	for _, t := range m.Tracing {
		if sides := t.Servers + t.Clients + t.DB + t.Messaging; t.Library != "none" || strings.Contains(sides, "all") || strings.Contains(sides, "some") {
			row("tracing %s %s: setup %s%s, servers %s, clients %s, db %s, messaging %s", t.Service, t.Library, t.Setup, when(t.SetupIf != "", " if "+t.SetupIf), t.Servers, t.Clients, t.DB, t.Messaging)
		}
		for _, s := range t.Spans {
			row("span %s %s: %s", t.Service, s.Fault, at(s.Site))
		}
		for _, br := range t.Breaks {
			row("break %s %s: %s", t.Service, br.Kind, at(br.Site))
		}
	}
	for _, i := range m.Idempotency {
		row("idempotent %s %s: %s, %s", i.Service, i.Endpoint, i.Idempotent, i.Why)
	}
	for _, x := range m.Boundary {
		row("boundary %s: %s", x.Kind, strings.Join(x.Services, ", "))
	}
	for _, u := range m.Unresolved {
		row("unresolved %s %s: %s%s", u.Service, at(u.Site), u.What, when(u.Value != "", " "+u.Value))
	}
	for _, s := range m.BlindSpots {
		row("blind %s %s, %s: %s %s", s.Service, s.Module, s.Why, strings.Join(s.Calls, " "), places(s.Sites))
	}
	for _, p := range m.Coverage.Problems {
		row("problem %s:%d %s", p.File, p.Line, p.Msg)
	}
	return b.String()
}

func facts(e arch.Effect) string {
	var out []string
	for _, fact := range []struct {
		is   bool
		name string
	}{
		{e.InLoop, "loop"},
		{e.Async, "async"},
		{e.Transaction != "", "tx"},
		{e.Deadline && e.Timeout == "", "deadline"},
		{e.Timeout != "", "deadline=" + e.Timeout},
		{e.Retry != nil, "retry=" + retries(e.Retry)},
		{e.Breaker != "", "breaker"},
		{e.Context != "request" && e.Context != "start-up", "ctx=" + e.Context},
		{e.Guard != "", "guard=" + e.Guard},
		{e.AckSite != nil, "acked"},
		{e.CheckSite != nil, "racy"},
	} {
		if fact.is {
			out = append(out, fact.name)
		}
	}
	return when(len(out) > 0, " ("+strings.Join(out, ", ")+")")
}

func retries(r *arch.Retry) string {
	if r == nil || r.Attempts == 0 {
		return "?"
	}
	return strconv.Itoa(r.Attempts)
}

func places(ps []effects.Pos) string {
	var out []string
	for _, p := range ps {
		out = append(out, at(p))
	}
	return strings.Join(out, " ")
}

func at(p effects.Pos) string {
	if !p.IsValid() {
		return "-"
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

func when(is bool, s string) string {
	if is {
		return s
	}
	return ""
}
