// Command svclint analyses a Go repository that holds several services: it recovers the architecture, finds what turns
// microservices into a distributed monolith, and prints a fitness report.
//
// It is used in three ways: by hand and in CI (svclint check), as a vet tool (go vet -vettool=$(which svclint) ./...),
// and as a pre-commit hook. The golangci-lint plugin is package plugin.
package main

import (
	"os"

	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
)

func main() {
	if isVet(os.Args[1:]) {
		vet()
	}
	tuneGC()
	c := cli{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		analyze: pipeline.Analyze, check: suite.Check,
	}
	os.Exit(c.run(os.Args[1:]))
}
