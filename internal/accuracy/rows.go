package accuracy

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// side is a document with the names under which its services are compared.
type side struct {
	*Document
	name func(string) string
}

func (s side) names(services []string) []string {
	out := make([]string, len(services))
	for i, name := range services {
		out[i] = s.name(name)
	}
	return out
}

func (s side) endpoints() []Row {
	var rows []Row
	for _, e := range s.Endpoints {
		switch e.Protocol {
		case "grpc", "http", "thrift": // consumers are events; schedules are nobody's request
			rows = append(rows, Row{s.name(e.Service), normalID(e.Protocol, e.ID)})
		}
	}
	return rows
}

func (s side) calls(own map[string]bool) []Row {
	var rows []Row
	for _, c := range s.Calls {
		if to := s.name(c.To); own[to] {
			rows = append(rows, Row{s.name(c.From), to, normalID(c.Protocol, c.ID)})
		}
	}
	return rows
}

func (s side) edges(own map[string]bool) []Row {
	rows := s.calls(own)
	for i := range rows {
		rows[i] = rows[i][:2]
	}
	return rows
}

// data lists tables and collections, or the keys of caches.
func (s side) data(caches bool) []Row {
	var rows []Row
	for _, d := range s.Data {
		if isCache(d.Store) == caches {
			rows = append(rows, Row{s.name(d.Service), normalName(d.Name)})
		}
	}
	return rows
}

func isCache(store string) bool {
	return slices.Contains([]string{"redis", "memcached", "memory", "bigcache", "ristretto"}, store)
}

func (s side) shared() []Row {
	var rows []Row
	for _, d := range s.SharedData {
		services := s.names(d.Services)
		slices.Sort(services)
		rows = append(rows, append(Row{normalName(d.Name)}, services...))
	}
	return rows
}

func (s side) events() []Row {
	var rows []Row
	for _, e := range s.Events {
		rows = append(rows, Row{s.name(e.Service), e.Dir, normalName(e.Topic)})
	}
	return rows
}

// chains are compared by the services on the way.
func (s side) chains() []Row {
	var rows []Row
	for _, chain := range s.Chains {
		var row Row
		for _, hop := range chain {
			service, _, _ := strings.Cut(hop, ":")
			row = append(row, s.name(service))
		}
		rows = append(rows, row)
	}
	return rows
}

func (s side) cycles() []Row {
	var rows []Row
	for _, c := range s.Cycles {
		row := Row(s.names(c))
		slices.Sort(row)
		rows = append(rows, slices.Compact(row))
	}
	return rows
}

func (s side) tracing() []Row {
	var rows []Row
	for _, t := range s.Tracing {
		for _, part := range [...][2]string{
			{"setup", t.Setup}, {"servers", t.Servers}, {"clients", t.Clients}, {"db", t.DB}, {"messaging", t.Messaging},
		} {
			if part[1] != "" && part[1] != "n/a" {
				rows = append(rows, Row{s.name(t.Service), part[0], part[1]})
			}
		}
	}
	return rows
}

func (s side) breaks() []Row {
	var rows []Row
	for _, t := range s.Tracing {
		for _, b := range t.Breaks {
			file, line := splitSite(b.Site)
			rows = append(rows, Row{file, strconv.Itoa(line)})
		}
	}
	return rows
}

// verdicts lists the judgements on repetition that are among the given ones.
func (s side) verdicts(wanted ...string) []Row {
	var rows []Row
	for _, v := range s.Idempotency {
		if !slices.Contains(wanted, v.Idempotent) {
			continue
		}
		protocol := ""
		if strings.Contains(v.Endpoint, " /") {
			protocol = "http"
		}
		rows = append(rows, Row{s.name(v.Service), normalID(protocol, v.Endpoint), v.Idempotent})
	}
	return rows
}

func (s side) boundary() []Row {
	var rows []Row
	for _, b := range s.Boundary {
		if b.Kind == "other" {
			continue
		}
		services := s.names(b.Services)
		slices.Sort(services)
		rows = append(rows, append(Row{b.Kind}, services...))
	}
	return rows
}

var (
	requestLine = regexp.MustCompile(`^(\*|[A-Z]+) /`)
	pathParam   = regexp.MustCompile(`\{[^}]*\}|:[A-Za-z_][\p{L}\p{N}_]*|<[^>]*>|\*[\p{L}\p{N}_]*$`)
	variable    = regexp.MustCompile(`(\{[^}]*\}|%[a-z]|\*)+`)
	digits      = regexp.MustCompile(`^[0-9]+`)
)

// normalID writes an endpoint's id in one form: METHOD /path/{}/x, pkg.Service/Method.
func normalID(protocol, id string) string {
	id = strings.TrimSpace(id)
	if protocol != "http" && !requestLine.MatchString(id) {
		return strings.TrimLeft(id, "/")
	}
	method, path, _ := strings.Cut(id, " ")
	path = strings.TrimRight(pathParam.ReplaceAllString(path, "{}"), "/")
	return strings.ToUpper(method) + " " + cmp.Or(path, "/")
}

// sameID compares two ids. Those of HTTP are the same when their paths are and the methods are, or one is "*".
func sameID(a, b string) bool {
	if a == b {
		return true
	}
	methodA, pathA, _ := strings.Cut(a, " ")
	methodB, pathB, _ := strings.Cut(b, " ")
	return pathA != "" && pathA == pathB && (methodA == "*" || methodB == "*")
}

// normalName writes the name of a table, key or topic in one form: lower case, and every variable part as "*".
func normalName(name string) string {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), "`\""))
	return variable.ReplaceAllString(name, "*")
}

func normalPath(p string) string {
	return strings.TrimPrefix(strings.TrimRight(strings.TrimSpace(p), "/"), "./")
}

// splitSite takes file:line apart.
func splitSite(site string) (file string, line int) {
	i := strings.LastIndexByte(site, ':')
	line, _ = strconv.Atoi(digits.FindString(site[i+1:]))
	return normalPath(site[:max(i, 0)]), line
}
