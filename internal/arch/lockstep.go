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
		p.links("")
		for pkg := range p.linked {
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
	if len(entries) < 2 || len(l.in.History) < lockHistory {
		return nil
	}
	type pair struct{ a, b string }
	changed, both, example := map[string]int{}, map[pair]int{}, map[pair][]string{}
	total := 0
	for _, c := range l.in.History {
		touched, explained := touchedBy(c, dirs)
		if len(touched) == 0 {
			continue
		}
		if len(touched) > 2 && len(touched)*2 >= len(entries) {
			continue // a sweep: a new version of a library, a new import path
		}
		total++
		for i, a := range touched {
			changed[a]++
			for _, b := range touched[i+1:] {
				if explained {
					continue
				}
				both[pair{a, b}]++
				if len(example[pair{a, b}]) < 3 {
					example[pair{a, b}] = append(example[pair{a, b}], c.ID)
				}
			}
		}
	}
	if total < lockHistory {
		return nil
	}
	var out []Boundary
	for k, n := range both {
		confidence := float64(n) / float64(min(changed[k.a], changed[k.b]))
		lift := float64(n) * float64(total) / (float64(changed[k.a]) * float64(changed[k.b]))
		if n < lockSupport || confidence < lockConfidence || lift < lockLift {
			continue
		}
		names := append(slices.Clone(entries[k.a]), entries[k.b]...)
		slices.Sort(names)
		b := Boundary{Kind: "lock-step", Services: slices.Compact(names), Subject: strings.Join(example[k], ", "),
			Why: fmt.Sprintf("%d of the last %d commits to services change both, %d%% of those that change either one's code least, %.1f times as often as by chance",
				n, total, int(confidence*100+0.5), lift)}
		for _, p := range l.processes {
			if p.Entry == k.a || p.Entry == k.b {
				b.Sites = addPos(b.Sites, p.Main)
				b.Steps = append(b.Steps, Step{Service: p.Name, Pos: p.Main, What: fmt.Sprintf("%s is changed in %d of them", p.Name, changed[p.Entry])})
			}
		}
		slices.SortFunc(b.Steps, func(x, y Step) int { return cmp.Compare(x.Service, y.Service) })
		out = append(out, b)
	}
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
