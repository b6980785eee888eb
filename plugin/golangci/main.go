// Command golangci is a golangci-lint that has svclint built in: what `golangci-lint custom` would make of a
// .custom-gcl.yml, without cloning golangci-lint. It is a module of its own, so that golangci-lint's several hundred
// dependencies stay out of svclint's.
package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/svclint/svclint/plugin"
)

func main() {
	info := commands.BuildInfo{Version: "unknown", Commit: "?"}
	if build, ok := debug.ReadBuildInfo(); ok {
		info.GoVersion = build.GoVersion
		for _, dep := range build.Deps {
			if dep.Path == "github.com/golangci/golangci-lint/v2" {
				info.Version = cmp.Or(dep.Version, info.Version)
			}
		}
	}
	if err := commands.Execute(info); err != nil {
		fmt.Fprintf(os.Stderr, "golangci-lint with svclint: %v\n", err)
		os.Exit(exitcodes.Failure)
	}
}
