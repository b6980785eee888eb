package workspace

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

const goFiles = `
-- go.mod --
module example.com/shop
go 1.21
-- cmd/order/main.go --
package main
func main() {}
-- cmd/payment/main.go --
package main
func main() {}
`

func manifests(t testing.TB, tree string) (*Workspace, *Manifests) {
	t.Helper()
	w, err := Open(context.Background(), writeTree(t, tree), Options{Env: testEnv()})
	if err != nil {
		t.Fatal(err)
	}
	m := w.Manifests()
	return w, m
}

// describe prints a deployment for comparison: everything that is set, in a fixed order.
func describe(d *Deployment) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s:%d", d.Kind, d.Name, d.File, d.Line)
	for _, f := range []struct{ name, value string }{{"image", d.Image}, {"context", d.BuildContext}, {"dockerfile", d.Dockerfile},
		{"cmd", strings.Join(d.Command, " ")}, {"dir", d.WorkingDir}, {"hosts", strings.Join(d.Hostnames, ",")}} {
		if f.value != "" {
			fmt.Fprintf(&b, " %s=%s", f.name, f.value)
		}
	}
	for _, v := range d.Volumes {
		fmt.Fprintf(&b, " mount=%s:%s", v.Host, v.Container)
	}
	for _, p := range d.Ports {
		fmt.Fprintf(&b, " port=%d:%d", p.Published, p.Container)
	}
	if d.Job {
		b.WriteString(" job")
	}
	for _, name := range sortedKeys(d.Env) {
		v := d.Env[name]
		fmt.Fprintf(&b, "\n    %s=%s %s:%d", name, v.Value, v.File, v.Line)
		if v.Unresolved != "" {
			b.WriteString(" (" + v.Unresolved + ")")
		}
	}
	return b.String()
}

func wantDeployments(t *testing.T, m *Manifests, want string) {
	t.Helper()
	var got []string
	for i := range m.Deployments {
		got = append(got, describe(&m.Deployments[i]))
	}
	unindent := func(s string) string {
		lines := strings.Split(strings.TrimSpace(s), "\n")
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i])
		}
		return strings.Join(lines, "\n")
	}
	wantLines(t, "deployments", []string{unindent(strings.Join(got, "\n"))}, unindent(want))
	for _, p := range m.Problems {
		t.Errorf("problem: %v", p)
	}
}

func TestCompose(t *testing.T) {
	_, m := manifests(t, goFiles+`
-- .env --
TAG=1.2
export PORT="9000"
-- common.env --
# shared
LOG=debug
DB_HOST=overridden
-- base.yml --
services:
  base:
    environment: {FROM_BASE: "yes"}
    working_dir: /srv
-- docker-compose.yml --
x-env: &env
  REDIS_ADDR: redis:6379
services:
  order:
    container_name: shop-order
    build:
      context: .
      dockerfile: build/order.Dockerfile
      args: [SERVICE=order]
    extends: {file: base.yml, service: base}
    env_file: common.env
    environment:
      <<: *env
      DB_HOST: db
      ADDR: ":${PORT:-8080}"
      MODE: ${MODE:-prod}
      PASS:
    command: ["serve", "--all"]
    volumes:
      - ./data:/data
      - cache:/cache:ro
      - type: bind
        source: ./cmd
        target: /src
    ports:
      - "127.0.0.1:8080:${PORT}/tcp"
    networks:
      back:
        aliases: [orders]
  db:
    image: postgres:${TAG}
    expose: ["5432"]
    environment:
      - POSTGRES_DB=shop
      - TAG
-- docker-compose.override.yml --
services:
  order:
    environment:
      MODE: dev
-- build/order.Dockerfile --
ARG GO=1.21
FROM golang:${GO} AS build
ARG SERVICE
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build \
    # a comment within
    -o /out/app ./cmd/${SERVICE}
FROM scratch
ENV LANG=C MODE="from image"
EXPOSE 7000
COPY --from=build /out/app /app
ENTRYPOINT ["/app"]
CMD ["ignored"]
`)
	const env = `
    ADDR=:9000 docker-compose.yml:15
    DB_HOST=db docker-compose.yml:14
    FROM_BASE=yes base.yml:3
    LANG=C build/order.Dockerfile:10
    LOG=debug common.env:2
    MODE=%s
    PASS= docker-compose.yml:17 (taken from the environment that starts compose)
    REDIS_ADDR=redis:6379 docker-compose.yml:2`
	const order = ` context=. dockerfile=build/order.Dockerfile cmd=/app serve --all dir=/srv hosts=order,orders,shop-order mount=data:/data mount=cache:/cache mount=cmd:/src port=8080:9000`
	wantDeployments(t, m, `
compose order docker-compose.override.yml:2`+order+fmt.Sprintf(env, "dev docker-compose.override.yml:4")+`
  compose order docker-compose.yml:4`+order+fmt.Sprintf(env, "prod docker-compose.yml:16")+`
  compose db docker-compose.yml:30 image=postgres:1.2 hosts=db port=0:5432
    POSTGRES_DB=shop docker-compose.yml:34
    TAG=1.2 docker-compose.yml:35
`)
}

