package report

import "github.com/svclint/svclint/internal/arch"

// ModelJSON is the Model as one JSON document, indented, with a final newline. Lists are never null.
func ModelJSON(m *arch.Model) ([]byte, error) {
	doc := *m
	doc.Services = notNil(doc.Services)
	doc.ForeignServices = notNil(doc.ForeignServices)
	doc.Endpoints = notNil(doc.Endpoints)
	doc.Calls = notNil(doc.Calls)
	doc.Data = notNil(doc.Data)
	doc.SharedData = notNil(doc.SharedData)
	doc.Events = notNil(doc.Events)
	doc.Chains = notNil(doc.Chains)
	doc.Cycles = notNil(doc.Cycles)
	doc.Tracing = notNil(doc.Tracing)
	doc.Idempotency = notNil(doc.Idempotency)
	doc.Boundary = notNil(doc.Boundary)
	doc.Flows = notNil(doc.Flows)
	doc.Owners = notNil(doc.Owners)
	doc.Imports = notNil(doc.Imports)
	doc.Unresolved = notNil(doc.Unresolved)
	doc.BlindSpots = notNil(doc.BlindSpots)
	doc.Coverage.Problems = notNil(doc.Coverage.Problems)
	doc.Coverage.Notes = notNil(doc.Coverage.Notes)
	return encode("Model", &doc)
}
