package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/report"
)

func (c *cli) checkCommand() *cobra.Command {
	format := oneOf{"text", []string{"text", "json"}}
	failOn := oneOf{"error", []string{"info", "warning", "error", "never"}}
	cmd := &cobra.Command{
		Use:   "check [dir | ./...]",
		Short: "Find distributed-monolith smells and print the fitness report",
		Long: `Check analyses the repository in dir (default: the current directory) and prints its findings with their evidence, a
row per service, a score per lesson and a verdict.

Exit status: 0 no finding at or above --fail-on, 1 such findings, 2 wrong usage, 3 could not analyse, 130 interrupted.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := c.model(cmd.Context(), args)
			if err != nil {
				return err
			}
			r := report.New(m, c.check(m))
			var out []byte
			if format.value == "json" {
				out, err = r.JSON()
			} else {
				out, err = r.Text(c.style())
			}
			if err := c.write(out, err); err != nil {
				return err
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
	c.configFlag(cmd)
	return cmd
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
