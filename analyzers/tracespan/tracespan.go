package tracespan

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
)

//go:embed doc.go
var doc string

// Analyzer reports the findings of Check that lie in one package.
var Analyzer = &analysis.Analyzer{
	Name: "tracespan",
	Doc:  finding.PassDoc(doc, "tracespan"),
	URL:  "https://pkg.go.dev/github.com/svclint/svclint/analyzers/tracespan",
	Run:  pipeline.Run(Check),
}

// Check returns the holes in the traces of a repository.
func Check(m *arch.Model) []finding.Finding {
	fs := providers(m)
	if slices.ContainsFunc(m.Tracing, func(t arch.Tracing) bool { return t.Setup == "yes" }) {
		fs = append(fs, servers(m)...)
		untraced := clients(m)
		fs = append(fs, untraced...)
		fs = append(fs, breaks(m, "provider", noProvider, func(services []string, b *arch.TraceBreak) string {
			return fmt.Sprintf("%s: %s", finding.List(services), b.Why)
		})...)
		fs = append(fs, messages(m)...)
		fs = append(fs, spans(m)...)
		fs = append(fs, stores(m)...)
		fs = append(fs, hiddenErrors(m)...)
		// A call whose client makes no spans has no trace to lose: the context is the second thing to say there.
		for _, f := range contexts(m) {
			if !slices.ContainsFunc(untraced, func(u finding.Finding) bool { return u.Pos == f.Pos }) {
				fs = append(fs, f)
			}
		}
	}
	finding.Sort(fs)
	return fs
}

// providers reports the services that take part in requests and set up no tracer, one finding per main package: what its
// roles lack is set up in one place.
func providers(m *arch.Model) []finding.Finding {
	type absent struct {
		pos           effects.Pos
		role, library string
	}
	var order []absent
	services := make(map[absent][]string)
	sites := make(map[absent][]effects.Pos)
	for _, t := range m.Tracing {
		i := slices.IndexFunc(m.Services, func(s arch.Service) bool { return s.Name == t.Service })
		if i < 0 || t.Setup != "no" {
			continue
		}
		a := absent{pos: m.Services[i].Main, role: roleInTraces(m, t.Service)}
		if a.role == "" {
			continue
		}
		if t.Library != "none" {
			a.library = t.Library
		}
		if services[a] == nil {
			order = append(order, a)
		}
		services[a] = append(services[a], t.Service)
		sites[a] = append(sites[a], t.Sites...)
	}
	var fs []finding.Finding
	for _, a := range order {
		names := services[a]
		f := finding.Finding{
			Rule:       noProvider,
			Severity:   noProvider.Severity,
			Confidence: "high",
			Services:   names,
			Pos:        a.pos,
		}
		who, verb := finding.List(names), func(one, several string) string { return finding.Agree(names, one, several) }
		if a.library == "" {
			role := a.role
			if len(names) > 1 {
				verbs, rest, _ := strings.Cut(role, " ")
				role = strings.TrimSuffix(verbs, "s") + " " + rest
			}
			f.Message = fmt.Sprintf("%s %s but %s up no tracer: %s", who, role, verb("sets", "set"),
				verb("it is a hole in every trace", "they are holes in every trace"))
		} else {
			f.Message = fmt.Sprintf("%s %s %s spans but %s no tracer provider with an exporter: they go nowhere", who, verb("makes", "make"), a.library,
				verb("installs", "install"))
			f.Evidence = finding.Places(names[0], "spans or instrumentation of "+a.library, sites[a], map[effects.Pos]bool{})
		}
		for _, other := range m.Tracing {
			if other.Setup == "yes" && len(other.Sites) > 0 {
				f.Evidence = append(f.Evidence, finding.Step{Service: other.Service, Pos: other.Sites[0], What: "set up here, for comparison"})
				break
			}
		}
		fs = append(fs, f)
	}
	return fs
}

// roleInTraces says what a service does in a request's way, "" for nothing: one that neither answers nor calls has no
// place in a trace.
func roleInTraces(m *arch.Model, service string) string {
	if slices.ContainsFunc(m.Endpoints, func(e arch.Endpoint) bool {
		return e.Service == service && e.Protocol != "consumer" && e.Protocol != "cron"
	}) {
		return "answers requests"
	}
	for _, e := range m.Events {
		if e.Service == service && e.Dir == "consume" {
			return "handles messages"
		}
	}
	for _, c := range m.Calls {
		if c.From == service {
			return "calls " + c.To
		}
	}
	for _, e := range m.Events {
		if e.Service == service {
			return "publishes messages"
		}
	}
	return ""
}