func TestKubernetes(t *testing.T) {
	_, m := manifests(t, goFiles+`
-- k8s/order.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: shared}
data:
  KAFKA: kafka:9092
  db: db:5432
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: order
  namespace: shop
spec:
  template:
    metadata: {labels: {app: order, tier: back}}
    spec:
      containers:
      - name: proxy
        image: envoy
      - name: order
        image: registry/shop/order:v1
        command: ["/order"]
        args: ["--db=$(DB)"]
        ports: [{containerPort: 8080, name: http}]
        envFrom: [{configMapRef: {name: shared}, prefix: X_}]
        env:
        - name: DB
          valueFrom: {configMapKeyRef: {name: shared, key: db}}
        - {name: PASS, valueFrom: {secretKeyRef: {name: creds, key: pass}}}
---
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: shop}
spec:
  selector: {app: order}
  ports: [{port: 80, targetPort: http}]
-- k8s/job.yaml --
apiVersion: batch/v1
kind: CronJob
metadata: {name: cleanup}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: main, image: cleanup}]
-- k8s/knative.yaml --
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: geo}
spec: {template: {spec: {containers: [{image: geo}]}}}
-- chart/Chart.yaml --
name: shop
-- chart/values.yaml --
pay: {name: payment}
-- chart/templates/pay.yaml --
{{- if .Values.pay }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Values.pay.name }}
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  template:
    spec:
      containers:
      - name: pay
        image: "{{ .Values.image }}:{{ .Chart.AppVersion }}"
        env:
        - name: SECRET
          value: {{ .Values.unknown }}
{{- end }}
-- crd.yaml --
kind: CustomResourceDefinition
{{ not yaml
`)
	wantDeployments(t, m, `
kubernetes payment chart/templates/pay.yaml:5
    SECRET= chart/templates/pay.yaml:15 (set by a Helm template)
  kubernetes cleanup k8s/job.yaml:3 image=cleanup job
  knative geo k8s/knative.yaml:3 image=geo hosts=geo
  kubernetes order k8s/order.yaml:11 image=registry/shop/order:v1 cmd=/order --db=db:5432 hosts=orders,orders.shop,orders.shop.svc,orders.shop.svc.cluster.local port=80:8080
    DB=db:5432 k8s/order.yaml:6
    PASS= k8s/order.yaml:29 (secret shop/creds/pass)
    X_KAFKA=kafka:9092 k8s/order.yaml:5
    X_db=db:5432 k8s/order.yaml:6
  kubernetes order/proxy k8s/order.yaml:18 image=envoy
`)
}

