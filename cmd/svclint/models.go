package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
)

func (c *cli) modelsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "models",
		Short: "Work on models of the organisation's own libraries",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(c.stderr)
			return errors.Join(cmd.Help(), &exitError{code: exitUsage})
		},
	}
	cmd.AddCommand(c.modelsCheckCommand())
	return cmd
}

func (c *cli) modelsCheckCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "check [file]",
		Short: "Hold library models against the repository's real dependencies",
		Long: `Check reads the models of file, which has the form of the built-in ones or is a .svclint.yml (default: the
configuration of the repository in the current directory), and says which symbols its dependencies do not have, which
arguments are not there, and which entries match no call in the repository.

Exit status: 0 nothing is wrong, 1 something is, 2 wrong usage or configuration, 3 could not analyse.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			where, err := directory([]string{dir})
			if err != nil {
				return err
			}
			var family *catalog.Family
			if len(args) == 1 {
				if family, err = readModels(args[0]); err != nil {
					return &exitError{exitUsage, err}
				}
			}
			bar := newProgress(c.stderr)
			mistakes, n, err := pipeline.CheckModels(cmd.Context(), where, family,
				pipeline.Options{Progress: bar.report, Config: c.config, CheckConfig: suite.CheckSettings})
			bar.clear()
			switch {
			case cmd.Context().Err() != nil:
				return &exitError{exitInterrupted, errors.New("interrupted: nothing was reported")}
			case config.IsError(err):
				return configurationError(err)
			case errors.Is(err, pipeline.ErrNoModels):
				return fmt.Errorf("%w: write some under models in %s, or name a file", err, config.Name)
			case err != nil:
				return &exitError{exitNotAnalysed, fmt.Errorf("could not analyse %s: %w", where, err)}
			case len(mistakes) > 0:
				if err := c.write([]byte(strings.Join(mistakes, "\n")+"\n"), nil); err != nil {
					return err
				}
				return &exitError{code: exitFindings}
			}
			entries := "entries"
			if n == 1 {
				entries = "entry"
			}
			return c.write(fmt.Appendf(nil, "%d %s: every symbol exists, and every entry matches a call\n", n, entries), nil)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", ".", "`directory` of the repository")
	c.configFlag(cmd)
	return cmd
}

func readModels(file string) (*catalog.Family, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the models: %w", err)
	}
	family, err := pipeline.ReadModels(file, text)
	if err != nil {
		return nil, fmt.Errorf("the models are wrong:\n%w", err)
	}
	return family, nil
}

// configurationError is the user's to mend before anything can be analysed.
func configurationError(err error) error {
	return &exitError{exitUsage, fmt.Errorf("the configuration is wrong:\n%w", err)}
}
