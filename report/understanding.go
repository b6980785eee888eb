package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
)

// Understanding says how much of a repository the Model rests on. The package documentation has the thresholds.
type Understanding struct {
	Packages int // the repository's own
	Read     int // those of which at least a part was read
	Flawed   int // those of them of which statements were left out
	Places   int // where services answer, ask, store, publish or consume, or seem to
	Known    int // those of which the Model says what
	Services int
	Silent   []string // services of which no endpoint was seen
	Blind    []string // services that use libraries on a request's way that no model knows
}

const (
	flawedPackages = 0.10 // share of packages that may be unread or read in part
	unknownPlaces  = 0.25 // share of places that may be unknown
	silentServices = 0.50 // share of services that may be silent or blind; at this share it is too much
)

func understand(m *arch.Model) Understanding {
	u := Understanding{Packages: m.Coverage.Packages, Read: m.Coverage.Analysed, Services: len(m.Services)}
	flawed := map[string]bool{}
	for _, p := range m.Coverage.Problems {
		if p.Package != "" {
			flawed[p.Package] = true
		}
	}
	u.Flawed = max(0, min(len(flawed), u.Packages)-(u.Packages-u.Read)) // a package that was not read has a problem too

	type place struct {
		service string
		at      effects.Pos
	}
	places := map[place]bool{} // true: known
	know := func(service string, sites []effects.Pos) {
		for _, s := range sites {
			places[place{service, s}] = true
		}
	}
	answers := map[string]bool{}
	for _, e := range m.Endpoints {
		answers[e.Service] = true
		know(e.Service, []effects.Pos{e.Registered})
	}
	for _, c := range m.Calls {
		know(c.From, c.Sites)
	}
	for _, d := range m.Data {
		know(d.Service, d.Sites)
	}
	for _, e := range m.Events {
		know(e.Service, e.Sites)
	}
	// What is unknown at a place says more than what is known there.
	for _, g := range m.Unresolved {
		places[place{g.Service, g.Site}] = false
	}
	for _, b := range m.BlindSpots {
		if !b.Requests {
			continue
		}
		if !slices.Contains(u.Blind, b.Service) {
			u.Blind = append(u.Blind, b.Service)
		}
		for _, s := range b.Sites {
			places[place{b.Service, s}] = false
		}
	}
	u.Places = len(places)
	for _, known := range places {
		if known {
			u.Known++
		}
	}
	for _, s := range m.Services {
		if !answers[s.Name] {
			u.Silent = append(u.Silent, s.Name)
		}
	}
	return u
}

// lacks lists why the Model is too little to call a system healthy, in words; nothing when it is enough.
func (u *Understanding) lacks() []string {
	var why []string
	if bad := u.Packages - u.Read + u.Flawed; over(bad, u.Packages, flawedPackages) {
		why = append(why, fmt.Sprintf("%d of %s not fully read", bad, count(u.Packages, "package")))
	}
	if bad := u.Places - u.Known; over(bad, u.Places, unknownPlaces) {
		why = append(why, fmt.Sprintf("%d of %s where services talk to others not understood", bad, count(u.Places, "place")))
	}
	if bad := len(u.Silent); bad > 0 && float64(bad) >= silentServices*float64(u.Services) {
		why = append(why, fmt.Sprintf("no endpoint seen of %d of %s", bad, count(u.Services, "service")))
	}
	if bad := len(u.Blind); bad > 0 && float64(bad) >= silentServices*float64(u.Services) {
		why = append(why, fmt.Sprintf("blind spots in %d of %s", bad, count(u.Services, "service")))
	}
	return why
}

func over(bad, all int, share float64) bool { return float64(bad) > share*float64(all) }

// limit turns a clean verdict into the one that says that too little is known for it. What was found stays found.
func (u *Understanding) limit(v Verdict, because []string) (Verdict, []string) {
	if v != Healthy && v != SingleService && v != NothingToScore {
		return v, because
	}
	if why := u.lacks(); len(why) > 0 && u.Services > 0 {
		return TooLittleRead, why
	}
	return v, because
}

// String says in one line how much was understood: "all of 12 packages read; 38 of 40 places where services talk to others
// understood (95 %)".
func (u *Understanding) String() string {
	parts := []string{share(u.Read-u.Flawed, u.Packages, "package") + " fully read"}
	if u.Places > 0 {
		parts = append(parts, fmt.Sprintf("%s where services talk to others understood (%d %%)", share(u.Known, u.Places, "place"), 100*u.Known/u.Places))
	}
	for _, list := range []struct {
		what     string
		services []string
	}{{"no endpoint seen of ", u.Silent}, {"blind spots in ", u.Blind}} {
		switch n := len(list.services); {
		case n > 3:
			parts = append(parts, list.what+count(n, "service"))
		case n > 0:
			parts = append(parts, list.what+strings.Join(list.services, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// share is "all of 3 packages" or "2 of 3 packages".
func share(good, all int, noun string) string {
	if good == all && all > 0 {
		return "all of " + count(all, noun)
	}
	return fmt.Sprintf("%d of %s", good, count(all, noun))
}
