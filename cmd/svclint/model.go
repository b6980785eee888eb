package main

import (
	"github.com/spf13/cobra"

	"github.com/svclint/svclint/report"
)

func (c *cli) modelCommand() *cobra.Command {
	format := oneOf{"text", []string{"text", "json"}}
	cmd := &cobra.Command{
		Use:   "model [dir | ./...]",
		Short: "Print the recovered architecture",
		Long: `Model prints what svclint has read from the repository in dir (default: the current directory): its services, what they
answer, call, store, publish and consume, how they are traced, and what could not be resolved. The JSON form is sorted
and the same from run to run; its "schema" is the version of the form.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := c.model(cmd.Context(), args)
			if err != nil {
				return err
			}
			if format.value == "json" {
				return c.write(report.ModelJSON(m))
			}
			return c.write(report.ModelText(m, c.style()), nil)
		},
	}
	cmd.Flags().Var(&format, "format", "output format")
	c.configFlag(cmd)
	return cmd
}