func TestProcfileAndModd(t *testing.T) {
	w, m := manifests(t, goFiles+`
-- Procfile --
# processes
web: PORT=80 go run ./cmd/order serve
worker: bin/payment
-- modd.conf --
**/*.go {
    prep: go build -o bin/pay-worker ./cmd/payment/main.go
    daemon +sigkill: ./bin/pay-worker -v
}
`)
	wantDeployments(t, m, `
procfile web Procfile:2 cmd=go run ./cmd/order serve dir=. hosts=web
    PORT=80 Procfile:2
  procfile worker Procfile:3 cmd=bin/payment dir=. hosts=worker
  modd pay-worker modd.conf:3 cmd=./bin/pay-worker -v dir=.
`)
	mains := []string{"cmd/order", "cmd/payment"}
	for i, want := range []string{"cmd/order", "cmd/payment", "cmd/payment"} {
		if got := w.Entries(&m.Deployments[i], mains); len(got) != 1 || got[0] != want {
			t.Errorf("%s: entries %v, want %s", m.Deployments[i].Name, got, want)
		}
	}
}

func TestManifestProblems(t *testing.T) {
	_, m := manifests(t, goFiles+`
-- docker-compose.yml --
services:
  a:
    image: x
   b: [
-- k8s.yaml --
kind: Service
metadata: {name: a}
---
kind: Deployment
metadata: {name: [}
-- ok.yaml --
kind: Pod
metadata: {name: fine}
spec: {containers: [{image: i}]}
`)
	var got []string
	for _, p := range m.Problems {
		got = append(got, fmt.Sprintf("%s:%d", p.File, p.Line))
		if !strings.Contains(p.Msg, "not valid YAML") || p.Hint == "" {
			t.Errorf("problem %v", p)
		}
	}
	wantLines(t, "problems", got, "docker-compose.yml:2", "k8s.yaml:5")
	if len(m.Deployments) != 1 || m.Deployments[0].Name != "fine" {
		t.Errorf("deployments %v", m.Deployments)
	}
}

func TestInterpolate(t *testing.T) {
	get := func(name string) (string, bool) {
		v, ok := map[string]string{"A": "1", "E": ""}[name]
		return v, ok
	}
	for in, want := range map[string]string{
		"$A/${A}/$$A": "1/1/$A", "${B:-x}${B-y}${E:-z}${E-w}": "xyz", "${B:-${A}}": "1", "${A:+set}${B:+set}": "set",
		"${B}": "", "${open": "${open", "$": "$", "$1": "$1", "${A:?must}": "1",
	} {
		if got := interpolate(in, get); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestDotenv(t *testing.T) {
	vars := parseDotenv("f", "A=1 # one\nexport B='x # y'\nC=\"${A}\\n2\"\n# no\nD=\n E : f \nG=\"a\nb\"\nH=$B\r\n")
	for name, want := range map[string]string{"A": "1", "B": "x # y", "C": "1\n2", "D": "", "G": "a\nb", "H": "x # y"} {
		if vars[name].Value != want {
			t.Errorf("%s: got %q, want %q", name, vars[name].Value, want)
		}
	}
	if vars["H"].Line != 9 {
		t.Errorf("H is on line %d", vars["H"].Line)
	}
}

func TestFiles(t *testing.T) {
	w, _ := manifests(t, goFiles+`
-- db/001.up.sql --
create table a();
-- vendor/x.sql --
-- testdata/x.sql --
`)
	wantLines(t, "SQL files", w.SQLFiles(), "db/001.up.sql")
	if b, err := w.ReadFile("db/001.up.sql"); err != nil || string(b) != "create table a();\n" {
		t.Errorf("read %q, %v", b, err)
	}
	if _, err := w.ReadFile("none.sql"); err == nil || !strings.Contains(err.Error(), "none.sql") {
		t.Errorf("error %v", err)
	}
	if got := w.Rel(filepath.Join(w.Root(), "db", "x")); got != "db/x" {
		t.Errorf("Rel: %s", got)
	}
}
