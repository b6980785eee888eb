package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// ModelText is the Model for a person: a block per service, then what lies between the services, then what is not known.
// The JSON form holds more, among it the flows.
func ModelText(m *arch.Model, style Style) []byte {
	if style.Width <= 0 {
		style.Width = defaultWidth
	}
	p := &printer{style: style}
	p.printf("%s, %s\n", seen(m), count(topics(m), "topic"))
	for i := range m.Services {
		p.service(m, &m.Services[i])
	}

	var lines []string
	for _, s := range m.ForeignServices {
		lines = append(lines, row(s.Name, s.Why))
	}
	p.section("foreign services: their Go code is not here", lines)

	lines = nil
	for _, d := range m.SharedData {
		owner := "no owner"
		if d.Owner != "" {
			owner = "owner " + d.Owner
		}
		lines = append(lines, row(d.Store, d.Name, finding.List(d.Services), owner, d.Why))
	}
	p.section("data that several services touch", lines)

	lines = nil
	for _, c := range m.Chains {
		lines = append(lines, clean(fmt.Sprintf("%s: %s", count(len(c)-1, "hop"), strings.Join(c, " -> "))))
	}
	p.section("chains of synchronous calls", lines)

	lines = nil
	for _, c := range m.Cycles {
		if len(c) > 0 {
			lines = append(lines, clean(strings.Join(c, " -> ")+" -> "+c[0]))
		}
	}
	p.section("cycles of synchronous calls", lines)

	lines = nil
	for _, im := range m.Imports {
		kind := "insides"
		if im.Contract {
			kind = "contract"
		}
		lines = append(lines, row(im.Service+" imports "+im.Of, im.Package, kind, im.Site.String()))
	}
	p.section("imports of another service's packages", lines)

	lines = nil
	for _, u := range m.Unresolved {
		lines = append(lines, row(u.Service, u.Site.String(), u.What, u.Value, u.Reason))
	}
	p.section("not resolved", lines)

	lines = nil
	for _, b := range m.BlindSpots {
		when := "at start-up"
		if b.Requests {
			when = "on the way of a request"
		}
		lines = append(lines, row(b.Service, b.Module, "imported at "+b.Import.String(), sites(b.Sites), when, b.Why))
	}
	p.section("blind spots: libraries that talk to others, and that no model knows", lines)

	p.printf("\n%s\n", p.paint(bold, "coverage"))
	p.printf("  %d of %s read\n", m.Coverage.Analysed, count(m.Coverage.Packages, "package"))
	for _, problem := range m.Coverage.Problems {
		p.printf("  %s\n", clean(ProblemLine(problem)))
	}
	for _, n := range m.Coverage.Notes {
		p.printf("  note: %s\n", clean(n))
	}
	return p.buf.Bytes()
}

// service prints one service's block; parts that it does not have are left out.
func (p *printer) service(m *arch.Model, s *arch.Service) {
	head := fmt.Sprintf("%s  %s", p.paint(bold, s.Name), s.Entry)
	if s.Role != "" {
		head += "  role " + s.Role
	}
	if len(s.Hosts) > 0 {
		head += "  reached as " + finding.List(s.Hosts)
	}
	p.printf("\n%s\n", head)

	repeat := make(map[string]string)
	for i := range m.Idempotency {
		if d := &m.Idempotency[i]; d.Service == s.Name {
			repeat[d.Endpoint] = map[string]string{"yes": "safe to repeat", "no": "not safe to repeat"}[d.Idempotent]
		}
	}
	var lines []string
	for _, e := range m.Endpoints {
		if e.Service != s.Name {
			continue
		}
		what := "reads"
		if e.Mutates {
			what = "mutates"
		}
		lines = append(lines, row(e.Protocol, e.ID, e.Handler, e.Site.String(), what, repeat[e.ID]))
	}
	p.part("answers", lines)

	lines = nil
	for _, c := range m.Calls {
		if c.From != s.Name {
			continue
		}
		var how []string
		if c.InLoop {
			how = append(how, "in a loop")
		}
		if c.Async {
			how = append(how, "not waited for")
		}
		lines = append(lines, row(c.Protocol, c.To, c.ID, sites(c.Sites), strings.Join(how, ", ")))
	}
	p.part("calls", lines)

	lines = nil
	for _, d := range m.Data {
		if d.Service == s.Name {
			lines = append(lines, row(d.Store, d.Database, d.Name, strings.Join(d.Ops, ", "), sites(d.Sites)))
		}
	}
	p.part("data", lines)

	lines = nil
	for _, e := range m.Events {
		if e.Service == s.Name {
			lines = append(lines, row(e.Dir, e.Broker, e.Topic, sites(e.Sites)))
		}
	}
	p.part("events", lines)

	lines = nil
	for _, t := range m.Tracing {
		if t.Service != s.Name {
			continue
		}
		lines = append(lines, fmt.Sprintf("library %s, set up %s, servers %s, clients %s, databases %s, messaging %s",
			t.Library, t.Setup, t.Servers, t.Clients, t.DB, t.Messaging))
		for _, b := range t.Breaks {
			lines = append(lines, clean(fmt.Sprintf("breaks at %s: %s", b.Site, b.Why)))
		}
	}
	p.part("tracing", lines)
}

func (p *printer) part(name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.printf("  %s\n", name)
	p.columns("    ", lines)
}

func (p *printer) section(name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.printf("\n%s\n", p.paint(bold, name))
	p.columns("  ", lines)
}

// row joins cells for columns; empty cells at the end are dropped, so that no line ends in blanks.
func row(cells ...string) string {
	last := 0
	for i, c := range cells {
		cells[i] = cmp.Or(clean(c), "-")
		if clean(c) != "" {
			last = i
		}
	}
	return strings.Join(cells[:last+1], "\t")
}

// sites is the first place and how many more there are.
func sites(ps []effects.Pos) string {
	switch len(ps) {
	case 0:
		return ""
	case 1:
		return ps[0].String()
	}
	return fmt.Sprintf("%s +%d", ps[0], len(ps)-1)
}

func topics(m *arch.Model) int {
	seen := make(map[string]bool)
	for _, e := range m.Events {
		seen[e.Broker+":"+e.Topic] = true
	}
	return len(seen)
}
