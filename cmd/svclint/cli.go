package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
	"github.com/svclint/svclint/report"
)

// The exit codes. They are part of the interface: the README lists them.
const (
	exitClean       = 0
	exitFindings    = 1   // findings at or above --fail-on
	exitUsage       = 2   // wrong arguments, flags or configuration
	exitNotAnalysed = 3   // nothing to analyse, or no way to analyse it
	exitInterrupted = 130 // SIGINT or SIGTERM, as shells have it
)

// cleanupGrace is how long an interrupted analysis may take to remove its temporary files.
const cleanupGrace = 300 * time.Millisecond

// cli is the command line, apart from the process it runs in.
type cli struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	analyze        func(ctx context.Context, dir string, opts pipeline.Options) (*arch.Model, error)
	check          func(*arch.Model) []finding.Finding
	config         string // the --config flag
}

// exitError ends the program with a code other than the one for wrong usage; err may be nil when all was said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// run executes one command line and returns the exit code.
func (c *cli) run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := c.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitClean
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		// Whatever cobra itself complains about is a matter of usage.
		fmt.Fprintf(c.stderr, "svclint: %s\nRun svclint --help for usage.\n", err)
		return exitUsage
	}
	if exit.err != nil {
		fmt.Fprintf(c.stderr, "svclint: %s\n", exit.err)
	}
	return exit.code
}

func (c *cli) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "svclint",
		Short: "Find what turns Go microservices into a distributed monolith",
		Long: `svclint reads a Go repository that holds several services, recovers its architecture (services, endpoints, calls,
data, events, tracing) and reports where it breaks the lessons of running such systems: data ownership, synchronous
depth, tracing, idempotency and boundaries. It needs no configuration (but reads .svclint.yml), builds nothing and runs nothing of yours.`,
		Example:       "  svclint check\n  svclint check --format json --fail-on warning ./services/...\n  svclint model\n  go vet -vettool=$(which svclint) ./...",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unknown command %q; to analyse a directory, run: svclint check %[1]s", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(c.stderr)
			return errors.Join(cmd.Help(), &exitError{code: exitUsage})
		},
	}
	cmd.SetIn(c.stdin)
	cmd.SetOut(c.stdout)
	cmd.SetErr(c.stderr)
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.AddCommand(c.checkCommand(), c.baselineCommand(), c.explainCommand(), c.rulesCommand(), c.modelCommand(), c.modelsCommand(),
		c.initCommand(), c.versionCommand())
	return cmd
}

// configFlag adds --config to a command that analyses.
func (c *cli) configFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.config, "config", "", "configuration `file` (default: "+config.Name+" in the directory, or the nearest above it in the repository)")
}

// model analyses the repository that args name; it is what check and model have in common.
func (c *cli) model(ctx context.Context, args []string) (*arch.Model, error) {
	dir, err := directory(args)
	if err != nil {
		return nil, err
	}
	bar := newProgress(c.stderr)
	defer bar.clear()

	type result struct {
		m   *arch.Model
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{err: fmt.Errorf("internal error: %v; please report it with what follows\n%s", p, debug.Stack())}
			}
		}()
		m, err := c.analyze(ctx, dir, pipeline.Options{Progress: bar.report, Config: c.config, CheckConfig: suite.CheckSettings})
		done <- result{m, err}
	}()

	var r result
	select {
	case r = <-done:
	case <-ctx.Done():
		// The analysis stops at its next look at the context. Nobody waits for that longer than for its tidying up.
		select {
		case <-done:
		case <-time.After(cleanupGrace):
		}
	}
	bar.clear()
	switch {
	case ctx.Err() != nil:
		return nil, &exitError{exitInterrupted, errors.New("interrupted: nothing was reported")}
	case config.IsError(r.err):
		return nil, configurationError(r.err)
	case r.err != nil:
		return nil, &exitError{exitNotAnalysed, fmt.Errorf("could not analyse %s: %w", dir, r.err)}
	case len(r.m.Services) == 0:
		return nil, &exitError{exitNotAnalysed, noService(dir, r.m)}
	}
	return r.m, nil
}

// directory is the one directory that args name. Packages are no unit of an architecture, so ./... means the directory.
func directory(args []string) (string, error) {
	if len(args) > 1 {
		return "", fmt.Errorf("one directory at a time, not %d (%s): a service's smells show only beside the services it talks to; name the directory that holds them all",
			len(args), strings.Join(args, " "))
	}
	dir := "."
	if len(args) == 1 {
		dir = args[0]
	}
	if dir == "..." {
		dir = "."
	}
	for _, suffix := range []string{"/...", string(filepath.Separator) + "..."} {
		if rest, ok := strings.CutSuffix(dir, suffix); ok {
			dir = rest
			if dir == "" {
				dir = "/"
			}
		}
	}
	if dir == "" {
		return "", errors.New("the directory to analyse is empty: name one, or leave it out for the current one")
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", &exitError{exitNotAnalysed, fmt.Errorf("could not analyse %s: there is no such directory", dir)}
	case err != nil:
		return "", &exitError{exitNotAnalysed, fmt.Errorf("could not analyse %s: %w", dir, err)}
	case !info.IsDir():
		return "", &exitError{exitNotAnalysed, fmt.Errorf("could not analyse %s: it is a file; name the directory of the repository (here: %s)", dir, filepath.Dir(dir))}
	}
	return dir, nil
}

// noService explains a repository without services; what could not be read may be the reason.
func noService(dir string, m *arch.Model) error {
	var b strings.Builder
	fmt.Fprintf(&b, "could not analyse %s: no service found in %d packages: no main package starts a server, consumer, worker or scheduler that svclint knows; name the directory that holds the services", dir, m.Coverage.Packages)
	for _, problem := range m.Coverage.Problems {
		fmt.Fprintf(&b, "\n%s", report.ProblemLine(problem))
	}
	return errors.New(b.String())
}

// style is what stdout can show. See https://no-color.org for NO_COLOR.
func (c *cli) style() report.Style {
	return report.Style{Color: isTerminal(c.stdout) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// oneOf is a flag value that is one of a few words.
type oneOf struct {
	value string
	words []string
}

func (o *oneOf) String() string { return o.value }
func (o *oneOf) Type() string   { return strings.Join(o.words, "|") }
func (o *oneOf) Set(s string) error {
	for _, w := range o.words {
		if s == w {
			o.value = s
			return nil
		}
	}
	return fmt.Errorf("use one of %s", strings.Join(o.words, ", "))
}
