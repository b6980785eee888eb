package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
	"github.com/svclint/svclint/report"
)

// fingerprintForm is a fingerprint or its beginning, as long as one can tell it from a word.
var fingerprintForm = regexp.MustCompile(`^[0-9a-f]{6,16}$`)

func (c *cli) explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain RULE | explain FINGERPRINT [dir | ./...]",
		Short: "Explain a rule, or one finding with all of its evidence",
		Long: `Explain prints the documentation of a rule: the lesson it rests on, why, an example that is wrong and one that is right,
and what to do.

With the fingerprint of a finding, or the beginning of one, it analyses the repository in dir (default: the current
directory) and prints that finding with the whole path of evidence and the lines of code on it. Findings that are
suppressed or in the baseline are explained too.`,
		Example: "  svclint explain crossdb/foreign-write\n  svclint explain 3f2a91bc ./services",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("explain what? Name a rule (svclint rules lists them) or the fingerprint of a finding (svclint check prints them)")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			rules := suite.Rules()
			for _, r := range rules {
				if r.ID == args[0] {
					if len(args) > 1 {
						return fmt.Errorf("a rule is explained without a directory: svclint explain %s", r.ID)
					}
					return c.write(report.RuleText(r, c.style()), nil)
				}
			}
			if !fingerprintForm.MatchString(args[0]) {
				return unknownRule(args[0], rules)
			}
			dir, err := directory(args[1:])
			if err != nil {
				return err
			}
			m, err := c.model(cmd.Context(), args[1:])
			if err != nil {
				return err
			}
			e, err := c.find(m, args[0], args[1:])
			if err != nil {
				return err
			}
			top := pipeline.Top(dir)
			e.Source = func(file string) ([]byte, error) {
				if !filepath.IsAbs(file) {
					file = filepath.Join(top, filepath.FromSlash(file))
				}
				return os.ReadFile(file)
			}
			return c.write(report.FindingText(e, c.style()), nil)
		},
	}
	c.configFlag(cmd)
	return cmd
}

func unknownRule(name string, rules []*finding.Rule) error {
	msg := fmt.Sprintf("unknown rule %q", name)
	if near := finding.NearestRule(name, rules); near != nil {
		msg += fmt.Sprintf(", did you mean %s?", near.ID)
	}
	return errors.New(msg + " (svclint rules lists them)")
}

// find looks for the finding whose fingerprint begins so, among all that there are.
func (c *cli) find(m *arch.Model, fingerprint string, args []string) (report.Explained, error) {
	var found []report.Explained
	see := func(f finding.Finding, state string) {
		if strings.HasPrefix(f.Fingerprint(), fingerprint) {
			found = append(found, report.Explained{Finding: &f, State: state})
		}
	}
	all := suite.Suppress(m, c.check(m))
	var known baselineFlags
	name, base, err := known.read(args)
	if err != nil {
		return report.Explained{}, err
	}
	inBaseline := func(f finding.Finding) string {
		if base != nil && len(base.Compare([]finding.Finding{f}).Known) == 1 {
			return "known: in the baseline " + name
		}
		return ""
	}
	for _, f := range all.Left {
		see(f, inBaseline(f))
	}
	for _, f := range all.Problems {
		see(f, inBaseline(f))
	}
	for _, s := range all.Suppressed {
		state := "suppressed at " + s.By.String()
		if s.Reason != "" {
			state += ": " + s.Reason
		}
		see(s.Finding, state)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return report.Explained{}, fmt.Errorf("no finding with fingerprint %s: it is mended, or in another directory (svclint check prints the fingerprints)", fingerprint)
	}
	return report.Explained{}, fmt.Errorf("%d findings have a fingerprint that begins with %s: write more of it", len(found), fingerprint)
}
