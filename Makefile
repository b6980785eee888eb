# make help lists the targets. Needs Go; everything else comes through the module proxy.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.DEFAULT_GOAL := build
.PHONY: help build test lint staticcheck golangci-plugin golangci-plugin-test verify-models smells accuracy bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 24

build: ## bin/svclint
	go build -o bin/svclint ./cmd/svclint

test: ## the tests of the README
	go test ./...

lint: staticcheck ## gofmt, go vet and staticcheck on our own code
	@test -z "$$(gofmt -l analyzers cmd internal plugin report | tee /dev/stderr)"
	go vet ./...

staticcheck:
	go run $(STATICCHECK) ./...

golangci-plugin: ## bin/golangci-lint, a golangci-lint with svclint built in
	cd plugin/golangci && go build -o ../../bin/golangci-lint .

golangci-plugin-test: golangci-plugin ## runs it on testdata/shop
	cd plugin/golangci && GOLANGCI_LINT=$(CURDIR)/bin/golangci-lint go test -count=1 ./...

# Downloads some 280 module versions (about 1 GB) the first time; nothing of them is built or run.
verify-models: ## [FAMILIES="gin redis"]: the library models against the libraries, at the versions that the model files name
	go run ./internal/catalog/verify $(FAMILIES)

# One shape of each rule is planted by make test already.
smells: ## plants every rule's smell into testdata/tidy, in every shape
	SVCLINT_INJECTED=all go test -run '^TestInjected$$' -count=1 ./internal/suite

# CORPUS holds clones of the labelled repositories; without it they are fetched from GitHub, at the commits of the labels.
accuracy: ## [CORPUS=dir] [NAMES=...] [SHOW=n] [KINDS=a,b]: precision and recall on the labelled repositories
	@go run ./internal/accuracy/measure -corpus "$(CORPUS)" -show "$(or $(SHOW),0)" -kinds "$(KINDS)" $(NAMES)

# docs/performance.md names the repositories, and says what the numbers mean. BENCH_ROUNDS=3 for medians; takes up to an hour.
bench: ## CORPUS=dir: svclint and staticcheck side by side on real repositories, and how the cost grows
	@test -n "$(CORPUS)" || { echo "make bench CORPUS=dir: dir holds checkouts of the repositories that docs/performance.md names" >&2; exit 2; }
	CORPUS=$(abspath $(CORPUS)) go test -run '^TestBench' -count=1 -timeout 3h -v ./cmd/svclint

clean: ## removes bin
	rm -rf bin
