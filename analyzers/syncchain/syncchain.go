package syncchain

import (
	_ "embed"
	"iter"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/pipeline"
)

//go:embed doc.go
var doc string

// Analyzer reports the findings of Check that lie in one package.
var Analyzer = &analysis.Analyzer{
	Name: "syncchain",
	Doc:  finding.PassDoc(doc, "syncchain"),
	URL:  "https://pkg.go.dev/github.com/svclint/svclint/analyzers/syncchain",
	Run:  pipeline.Run(Check),
}

// Check returns the findings of all rules of the pass.
func Check(m *arch.Model) []finding.Finding {
	flows := index(m.Flows)
	fs := slices.Concat(
		deepChains(m, flows, m.Settings.Budget()),
		fanOuts(m),
		loops(m),
		inTransactions(m),
		noDeadlines(m),
		shortDeadlines(m, flows),
		retryStorms(m, flows),
		inConsumers(m),
	)
	finding.Sort(fs)
	return fs
}

// entry names a flow: an endpoint of a service. Both parts together are unique in a Model.
type entry struct{ service, endpoint string }

// index finds the flow of an endpoint.
func index(flows []arch.Flow) map[entry]*arch.Flow {
	byEntry := make(map[entry]*arch.Flow, len(flows))
	for i := range flows {
		byEntry[entry{flows[i].Service, flows[i].Endpoint}] = &flows[i]
	}
	return byEntry
}

// waited reports whether somebody waits for the flow: it answers a request or a message, and is neither start-up nor a
// schedule.
func waited(f *arch.Flow) bool {
	return f.Endpoint != "" && f.Protocol != "cron"
}

// waitedCalls are the indices of the requests to other services that a flow waits for.
func waitedCalls(f *arch.Flow) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range f.Effects {
			if e := &f.Effects[i]; e.Kind == arch.KindCall && !e.Async && e.To != "" && e.To != f.Service && !yield(i) {
				return
			}
		}
	}
}
