package workspace

import (
	"strings"
	"testing"
)

func TestEntries(t *testing.T) {
	tests := []struct {
		name, files string
		mains       string
		want        string // by deployment in file order; "-" for none
	}{
		{"the Dockerfile's build target", `
-- compose.yml --
services:
  front: {build: {context: ., dockerfile: d/Dockerfile}}
-- d/Dockerfile --
FROM golang
WORKDIR /src
COPY . .
RUN cd cmd && go build -v -o /x ./order
`, "cmd/order cmd/payment", "cmd/order"},
		{"the target's folder is the context", `
-- compose.yml --
services:
  front: {build: svc/order}
-- svc/order/Dockerfile --
FROM golang
COPY . /go/src/x
WORKDIR /go/src/x
RUN go build .
-- svc/order/main.go --
package main
`, "svc/order cmd/order", "svc/order"},
		{"an image that another deployment of it tells; one that holds several programs does not", `
-- compose.yml --
services:
  chat: {image: x/all:1, command: [chat]}
  forwarder: {image: x/all:2, command: [forwarder]}
  order: {image: x/two}
  other: {image: x/two}
  payment: {image: x/two}
`, "cmd/chat cmd/order cmd/payment", "cmd/chat cmd/chat cmd/order - cmd/payment"},
		{"of several targets, the one the entrypoint was copied from", `
-- compose.yml --
services:
  a: {build: {context: ., target: one}}
  b: {build: {context: ., target: two}}
  payment: {build: ., entrypoint: payment}
-- Dockerfile --
FROM golang AS build
WORKDIR /src
COPY . .
RUN go build -o /out/o ./cmd/order && go build -o /out/p ./cmd/payment
FROM scratch AS one
COPY --from=build /out/o /server
ENTRYPOINT ["/server"]
FROM scratch AS two
COPY --from=build /out/p /server
CMD /server
`, "cmd/order cmd/payment", "cmd/order cmd/payment cmd/payment"},
		{"a build argument names the service", `
-- compose.yml --
services:
  x: {build: {context: ., args: {SERVICE: payment}}}
-- Dockerfile --
FROM golang
ARG SERVICE=order
COPY . /app
WORKDIR /app/cmd/$SERVICE
RUN --mount=type=cache,target=/root/.cache go install
`, "cmd/order cmd/payment", "cmd/payment"},
		{"go install ./cmd/... and the command's name", `
-- compose.yml --
services:
  first: {build: ., entrypoint: order --x}
  second: {build: ., command: ["sh", "-c", "sleep 1 && exec payment"]}
  third: {build: .}
-- Dockerfile --
FROM golang
COPY . /app
WORKDIR /app
RUN go install ./cmd/...
`, "cmd/order cmd/payment", "cmd/order cmd/payment -"},
		{"an import path", `
-- compose.yml --
services:
  x: {build: .}
-- Dockerfile --
FROM golang
COPY . /app
RUN go build -o /x example.com/shop/cmd/payment
`, "cmd/order cmd/payment", "cmd/payment"},
		{"go run in a mounted folder", `
-- compose.yml --
services:
  x: {image: golang, volumes: [".:/app"], working_dir: /app, command: go run ./cmd/order}
  y: {image: golang, volumes: ["./cmd:/code"], working_dir: /code/payment, command: air}
`, "cmd/order cmd/payment", "cmd/order cmd/payment"},
		{"a reloader's build option", `
-- compose.yml --
services:
  x: {build: ., volumes: [".:/app"]}
-- Dockerfile --
FROM golang
WORKDIR /app
ENTRYPOINT CompileDaemon --build="go build -o main cmd/payment/main.go" --command=./main
`, "cmd/order cmd/payment", "cmd/payment"},
		{"the only main below the context", `
-- compose.yml --
services:
  web: {build: cmd/order}
-- cmd/order/Dockerfile --
FROM golang
RUN make
`, "cmd/order cmd/payment", "cmd/order"},
		{"names", `
-- k8s.yaml --
kind: Pod
metadata: {name: a}
spec: {containers: [{image: "registry/shop-order:1"}]}
---
kind: Pod
metadata: {name: payment-service}
spec: {containers: [{image: other}]}
---
kind: Pod
metadata: {name: redis}
spec: {containers: [{image: redis}]}
`, "cmd/order cmd/payment", "- cmd/payment -"},
		{"names with layered folders", `
-- k8s.yaml --
kind: Pod
metadata: {name: order-api}
---
kind: Pod
metadata: {name: order-rpc}
spec: {containers: [{image: "order_rpc"}]}
---
kind: Pod
metadata: {name: user-rpc}
spec: {containers: [{image: "user-rpc"}]}
`, "app/order/cmd/api app/order/cmd/rpc app/user/cmd/rpc", "app/order/cmd/rpc app/user/cmd/rpc"},
		{"skaffold links an image to its folder", `
-- skaffold.yaml --
apiVersion: skaffold/v3
kind: Config
build:
  artifacts:
  - {image: checkout, context: cmd/order}
-- k8s.yaml --
kind: Pod
metadata: {name: x}
spec: {containers: [{image: "gcr.io/p/checkout:1"}]}
`, "cmd/order cmd/payment", "cmd/order"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, m := manifests(t, goFiles+test.files)
			var got []string
			for _, e := range w.EntriesOf(m.Deployments, strings.Fields(test.mains)) {
				if e == nil {
					e = []string{"-"}
				}
				got = append(got, strings.Join(e, "+"))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %s, want %s\n%v %v", strings.Join(got, " "), test.want, m.Deployments, m.Problems)
			}
		})
	}
}
