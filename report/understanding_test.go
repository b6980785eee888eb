package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
)

// TestTooLittleRead: a clean verdict needs enough that was read; a bad one stands on what was found.
func TestTooLittleRead(t *testing.T) {
	clean := func() *arch.Model {
		m := &arch.Model{Coverage: arch.Coverage{Packages: 20, Analysed: 20}}
		for _, name := range []string{"orders", "billing"} {
			m.Services = append(m.Services, arch.Service{Name: name, Entry: name})
			for i := range 4 {
				m.Endpoints = append(m.Endpoints, arch.Endpoint{Service: name, Protocol: "http", ID: fmt.Sprintf("GET /%s/%d", name, i),
					Registered: effects.Pos{File: name + "/main.go", Line: 10 + i}, Instrumented: true})
			}
			m.Tracing = append(m.Tracing, arch.Tracing{Service: name, Setup: "yes"})
		}
		return m
	}
	problem := func(n int) (ps []arch.Problem) {
		for i := range n {
			ps = append(ps, arch.Problem{File: "orders/x.go", Line: i, Package: fmt.Sprintf("example.com/p%d", i), Msg: "imports gen, which was not found"})
		}
		return ps
	}
	unresolved := func(n int) (us []arch.Unresolved) {
		for i := range n {
			us = append(us, arch.Unresolved{Service: "orders", Site: effects.Pos{File: "orders/db.go", Line: i}, What: "the SQL text"})
		}
		return us
	}
	for _, test := range []struct {
		name    string
		change  func(*arch.Model)
		want    Verdict
		because string
	}{
		{"everything was read", func(*arch.Model) {}, Healthy, ""},
		{"two packages of twenty have a mistake", func(m *arch.Model) { m.Coverage.Problems = problem(2) }, Healthy, ""},
		{"three have, for want of generated stubs", func(m *arch.Model) { m.Coverage.Problems = problem(3) }, TooLittleRead, "3 of 20 packages not fully read"},
		{"packages were not read at all", func(m *arch.Model) { m.Coverage.Analysed = 17 }, TooLittleRead, "3 of 20 packages not fully read"},
		{"a manifest with a mistake is no package", func(m *arch.Model) { m.Coverage.Problems = []arch.Problem{{File: "compose.yaml"}} }, Healthy, ""},
		{"two places of ten are unresolved", func(m *arch.Model) { m.Unresolved = unresolved(2) }, Healthy, ""},
		{"three of eleven are", func(m *arch.Model) { m.Unresolved = unresolved(3) }, TooLittleRead, "3 of 11 places where services talk to others not understood"},
		{"one of two services answers nothing that was seen", func(m *arch.Model) { m.Endpoints = m.Endpoints[:4] }, TooLittleRead, "no endpoint seen of 1 of 2 services"},
		{"requests run into a library that no model knows", func(m *arch.Model) {
			m.BlindSpots = []arch.BlindSpot{{Service: "billing", Module: "example.com/pay", Requests: true, Sites: []effects.Pos{{File: "billing/pay.go", Line: 7}}}}
		}, TooLittleRead, "blind spots in 1 of 2 services"},
		{"only start-up does", func(m *arch.Model) {
			m.BlindSpots = []arch.BlindSpot{{Service: "billing", Module: "example.com/discovery", Sites: []effects.Pos{{File: "billing/main.go", Line: 7}}}}
		}, Healthy, ""},
		{"what was found stays found", func(m *arch.Model) {
			m.Coverage.Problems = problem(9)
			m.Cycles = [][]string{{"billing", "orders"}}
		}, Coupled, "boundaries"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := clean()
			test.change(m)
			card := Score(m, nil)
			if card.Verdict != test.want || strings.Join(card.Because, "; ") != test.because {
				t.Errorf("the verdict is %q because of %q, want %q because of %q", card.Verdict, card.Because, test.want, test.because)
			}
		})
	}
}

func TestUnderstandingInALine(t *testing.T) {
	for _, test := range []struct {
		u    Understanding
		want string
	}{
		{Understanding{Packages: 12, Read: 12, Places: 40, Known: 40, Services: 3}, "all of 12 packages fully read; all of 40 places where services talk to others understood (100 %)"},
		{Understanding{Packages: 9, Read: 9, Flawed: 4, Services: 2, Silent: []string{"emoji", "voting"}}, "5 of 9 packages fully read; no endpoint seen of emoji, voting"},
		{Understanding{Packages: 1, Read: 1, Places: 3, Known: 2, Services: 4, Blind: []string{"a", "b", "c", "d"}}, "all of 1 package fully read; 2 of 3 places where services talk to others understood (66 %); blind spots in 4 services"},
	} {
		if got := test.u.String(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
