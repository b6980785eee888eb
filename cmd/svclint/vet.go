package main

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
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

// vet answers the go command and exits. The go command starts a process per package; what a finding rests on is the
// whole repository, so each of these processes would analyse all of it, were it not for the pipeline's memo on disk.
func vet() {
	var as []*analysis.Analyzer
	for _, p := range passes() {
		as = append(as, p.analyzer)
	}
	unitchecker.Main(as...)
}
