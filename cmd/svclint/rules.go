package main

import (
	"github.com/spf13/cobra"

	"github.com/svclint/svclint/internal/suite"
	"github.com/svclint/svclint/report"
)

func (c *cli) rulesCommand() *cobra.Command {
	format := oneOf{"text", []string{"text", "json"}}
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules with their severities",
		Long: `Rules prints a line per rule: its severity, whether it is on by default, and what it reports. The JSON form has the
whole documentation; svclint explain RULE prints it of one rule.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if format.value == "json" {
				return c.write(report.RulesJSON(suite.Rules()))
			}
			return c.write(report.RulesText(suite.Rules(), c.style()), nil)
		},
	}
	cmd.Flags().Var(&format, "format", "output format")
	return cmd
}
