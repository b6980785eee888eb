package accuracy

import (
	"slices"
	"strconv"
	"strings"
)

// Score is how an architecture compares with its labels, a Kind per kind of fact, in a fixed order. Kinds of which there
// is neither a label nor a fact are left out.
type Score struct {
	Repo  string
	Kinds []Kind
}

// Kind is one kind of fact: what is labelled, found and right, and what is not.
type Kind struct {
	Name                string
	Labels, Found, Hits int
	Missing, Extra      []Row // labels that were not found; facts that are not in the labels
}

// Row is a fact as its parts, in the order in which it is printed: service, endpoint id.
type Row []string

func (r Row) String() string { return strings.Join(r, "  ") }

// Precision is the share of what was found that is right. Nothing found is perfectly precise only where there was
// nothing to find.
func (k *Kind) Precision() float64 {
	switch {
	case k.Found > 0:
		return float64(k.Hits) / float64(k.Found)
	case k.Labels == 0:
		return 1
	}
	return 0
}

// Recall is the share of the labels that were found.
func (k *Kind) Recall() float64 {
	if k.Labels == 0 {
		return 1
	}
	return float64(k.Hits) / float64(k.Labels)
}

// F1 is the harmonic mean of precision and recall.
func (k *Kind) F1() float64 {
	p, r := k.Precision(), k.Recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// Kind is the kind of a name, nil if it was left out.
func (s *Score) Kind(name string) *Kind {
	for i := range s.Kinds {
		if s.Kinds[i].Name == name {
			return &s.Kinds[i]
		}
	}
	return nil
}

// MeanF1 is the mean over the kinds, 0 without any.
func (s *Score) MeanF1() float64 {
	if len(s.Kinds) == 0 {
		return 0
	}
	sum := 0.0
	for i := range s.Kinds {
		sum += s.Kinds[i].F1()
	}
	return sum / float64(len(s.Kinds))
}

// Compare scores an architecture against labels. It changes neither.
func Compare(labels, model *Document) Score {
	labels, model = labelled(labels, labels.null), labelled(model, labels.null)
	c := comparison{score: Score{Repo: labels.Repo}}
	gold := side{labels, func(name string) string { return name }}
	found := side{model, renamed(labels, model)}

	own := make(map[string]bool)
	var names, serviceRows []Row
	for _, s := range labels.Services {
		own[s.Name] = true
		names = append(names, Row{s.Name})
	}
	for _, s := range model.Services {
		serviceRows = append(serviceRows, Row{found.name(s.Name)})
	}
	sortRows(names)
	sortRows(serviceRows)

	c.add("services", names, serviceRows, same)
	c.add("endpoints", gold.endpoints(), found.endpoints(), sameRequest)
	c.add("call edges", gold.edges(own), found.edges(own), same)
	c.add("calls", gold.calls(own), found.calls(own), sameRequest)
	c.add("data", gold.data(false), found.data(false), same)
	c.add("cache keys", gold.data(true), found.data(true), same)
	c.add("shared data", gold.shared(), found.shared(), same)
	c.add("events", gold.events(), found.events(), same)
	c.add("chains", gold.chains(), found.chains(), same)
	c.add("cycles", gold.cycles(), found.cycles(), same)
	c.add("tracing", gold.tracing(), found.tracing(), same)
	c.add("trace breaks", gold.breaks(), found.breaks(), sameBreak)

	// What svclint says of endpoints without a clear label is neither right nor wrong.
	verdicts := gold.verdicts("yes", "no")
	clear := func(rows []Row) []Row {
		return slices.DeleteFunc(rows, func(r Row) bool {
			return !slices.ContainsFunc(verdicts, func(l Row) bool { return r[0] == l[0] && sameID(l[1], r[1]) })
		})
	}
	c.add("idempotency 'no'", gold.verdicts("no"), clear(found.verdicts("no")), sameVerdict)
	c.add("idempotency 'yes'", gold.verdicts("yes"), clear(found.verdicts("yes")), sameVerdict)
	c.add("boundary", gold.boundary(), found.boundary(), sameRemark)
	return c.score
}

// labelled is a document without the lists that have no labels.
func labelled(d *Document, null map[string]bool) *Document {
	out := *d
	for key, clear := range map[string]func(){
		"services":    func() { out.Services = nil },
		"endpoints":   func() { out.Endpoints = nil },
		"calls":       func() { out.Calls = nil },
		"data":        func() { out.Data = nil },
		"shared_data": func() { out.SharedData = nil },
		"events":      func() { out.Events = nil },
		"chains":      func() { out.Chains = nil },
		"cycles":      func() { out.Cycles = nil },
		"tracing":     func() { out.Tracing = nil },
		"idempotency": func() { out.Idempotency = nil },
		"boundary":    func() { out.Boundary = nil },
	} {
		if null[key] {
			clear()
		}
	}
	return &out
}

// renamed maps a name in the Model to the label's name for that service; "?" stands before those that have none.
func renamed(labels, model *Document) func(string) string {
	type key struct{ entry, role string }
	byKey, byEntry, names := make(map[key]string), make(map[string][]string), make(map[string]bool)
	for _, s := range labels.Services {
		entry := normalPath(s.Entry)
		byKey[key{entry, s.Role}] = s.Name
		byEntry[entry] = append(byEntry[entry], s.Name)
		names[s.Name] = true
	}
	to := make(map[string]string)
	for _, s := range model.Services {
		entry := normalPath(s.Entry)
		name, ok := byKey[key{entry, s.Role}]
		switch {
		case ok:
			to[s.Name] = name
		case len(byEntry[entry]) == 1:
			to[s.Name] = byEntry[entry][0]
		case names[s.Name]:
			to[s.Name] = s.Name
		default:
			to[s.Name] = "?" + s.Name
		}
	}
	return func(name string) string {
		if label, ok := to[name]; ok {
			return label
		}
		return name
	}
}

type comparison struct{ score Score }

// add matches facts with labels, one to one.
func (c *comparison) add(name string, labels, found []Row, match func(label, fact Row) bool) {
	left := unique(found)
	k := Kind{Name: name, Found: len(left)}
	for _, l := range unique(labels) {
		k.Labels++
		i := slices.IndexFunc(left, func(f Row) bool { return match(l, f) })
		if i < 0 {
			k.Missing = append(k.Missing, l)
			continue
		}
		k.Hits++
		left = slices.Delete(left, i, i+1)
	}
	k.Extra = left
	if k.Labels > 0 || k.Found > 0 {
		c.score.Kinds = append(c.score.Kinds, k)
	}
}

func unique(rows []Row) []Row {
	var out []Row
	for _, r := range rows {
		if !slices.ContainsFunc(out, func(o Row) bool { return slices.Equal(o, r) }) {
			out = append(out, r)
		}
	}
	return out
}

func same(label, fact Row) bool { return slices.Equal(label, fact) }

// sameRequest compares rows that end in an endpoint's id.
func sameRequest(label, fact Row) bool {
	last := len(label) - 1
	return len(fact) == len(label) && slices.Equal(label[:last], fact[:last]) && sameID(label[last], fact[last])
}

const breakDistance = 5 // lines between two places that are one break

func sameBreak(label, fact Row) bool {
	a, _ := strconv.Atoi(label[1])
	b, _ := strconv.Atoi(fact[1])
	return label[0] == fact[0] && max(a-b, b-a) <= breakDistance
}

func sameVerdict(label, fact Row) bool {
	return label[0] == fact[0] && sameID(label[1], fact[1]) && label[2] == fact[2]
}

// sameRemark compares kind and services: one in common is enough.
func sameRemark(label, fact Row) bool {
	return label[0] == fact[0] && slices.ContainsFunc(label[1:], func(s string) bool { return slices.Contains(fact[1:], s) })
}

func sortRows(rows []Row) { slices.SortFunc(rows, func(a, b Row) int { return slices.Compare(a, b) }) }

// Pool adds scores up by kind: what all repositories together say. Rows are not kept, and kinds come as they are met.
func Pool(scores []Score) Score {
	out := Score{Repo: "all"}
	at := make(map[string]int)
	for _, s := range scores {
		for _, k := range s.Kinds {
			i, ok := at[k.Name]
			if !ok {
				i = len(out.Kinds)
				at[k.Name] = i
				out.Kinds = append(out.Kinds, Kind{Name: k.Name})
			}
			p := &out.Kinds[i]
			p.Labels += k.Labels
			p.Found += k.Found
			p.Hits += k.Hits
		}
	}
	return out
}

// Kinds are the names of all kinds, in the order of a Score.
var Kinds = []string{
	"services", "endpoints", "call edges", "calls", "data", "cache keys", "shared data", "events", "chains", "cycles",
	"tracing", "trace breaks", "idempotency 'no'", "idempotency 'yes'", "boundary",
}
