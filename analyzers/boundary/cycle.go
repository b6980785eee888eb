package boundary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// cycles returns one finding per circle of services, at its first call. A circle of roles of one main package is none.
func cycles(m *arch.Model, entries map[string]string) []finding.Finding {
	var fs []finding.Finding
	for _, members := range m.Cycles {
		if len(members) < 2 || oneContext(members, entries) {
			continue
		}
		round, calls := walk(members, m.Calls)
		if len(calls) == 0 {
			continue
		}
		f := finding.Finding{
			Rule:       cycle,
			Severity:   cycle.Severity,
			Confidence: "high",
			Services:   members,
			Pos:        calls[0].Sites[0],
		}
		if round != nil {
			f.Message = fmt.Sprintf("%s call each other in a circle: %s", finding.List(members), strings.Join(append(round, round[0]), " → "))
		} else {
			f.Message = fmt.Sprintf("%s call each other in circles", finding.List(members))
		}
		for _, c := range calls {
			f.Evidence = append(f.Evidence, finding.Step{Service: c.From, Pos: c.Sites[0], What: fmt.Sprintf("%s calls %s (%s)", c.From, c.To, c.ID)})
		}
		fs = append(fs, f)
	}
	return fs
}

func oneContext(members []string, entries map[string]string) bool {
	first := entries[members[0]]
	return first != "" && !slices.ContainsFunc(members, func(s string) bool { return entries[s] != first })
}

// walk finds a round through all members by calls that are waited for, beginning at the first, and returns it with one
// call per step. Where no single round meets all of them, round is nil and the calls are all those among the members.
func walk(members []string, all []arch.Call) (round []string, calls []arch.Call) {
	var among []arch.Call
	for _, c := range all {
		if !c.Async && len(c.Sites) > 0 && c.From != c.To && slices.Contains(members, c.From) && slices.Contains(members, c.To) {
			among = append(among, c)
		}
	}
	var step func(path []arch.Call) []arch.Call
	step = func(path []arch.Call) []arch.Call {
		at := members[0]
		if len(path) > 0 {
			at = path[len(path)-1].To
		}
		for _, c := range among {
			if c.From != at {
				continue
			}
			if c.To == members[0] && len(path) == len(members)-1 {
				return append(path, c)
			}
			if c.To == members[0] || slices.ContainsFunc(path, func(p arch.Call) bool { return p.To == c.To }) {
				continue
			}
			if done := step(append(path[:len(path):len(path)], c)); done != nil {
				return done
			}
		}
		return nil
	}
	if len(members) > maxRound {
		return nil, among
	}
	way := step(nil)
	if way == nil {
		return nil, among
	}
	for _, c := range way {
		round = append(round, c.From)
	}
	return round, way
}

// maxRound bounds the search for a round, whose cost grows with the factorial of the members.
const maxRound = 8
