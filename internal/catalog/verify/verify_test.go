package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/goproxytest"

	"github.com/svclint/svclint/internal/catalog"
)

// TestVerify holds model files against the libraries of testdata/proxy. Want is what is printed, up to the line that sums up.
func TestVerify(t *testing.T) {
	env := proxy(t)
	for _, test := range []struct {
		name     string
		families map[string]string
		want     string
	}{
		{"nothing is wrong: a symbol that one of the named versions has", map[string]string{
			"kv": `
packages: {kv: example.com/kv, kv2: example.com/kv/v2}
modules: [example.com/kv@v1.0.0, example.com/kv@v1.1.0, example.com/kv/v2@v2.0.0]
models:
  - func: kv.Client.{Get,Fetch,Set}
    data: {store: kv, op: read, key: arg0}
  - func: kv2.Client.Get
    data: {store: kv, op: read, key: arg1, context: arg0}
`}, ``},
		{"each version is checked as it is named, although queue asks for a higher one", map[string]string{
			"kv": `
packages: {kv: example.com/kv}
modules: [example.com/kv@v1.0.0]
models:
  - func: kv.Client.Set
    data: {store: kv, op: write, key: arg0}
`,
			"queue": `
packages: {queue: example.com/queue}
modules: [example.com/queue@v1.0.0]
models:
  - func: queue.Queue.Push
    publish: {broker: queue, topic: arg0, client: recv.Store}
`}, `models/kv.yaml:5:5: kv.Client.Set: example.com/kv.Client has no method Set
`},
		{"symbols, arguments and fields that are not there", map[string]string{
			"queue": `
packages: {queue: example.com/queue}
modules: [example.com/queue@v1.0.0]
models:
  - func: queue.Queue.Pop
    publish: {broker: queue, topic: arg0}
  - func: queue.Queue.Push
    publish: {broker: queue, topic: arg2, client: recv.Storage}
`}, `models/queue.yaml:5:5: queue.Queue.Pop: example.com/queue.Queue has no method Pop
models/queue.yaml:7:5: queue.Queue.Push in example.com/queue: publish.client recv.Storage: *example.com/queue.Queue has no Storage; it is func(topic string, body []byte) error
models/queue.yaml:7:5: queue.Queue.Push in example.com/queue: publish.topic arg2: there is no argument 2; it is func(topic string, body []byte) error
`},
		{"packages that no named module has, and modules that have none", map[string]string{
			"kv": `
packages: {admin: example.com/kv/admin}
modules: [example.com/kv@v1.1.0]
models:
  - func: admin.Drop
    note: it drops
`}, `models/kv.yaml: no module of modules: has the package example.com/kv/admin (module example.com/kv@latest found (v1.1.0), but does not contain package example.com/kv/admin): add the one that has it, or correct the path
models/kv.yaml: example.com/kv@v1.1.0 has none of the file's packages: leave it out, or correct its path or version
`},
		{"no modules at all", map[string]string{
			"kv": `
packages: {kv: example.com/kv}
models:
  - func: kv.Client.Get
    data: {store: kv, op: read, key: arg0}
`}, "models/kv.yaml: there is no modules: name the module versions that the models were checked against, such as [example.com/kv@v1.2.3]\n"},
		{"the standard library needs no module", map[string]string{
			"sql": `
packages: {sql: database/sql}
models:
  - func: sql.DB.Query
    data: {store: sql, sql: arg0}
`}, ``},
		{"a module that is gone", map[string]string{
			"kv": `
packages: {kv: example.com/kv, old: example.com/oldkv}
modules: [example.com/kv@v1.1.0]
unavailable: {example.com/oldkv: its repository was deleted}
models:
  - func: '{kv,old}.Client.Get'
    data: {store: kv, op: read, key: arg0}
`}, "models/kv.yaml: not checked: example.com/oldkv: its repository was deleted\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var families []*catalog.Family
			for _, name := range sortedKeys(test.families) {
				f, err := catalog.Read("models/"+name+".yaml", []byte(test.families[name]))
				if err != nil {
					t.Fatal(err)
				}
				families = append(families, f)
			}
			var out bytes.Buffer
			ok, err := verify(t.Context(), &out, families, env)
			if err != nil {
				t.Fatal(err)
			}
			got := regexp.MustCompile(`(?m)^\d+ models in .*\n`).ReplaceAllString(out.String(), "")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if mistakes := strings.Count(got, "\n") - strings.Count(got, "not checked"); ok != (mistakes == 0) {
				t.Errorf("verify reports %v", ok)
			}
		})
	}
}

// TestUnknownVersion: a version that does not exist is an error that says what to do.
func TestUnknownVersion(t *testing.T) {
	f, err := catalog.Read("models/kv.yaml", []byte("packages: {kv: example.com/kv}\nmodules: [example.com/kv@v1.7.0]\nmodels: [{func: kv.New, note: makes one}]"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = verify(t.Context(), new(bytes.Buffer), []*catalog.Family{f}, proxy(t))
	if want := regexp.MustCompile(`(?s)example.com/kv@v1.7.0.*name the module under unavailable`); err == nil || !want.MatchString(err.Error()) {
		t.Errorf("got the error %v", err)
	}
}

func TestChosen(t *testing.T) {
	families, err := chosen([]string{"gin"})
	if err != nil || len(families) != 1 || families[0].Name != "gin" {
		t.Errorf("chosen(gin) = %v, %v", families, err)
	}
	if _, err := chosen([]string{"ginn"}); err == nil {
		t.Error("a family that does not exist is no error")
	}
}

// proxy serves testdata/proxy and gives the environment of a go command that downloads from nowhere else.
func proxy(t *testing.T) []string {
	t.Helper()
	server, err := goproxytest.NewServer("testdata/proxy", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	env := append(os.Environ(), "GOPROXY="+server.URL, "GONOSUMDB=*", "GONOSUMCHECK=1", "GOSUMDB=off", "GOMODCACHE="+t.TempDir())
	t.Cleanup(func() {
		clean := exec.Command("go", "clean", "-modcache") // its files are read-only
		clean.Env = env
		_ = clean.Run()
	})
	return env
}
