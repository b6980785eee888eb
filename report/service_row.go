package report

import (
	"slices"

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
	Trace     string `json:"trace"`          // all, some, none; n/a when there is nothing to trace
	Unsafe    int    `json:"unsafe_to_repeat"`
	Unclear   int    `json:"unclear_to_repeat"`
	Findings  int    `json:"findings"` // findings that name it
	Errors    int    `json:"errors"`
}

func serviceRows(m *arch.Model, fs []finding.Finding) []ServiceRow {
	rows := make([]ServiceRow, len(m.Services))
	index := make(map[string]*ServiceRow, len(rows))
	for i, s := range m.Services {
		rows[i] = ServiceRow{Name: s.Name, Entry: s.Entry, Role: s.Role, Trace: "n/a"}
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
	for i := range m.Tracing {
		row(m.Tracing[i].Service).Trace = traced(&m.Tracing[i])
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
		names := slices.Compact(slices.Sorted(slices.Values(fs[i].Services)))
		for _, name := range names {
			row(name).Findings++
			if fs[i].Severity == finding.Error {
				row(name).Errors++
			}
		}
	}
	return rows
}

// traced sums a service's tracing up in a word. Without a tracer that is set up, instrumentation makes no spans.
func traced(t *arch.Tracing) string {
	if t.Setup != "yes" {
		return "none"
	}
	all, none := true, true
	for _, part := range []string{t.Servers, t.Clients, t.DB, t.Messaging} {
		switch part {
		case "all":
			none = false
		case "some":
			all, none = false, false
		case "none":
			all = false
		}
	}
	switch {
	case len(t.Breaks) > 0:
		return "some"
	case all:
		return "all"
	case none:
		return "none"
	}
	return "some"
}
