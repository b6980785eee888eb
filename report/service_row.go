package report

import (
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// ServiceRow is what the scorecard says of one service.
type ServiceRow struct {
	Name      string `json:"name"`
	Entry     string `json:"entry"`
	Role      string `json:"role"`
	Endpoints int    `json:"endpoints"`      // what it answers: RPCs, routes, consumed topics, schedules
	CallsOut  int    `json:"calls_out"`      // distinct endpoints of other services that it calls
	CallsIn   int    `json:"calls_in"`       // distinct (service, endpoint) pairs that call it
	Owned     int    `json:"tables_owned"`   // tables it touches by right
	Foreign   int    `json:"tables_foreign"` // tables it touches that another service owns
	Publishes int    `json:"publishes"`      // topics
	Consumes  int    `json:"consumes"`       // topics
	Paths     int    `json:"paths"`          // request paths, as the score of tracing counts them
	Traced    int    `json:"paths_traced"`   // those with an unbroken trace
	Unsafe    int    `json:"unsafe_to_repeat"`
	Unclear   int    `json:"unclear_to_repeat"`
	Findings  int    `json:"findings"` // findings that are its to mend
	Errors    int    `json:"errors"`
}

func serviceRows(m *arch.Model, fs []finding.Finding) []ServiceRow {
	rows := make([]ServiceRow, len(m.Services))
	index := make(map[string]*ServiceRow, len(rows))
	for i, s := range m.Services {
		rows[i] = ServiceRow{Name: s.Name, Entry: s.Entry, Role: s.Role}
		index[s.Name] = &rows[i]
	}
	// A foreign service or one that the linker left out has no row; its counts go nowhere.
	row := func(name string) *ServiceRow {
		if r := index[name]; r != nil {
			return r
		}
		return new(ServiceRow)
	}
	for i := range m.Endpoints {
		row(m.Endpoints[i].Service).Endpoints++
	}
	for i := range m.Calls {
		row(m.Calls[i].From).CallsOut++
		row(m.Calls[i].To).CallsIn++
	}
	taken := trespasses(fs)
	for _, t := range tablesOf(m) {
		for _, name := range t.services {
			switch {
			case taken[touch{name, t.store, t.name}]:
				row(name).Foreign++
			case !isKeyValue(t.store):
				row(name).Owned++
			}
		}
	}
	for i := range m.Events {
		if e := &m.Events[i]; e.Dir == "publish" {
			row(e.Service).Publishes++
		} else {
			row(e.Service).Consumes++
		}
	}
	for path, state := range requestPaths(m) {
		switch state {
		case whole:
			row(path.service).Traced++
			fallthrough
		case broken:
			row(path.service).Paths++
		}
	}
	for i := range m.Idempotency {
		switch m.Idempotency[i].Idempotent {
		case "no":
			row(m.Idempotency[i].Service).Unsafe++
		case "unclear":
			row(m.Idempotency[i].Service).Unclear++
		}
	}
	for i := range fs {
		for _, name := range culprits(&fs[i]) {
			row(name).Findings++
			if fs[i].Severity == finding.Error {
				row(name).Errors++
			}
		}
	}
	return rows
}

// culprits are the services whose code a finding is about. The others that it names own what is touched, or are called; a
// cycle has no first.
func culprits(f *finding.Finding) []string {
	if f.Rule.ID == "boundary/cycle" || len(f.Services) < 2 {
		return f.Services
	}
	return f.Services[:1]
}
