package workspace

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func laughs(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "a%d: &a%d {<<: [*a%d, *a%d]}\n", i, i, i-1, i-1)
	}
	return b.String()
}

// FuzzManifests reads arbitrary bytes as every kind of manifest: nothing may panic or hang.
func FuzzManifests(f *testing.F) {
	for _, seed := range []string{
		"services:\n  a: &a\n    build: {context: .}\n    environment: [A=${B:-c}]\n  b: *a\n",
		"kind: Deployment\nspec: {template: {spec: {containers: [{image: x, env: [{name: A, value: $(B)}]}]}}}\n---\nkind: Service\n",
		"{{ if }}\nkind: Pod\nmetadata: {name: {{ .Values.x }}}\n",
		"FROM x AS y\nARG A=1\nRUN go build -o /x ./...\\\n && ls\nCOPY <<EOF /a\nx\nEOF\nCMD [\"a\"]\n",
		"web: FOO=1 go run ./cmd/x\n", "A=\"x\nB=${A", "a: &a [*a]\nservices: {x: *a}\n", "services: {x: {<<: [{<<: {}}]}}",
		// Merges of merges: 2 to the 40.
		"a0: &a0 {k: v}\n" + laughs(40) + "services: {x: *a40}\n",
	} {
		f.Add([]byte(seed))
	}
	root := writeTree(f, "-- go.mod --\nmodule m\n-- x.go --\npackage m\n")
	w, err := Open(context.Background(), root, Options{Env: testEnv()})
	if err != nil {
		f.Fatal(err)
	}
	w.files = []string{".env", "Dockerfile", "Procfile", "docker-compose.yml", "k8s.yaml", "kustomization.yaml", "modd.conf"}
	f.Fuzz(func(t *testing.T, b []byte) {
		start := time.Now()
		defer func() {
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
		}()
		for _, name := range w.files {
			if err := os.WriteFile(filepath.Join(root, name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		m := w.Manifests()
		for i := range m.Deployments {
			w.Entries(&m.Deployments[i], []string{".", "cmd/x"})
		}
	})
}
