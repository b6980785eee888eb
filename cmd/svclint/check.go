package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/suite"
	"github.com/svclint/svclint/report"
)

func (c *cli) checkCommand() *cobra.Command {
	format := oneOf{"text", []string{"text", "json"}}
	failOn := oneOf{"error", []string{"info", "warning", "error", "never"}}
	var known baselineFlags
	var mend bool
	cmd := &cobra.Command{
		Use:   "check [dir | ./...]",
		Short: "Find distributed-monolith smells and print the fitness report",
		Long: `Check analyses the repository in dir (default: the current directory) and prints its findings with their evidence, a
row per service, a score per lesson and a verdict.

With a baseline (svclint baseline writes one) only findings that it does not hold are printed and counted; the scores are
those of all. With --fix, what can be mended with certainty is, in place: handlers, transports and gRPC options for
tracing, contexts that are passed on, spans that are ended. go.mod is left alone. //svclint:ignore RULE REASON and //nolint:svclint // REASON suppress what is on a line or in a function.

Exit status: 0 no finding at or above --fail-on, 1 such findings, 2 wrong usage, 3 could not analyse, 130 interrupted.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := c.model(cmd.Context(), args)
			if err != nil {
				return err
			}
			r := c.report(m)
			if err := known.apply(r, args); err != nil {
				return err
			}
			if mend {
				if r, err = c.mend(cmd.Context(), r, &known, args); err != nil {
					return err
				}
			}
			var out []byte
			if format.value == "json" {
				out, err = r.JSON()
			} else {
				out, err = r.Text(c.style())
			}
			if err := c.write(out, err); err != nil {
				return err
			}
			if known.strict && r.Baseline != nil && len(r.Baseline.Stale) > 0 {
				return &exitError{exitFindings, fmt.Errorf("%s holds findings that are gone: run svclint baseline --shrink", r.Baseline.File)}
			}
			if failOn.value == "never" {
				return nil
			}
			threshold, err := finding.ParseSeverity(failOn.value)
			if err != nil {
				return err
			}
			if worst, ok := r.Worst(); ok && worst >= threshold {
				return &exitError{code: exitFindings}
			}
			return nil
		},
	}
	cmd.Flags().Var(&format, "format", "output format")
	cmd.Flags().Var(&failOn, "fail-on", "lowest severity of a finding that makes the exit status 1")
	cmd.Flags().BoolVar(&mend, "fix", false, "mend what can be mended with certainty, then check again")
	known.register(cmd)
	c.configFlag(cmd)
	return cmd
}

// mend applies the fixes for the findings of a report and returns the report of what is there then.
func (c *cli) mend(ctx context.Context, r *report.Report, known *baselineFlags, args []string) (*report.Report, error) {
	dir, err := directory(args)
	if err != nil {
		return nil, err
	}
	mended, err := c.fix(dir, r.Findings)
	if err != nil {
		return nil, &exitError{exitNotAnalysed, err}
	}
	if mended == 0 {
		return r, nil
	}
	m, err := c.model(ctx, args)
	if err != nil {
		return nil, err
	}
	r = c.report(m)
	return r, known.apply(r, args)
}

// report is what there is to say of a Model, without what is suppressed.
func (c *cli) report(m *arch.Model) *report.Report {
	fs := suite.Suppress(m, c.check(m))
	r := report.New(m, slices.Concat(fs.Left, fs.Problems))
	r.Suppressed = len(fs.Suppressed)
	return r
}

// write puts a complete document, or nothing, on stdout.
func (c *cli) write(out []byte, err error) error {
	if err == nil {
		_, err = c.stdout.Write(out)
	}
	if err != nil {
		return &exitError{exitNotAnalysed, fmt.Errorf("print the result: %w", err)}
	}
	return nil
}
