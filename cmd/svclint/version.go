package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (c *cli) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return c.write([]byte(version()+"\n"), nil)
		},
	}
}

// version is read from what the go command stamps into every binary: the module's version, or the commit of a checkout.
func version() string {
	v, commit, modified := "", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		v = info.Main.Version
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = " " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = " (modified)"
			}
		}
	}
	return fmt.Sprintf("svclint %s%s%s %s %s/%s", cmp.Or(v, "(devel)"), commit, modified, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
