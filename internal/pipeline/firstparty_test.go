package pipeline_test

import (
	"archive/zip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/svclint/svclint/internal/pipeline"
)

// TestFirstParty: modules that come from a proxy and lie in the module cache are read in full when they are of the
// repository's organisation or listed; nothing of where they lie gets into the Model. A module of the organisation that a
// library of others imports is one that the organisation publishes, and is a library.
func TestFirstParty(t *testing.T) {
	top := t.TempDir()
	proxy := filepath.Join(top, "proxy")
	const client = "import \"net/http\"\n\nfunc Ask(url string) { resp, err := http.Get(url); if err == nil { resp.Body.Close() } }\n"
	release(t, proxy, "github.com/acme/platform", "package platform\n\n"+client)
	release(t, proxy, "github.com/acme/json", "package json\n\n"+client)
	release(t, proxy, "github.com/other/web", "package web\n\nimport \"github.com/acme/json\"\n\nfunc Ask(url string) { json.Ask(url) }\n", "github.com/acme/json")
	release(t, proxy, "git.partner.org/kit", "package kit\n\n"+client)
	for key, value := range map[string]string{
		"GOPROXY": "file://" + filepath.ToSlash(proxy), "GOSUMDB": "off", "GONOSUMDB": "*", "GOPRIVATE": "", "GONOPROXY": "none",
		"GOMODCACHE": filepath.Join(top, "cache"), "GOFLAGS": "-modcacherw",
	} {
		t.Setenv(key, value)
	}
	root := filepath.Join(top, "repo")
	write(t, filepath.Join(root, ".git", "HEAD"), "")
	write(t, filepath.Join(root, "go.mod"), "module github.com/acme/shop\n\ngo 1.24\n")
	write(t, filepath.Join(root, "stock", "main.go"), `package main

import "net/http"

func main() {
	for _, route := range []string{"/a", "/b", "/c", "/d"} {
		http.HandleFunc(route, func(http.ResponseWriter, *http.Request) {})
	}
	http.ListenAndServe(":80", nil)
}
`)
	write(t, filepath.Join(root, "web", "main.go"), `package main

import (
	"net/http"

	"git.partner.org/kit"
	"github.com/acme/json"
	"github.com/acme/platform"
	"github.com/other/web"
)

func main() {
	http.HandleFunc("GET /all", func(http.ResponseWriter, *http.Request) {
		platform.Ask("http://stock/a")
		json.Ask("http://stock/b")
		web.Ask("http://stock/c")
		kit.Ask("http://stock/d")
	})
	http.ListenAndServe(":80", nil)
}
`)
	tidy := exec.Command("go", "mod", "tidy")
	tidy.Dir = root
	if out, err := tidy.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	calls := func() string {
		m, err := pipeline.Analyze(t.Context(), root, pipeline.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), top) {
			t.Errorf("the Model knows where the module cache is:\n%s", text)
		}
		var out []string
		for _, c := range m.Calls {
			out = append(out, c.To+" "+c.ID+" "+c.Sites[0].String())
		}
		return strings.Join(append(out, m.Coverage.Notes...), "\n")
	}
	want := `stock * /a web/main.go:14:12
github.com/acme/platform@v1.0.0 was read in full (packages: 1): it is of the same organisation, or listed under first-party`
	if got := calls(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	write(t, filepath.Join(root, ".svclint.yml"), "first-party: [git.partner.org]\n")
	want = `stock * /a web/main.go:14:12
stock * /d web/main.go:17:7
git.partner.org/kit@v1.0.0 was read in full (packages: 1): it is of the same organisation, or listed under first-party
github.com/acme/platform@v1.0.0 was read in full (packages: 1): it is of the same organisation, or listed under first-party`
	if got := calls(); got != want {
		t.Errorf("with first-party, got\n%s\nwant\n%s", got, want)
	}
}

// release puts v1.0.0 of a module of one file on a proxy, in the form of https://go.dev/ref/mod#goproxy-protocol.
func release(t *testing.T, proxy, module, source string, requires ...string) {
	t.Helper()
	mod := "module " + module + "\n\ngo 1.24\n"
	for _, r := range requires {
		mod += "\nrequire " + r + " v1.0.0\n"
	}
	dir := filepath.Join(proxy, filepath.FromSlash(module), "@v")
	write(t, filepath.Join(dir, "list"), "v1.0.0\n")
	write(t, filepath.Join(dir, "v1.0.0.info"), `{"Version":"v1.0.0"}`)
	write(t, filepath.Join(dir, "v1.0.0.mod"), mod)
	f, err := os.Create(filepath.Join(dir, "v1.0.0.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for name, text := range map[string]string{"go.mod": mod, "code.go": source} {
		w, err := z.Create(module + "@v1.0.0/" + name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}
