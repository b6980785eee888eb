package arch

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Commit is one change of the repository: the files it touched, relative to the repository root.
type Commit struct {
	ID    string // abbreviated, for messages
	Files []string
}

// What makes two services change in lock-step: enough history to tell, enough changes of both, most changes of the one that
// changes less being changes of the other as well, and this far more often than chance.
const (
	lockHistory    = 40  // commits that change the code of some service
	lockSupport    = 8   // commits that change both
	lockConfidence = 0.5 // of those that change the one that changes less
	lockLift       = 2.0 // times as often as if they were independent
)

// lockStep lists the pairs of services that change in the same commits although no contract says so: a commit that also
// changes what both are built with, or half of all services, is explained by that. Only code that is in one service alone
// counts as that service's.
func (l *linker) lockStep() []Boundary {
	entries := map[string][]string{} // main package -> names of its roles
	dirs := map[string]string{}      // folder of a package -> the only main package it is linked into, "" for several
	for _, p := range l.processes {
		entries[p.Entry] = append(entries[p.Entry], p.Name)
		for pkg := range p.packages() {
			ps := p.w.prog.pkgs[pkg]
			if ps.Outside {
				continue
			}
			of := p.Entry
			if known, ok := dirs[ps.Dir]; ok && known != of || ps.generated {
				of = ""
			}
			dirs[ps.Dir] = of
		}
	}
	if len(entries) < 2 {
		return nil
	}
	var out []Boundary
	for _, c := range coupled(l.in.History, dirs, len(entries)) {
		names := append(slices.Clone(entries[c.a]), entries[c.b]...)
		slices.Sort(names)
		b := Boundary{Kind: "lock-step", Services: slices.Compact(names), Subject: strings.Join(c.example, ", "),
			Why: fmt.Sprintf("%d of the last %d commits to services change both, which is %d%% of those that change the one that changes less, and %.1f times as often as by chance",
				c.both, c.of, int(c.confidence*100+0.5), c.lift)}
		for _, p := range l.processes {
			if p.Entry == c.a || p.Entry == c.b {
				b.Sites = addPos(b.Sites, p.Main)
				b.Steps = append(b.Steps, Step{Service: p.Name, Pos: p.Main, What: "one of the two"})
			}
		}
		slices.SortFunc(b.Steps, func(x, y Step) int { return cmp.Compare(x.Service, y.Service) })
		out = append(out, b)
	}
	return out
}

// coupling is a pair of main packages whose code changes together.
type coupling struct {
	a, b             string
	both, of         int // commits to both, and to any service
	confidence, lift float64
	example          []string // commits
}

// coupled finds the pairs that change in lock-step. Dirs tells whose the code of a folder is: see lockStep.
func coupled(history []Commit, dirs map[string]string, services int) []coupling {
	type pair struct{ a, b string }
	changed, both, example := map[string]int{}, map[pair]int{}, map[pair][]string{}
	total := 0
	for _, c := range history {
		touched, explained := touchedBy(c, dirs)
		if len(touched) == 0 || len(touched) > 2 && len(touched)*2 >= services {
			continue // a sweep: a new version of a library, a new import path
		}
		total++
		for i, a := range touched {
			changed[a]++
			for _, b := range touched[i+1:] {
				if k := (pair{a, b}); !explained {
					both[k]++
					if len(example[k]) < 3 {
						example[k] = append(example[k], c.ID)
					}
				}
			}
		}
	}
	var out []coupling
	for k, n := range both {
		c := coupling{a: k.a, b: k.b, both: n, of: total, example: example[k],
			confidence: float64(n) / float64(min(changed[k.a], changed[k.b])),
			lift:       float64(n) * float64(total) / (float64(changed[k.a]) * float64(changed[k.b]))}
		if total >= lockHistory && n >= lockSupport && c.confidence >= lockConfidence && c.lift >= lockLift {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(x, y coupling) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	return out
}

// touchedBy lists the main packages whose own code a commit changes. It is explained when the commit changes a contract or
// code that several services are built with.
func touchedBy(c Commit, dirs map[string]string) (touched []string, explained bool) {
	for _, f := range c.Files {
		switch {
		case strings.HasSuffix(f, ".proto"), strings.HasSuffix(f, ".thrift"), strings.HasSuffix(f, ".pb.go"):
			explained = true
			continue
		case !strings.HasSuffix(f, ".go"), strings.HasSuffix(f, "_test.go"):
			continue
		}
		of, known := dirs[path.Dir(f)]
		switch {
		case known && of == "":
			explained = true
		case known && !slices.Contains(touched, of):
			touched = append(touched, of)
		}
	}
	slices.Sort(touched)
	return touched, explained
}
