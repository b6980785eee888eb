package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/svclint/svclint/internal/atomicfile"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/internal/suite"
)

// isVet reports whether the go command is calling: it asks for a version and for flags first, and then hands over one
// configuration file per package, behind the flags that its user gave (go vet -vettool=svclint -crossdb ./...).
func isVet(args []string) bool {
	if len(args) == 0 {
		return false
	}
	last := len(args) - 1
	isFlag := func(a string) bool { return strings.HasPrefix(a, "-") }
	switch args[last] {
	case "-V=full", "-flags":
		return last == 0
	}
	return strings.HasSuffix(args[last], ".cfg") && !slices.ContainsFunc(args[:last], func(a string) bool { return !isFlag(a) })
}

// vet answers the go command and exits.
//
// The go command asks once for a version, and then runs a process per package; it keeps what that said of the package as
// long as the version, the package and its imports stay the same. What svclint says rests on the whole repository. So
// the repository is analysed when the version is asked for: the findings are part of the version, which makes the go
// command's cache right, and they are saved for the processes that follow, which only have to print their package's share.
func vet() {
	if os.Args[1] == "-V=full" {
		if err := vetVersion(os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "svclint: %v\n", err)
			if config.IsError(err) {
				os.Exit(exitUsage)
			}
			os.Exit(exitNotAnalysed)
		}
		os.Exit(exitClean)
	}
	var as []*analysis.Analyzer
	for _, a := range suite.Analyzers() {
		saved := *a
		saved.Run = func(pass *analysis.Pass) (any, error) {
			fs, ok := savedFindings(pass)
			if !ok {
				return a.Run(pass)
			}
			pipeline.Report(pass, slices.DeleteFunc(fs, func(f finding.Finding) bool {
				return !strings.HasPrefix(f.Rule.ID, a.Name+"/")
			}))
			return nil, nil
		}
		as = append(as, &saved)
	}
	unitchecker.Main(as...)
}

// vetVersion prints the version in the form that the go command reads (cmd/go/internal/work, toolID).
func vetVersion(w io.Writer) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := os.Open(exe)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	// Why a repository cannot be analysed is told when its packages are; this is only a question for the version.
	m, err := pipeline.ForDir(dir)
	if config.IsError(err) {
		return err
	}
	if err == nil {
		if err := suite.CheckSettings(m.Settings); err != nil {
			return err
		}
		// What is wrong with a suppression belongs to no pass: svclint check tells it.
		fs := suite.Suppress(m, suite.Check(m)).Left
		fmt.Fprint(h, suite.Digest(fs))
		if err := saveFindings(dir, fs); err != nil {
			return fmt.Errorf("save the findings for the packages that go vet will ask about: %w", err)
		}
	}
	_, err = fmt.Fprintf(w, "%s version devel svclint buildID=%x\n", exe, h.Sum(nil))
	return err
}

// findingsFile is where the findings of the repository that holds dir are saved.
func findingsFile(dir string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "svclint", "vet", fmt.Sprintf("%x.gob", sha256.Sum256([]byte(pipeline.Root(dir))))), nil
}

// saveFindings writes the file as a whole: a process of another go vet may be reading.
func saveFindings(dir string, fs []finding.Finding) error {
	name, err := findingsFile(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(fs); err != nil {
		return err
	}
	return atomicfile.Write(name, b.Bytes(), 0o600)
}

// savedFindings are those that vetVersion saved for the repository that holds the pass's package.
func savedFindings(pass *analysis.Pass) ([]finding.Finding, bool) {
	if len(pass.Files) == 0 {
		return nil, true
	}
	name, err := findingsFile(filepath.Dir(pass.Fset.File(pass.Files[0].FileStart).Name()))
	if err != nil {
		return nil, false
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	var fs []finding.Finding
	if err := gob.NewDecoder(f).Decode(&fs); err != nil {
		return nil, false
	}
	return fs, true
}
