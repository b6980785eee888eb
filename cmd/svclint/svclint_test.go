package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
	"github.com/svclint/svclint/report"
)

var update = flag.Bool("update", false, "rewrite the golden files inside testdata/script")

// The scripts run svclint as its users do, as a process. Beside it they have some that differ in their engine:
// svclint-fixture takes Model and findings from files, svclint-terminal does so slowly and with a terminal to write to,
// svclint-stuck never ends, svclint-panic panics.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"svclint":         main,
		"svclint-fixture": func() { with(fixtureModel, fixtureFindings) },
		"svclint-stuck":   func() { with(stuck, nil) },
		"svclint-terminal": func() {
			// testscript gives a process a controlling terminal, but keeps stdout and stderr for itself.
			tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
			if err != nil {
				panic(err)
			}
			os.Stdout, os.Stderr = tty, tty
			with(slow, fixtureFindings)
		},
		"svclint-panic": func() {
			with(func(context.Context, string, pipeline.Options) (*arch.Model, error) { panic("a bug") }, nil)
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			// The go command that the engine calls needs its caches; nothing else of the machine is let in.
			for _, key := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN"} {
				out, err := exec.Command("go", "env", key).Output()
				if err != nil {
					return err
				}
				env.Setenv(key, string(out[:len(out)-1]))
			}
			for key, name := range map[string]string{"SHOP": "shop", "TIDY": "tidy"} {
				dir, err := filepath.Abs(filepath.Join("../../testdata", name))
				if err != nil {
					return err
				}
				env.Setenv(key, dir)
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code":      code,
			"interrupt": interrupt,
			"json":      isJSON,
			"whichsvclint": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Setenv("SVCLINT", filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], "svclint"))
			},
		},
	})
}

// code N command...: the command ends with exit code N.
func code(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\nstderr: %s", got, want, ts.ReadFile("stderr"))
	}
}

// interrupt SIGNAL command...: the command is sent the signal once it is at work (it makes a file named ready), and ends
// within a second, with exit code 130, nothing on stdout and a message on stderr.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	sig := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}[args[0]]
	ready := ts.MkAbs("ready")
	os.Remove(ready)
	path, err := exec.LookPath(args[1])
	if err != nil {
		path = filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], args[1])
	}
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "READY="+ready)
	out, errOut := ts.MkAbs("out.txt"), ts.MkAbs("err.txt")
	stdout, err := os.Create(out)
	ts.Check(err)
	defer stdout.Close()
	stderr, err := os.Create(errOut)
	ts.Check(err)
	defer stderr.Close()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	ts.Check(cmd.Start())
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(ready); err == nil {
			break
		}
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			ts.Fatalf("the command did not get to work")
		}
	}
	sent := time.Now()
	ts.Check(cmd.Process.Signal(sig))
	cmd.Wait()
	if took := time.Since(sent); took > time.Second {
		ts.Fatalf("stopped %v after the signal", took)
	}
	if got := cmd.ProcessState.ExitCode(); got != exitInterrupted {
		ts.Fatalf("exit code %d, want %d", got, exitInterrupted)
	}
}

// json file: the file is one complete JSON document.
func isJSON(ts *testscript.TestScript, _ bool, args []string) {
	if text := ts.ReadFile(args[0]); !json.Valid([]byte(text)) {
		ts.Fatalf("%s is not a JSON document:\n%s", args[0], text)
	}
}

// with is main with another engine.
func with(analyze func(context.Context, string, pipeline.Options) (*arch.Model, error), check func(*arch.Model) []finding.Finding) {
	c := cli{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, analyze: analyze, check: check}
	os.Exit(c.run(os.Args[1:]))
}

func fixtureModel(_ context.Context, dir string, _ pipeline.Options) (*arch.Model, error) {
	text, err := os.ReadFile(filepath.Join(dir, "model.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, pipeline.ErrNothingToAnalyse
	}
	m := new(arch.Model)
	return m, json.Unmarshal(text, m)
}

func fixtureFindings(*arch.Model) []finding.Finding {
	text, err := os.ReadFile("findings.json")
	if err != nil {
		return nil
	}
	var fs []finding.Finding
	if err := json.Unmarshal(text, &fs); err != nil {
		panic(err)
	}
	return fs
}

// stuck is an engine that does not even look at its context.
func stuck(context.Context, string, pipeline.Options) (*arch.Model, error) {
	if err := os.WriteFile(os.Getenv("READY"), nil, 0o644); err != nil {
		return nil, err
	}
	select {}
}

// slow takes long enough for the progress line.
func slow(ctx context.Context, dir string, opts pipeline.Options) (*arch.Model, error) {
	opts.Progress("loading packages", 1, 3)
	if os.Getenv("SLOW") != "" {
		time.Sleep(quietFor + 10*time.Millisecond)
	}
	opts.Progress("linking", 3, 3)
	return fixtureModel(ctx, dir, opts)
}

// What the README shows is what svclint prints: each line of its first block, in this order.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n```\n")
	sample, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("README.md has no sample")
	}
	m, err := pipeline.Analyze(t.Context(), "../../testdata/shop", pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := report.New(m, suite.Check(m)).Text(report.Style{})
	if err != nil {
		t.Fatal(err)
	}
	left := string(out)
	for line := range strings.Lines(sample) {
		_, after, ok := strings.Cut(left, line)
		if !ok {
			t.Errorf("the README shows a line that svclint does not print (go run ./cmd/svclint check testdata/shop):\n%s", line)
			continue
		}
		left = after
	}
}

func TestIsVet(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want bool
	}{
		{nil, false},
		{[]string{"-V=full"}, true},
		{[]string{"-flags"}, true},
		{[]string{"/tmp/b001/vet.cfg"}, true},
		{[]string{"-crossdb=false", "-json", "/tmp/b001/vet.cfg"}, true},
		{[]string{"check", "svc.cfg"}, false},
		{[]string{"check", "-flags"}, false},
		{[]string{"check", "."}, false},
	} {
		if got := isVet(tt.args); got != tt.want {
			t.Errorf("isVet(%q) = %v", tt.args, got)
		}
	}
}
