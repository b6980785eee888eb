package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svclint/svclint/internal/baseline"
	"github.com/svclint/svclint/report"
)

// baselineFlags say which baseline a check is held against.
type baselineFlags struct {
	file   string
	none   bool
	strict bool
}

func (b *baselineFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&b.file, "baseline", "", "baseline `file` (default "+baseline.File+" in the directory, when there is one)")
	cmd.Flags().BoolVar(&b.none, "no-baseline", false, "report known findings too")
	cmd.Flags().BoolVar(&b.strict, "strict-baseline", false, "exit status 1 when the baseline holds findings that are gone")
	cmd.MarkFlagsMutuallyExclusive("baseline", "no-baseline")
	cmd.MarkFlagsMutuallyExclusive("strict-baseline", "no-baseline")
}

// apply holds the report of the directory in args against the baseline.
func (b *baselineFlags) apply(r *report.Report, args []string) error {
	name, known, err := b.read(args)
	if err == nil && known != nil {
		r.Against(name, known)
	}
	return err
}

// read is the baseline, nil when there is none and none was asked for.
func (b *baselineFlags) read(args []string) (name string, known *baseline.Baseline, err error) {
	if b.none {
		return "", nil, nil
	}
	name, err = baselineFile(b.file, args)
	if err != nil {
		return "", nil, err
	}
	known, err = baseline.Read(name)
	switch {
	case errors.Is(err, os.ErrNotExist) && b.file == "":
		return "", nil, nil
	case err != nil:
		return "", nil, &exitError{exitUsage, err}
	}
	return name, known, nil
}

// baselineFile is the file that the flag names, else the one in the directory of args.
func baselineFile(flag string, args []string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	dir, err := directory(args)
	return filepath.Join(dir, baseline.File), err
}

func (c *cli) baselineCommand() *cobra.Command {
	var file string
	var shrink bool
	cmd := &cobra.Command{
		Use:   "baseline [dir | ./...]",
		Short: "Write down today's findings, so that check fails only on new ones",
		Long: `Baseline writes the findings of the repository in dir (default: the current directory) to ` + baseline.File + ` there.
A finding is known by its rule, its services and what it is about, never by its place: moved lines, renamed files and
reformatting leave the file as it is. What is suppressed is not written.

With --shrink, findings that are gone are taken out and nothing is added.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := baselineFile(file, args)
			if err != nil {
				return err
			}
			before, err := baseline.Read(name)
			switch {
			case errors.Is(err, os.ErrNotExist) && !shrink:
				before = baseline.Of(nil)
			case errors.Is(err, os.ErrNotExist):
				return &exitError{exitUsage, fmt.Errorf("there is no baseline %s to shrink: svclint baseline writes one", name)}
			case err != nil && shrink:
				return &exitError{exitUsage, err}
			case err != nil:
				before = baseline.Of(nil) // it is written anew
			}
			m, err := c.model(cmd.Context(), args)
			if err != nil {
				return err
			}
			findings := c.report(m).Findings
			diff := before.Compare(findings)
			after := baseline.Of(findings)
			if shrink {
				after = before.Without(diff.Stale)
			}
			if err := after.Write(name); err != nil {
				return &exitError{exitNotAnalysed, err}
			}
			return c.write([]byte(baselineText(name, after, diff, shrink)), nil)
		},
	}
	c.configFlag(cmd)
	cmd.Flags().StringVar(&file, "file", "", "where to write (default "+baseline.File+" in the directory)")
	cmd.Flags().BoolVar(&shrink, "shrink", false, "only take out what is gone")
	return cmd
}

// baselineText says what became of the file, with a line per entry that came or went.
func baselineText(name string, after *baseline.Baseline, diff baseline.Diff, shrink bool) string {
	var b strings.Builder
	plural := "s"
	if len(after.Findings) == 1 {
		plural = ""
	}
	fmt.Fprintf(&b, "%s holds %d finding%s: %d new, %d gone\n", name, len(after.Findings), plural, len(diff.New), len(diff.Stale))
	if shrink && len(diff.New) > 0 {
		fmt.Fprintf(&b, "new findings are not taken in by --shrink: mend them, or run svclint baseline without it\n")
	}
	sign := "+"
	if shrink {
		sign = "?"
	}
	for _, e := range baseline.Of(diff.New).Findings {
		fmt.Fprintf(&b, "%s %s\n", sign, e)
	}
	for _, e := range diff.Stale {
		fmt.Fprintf(&b, "- %s\n", e)
	}
	return b.String()
}
