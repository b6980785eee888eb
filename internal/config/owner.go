package config

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/strictyaml"
)

// Owners says whose data is. Where several patterns fit, the one that says most wins: one for a store before one for all, a
// name without * before one with, the longer before the shorter; database: comes last.
type Owners []OwnerRule

// OwnerRule is one pattern and the services that own what fits it. Several services are one owner: processes of one
// bounded context.
type OwnerRule struct {
	// Pattern is a name of a table, collection, index, cache key or topic, with * for any text; store:name for one in that
	// store or broker only (postgres:orders, kafka:orders.*); database:name for all that lies in a database of that name.
	Pattern  string
	Services []string
	Place
}

// CheckYAML reads the form: pattern: service, or pattern: [service, service].
func (o *Owners) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	for key, value := range c.Pairs(n, "patterns of tables and the services that own them") {
		rule := OwnerRule{Pattern: key.Value, Place: placeOf(key)}
		if store, name := splitPattern(rule.Pattern); name == "" || strings.ContainsAny(store, "* ") {
			c.Errorf(key, "%q is no pattern: expected table, store:table, broker:topic or database:name", rule.Pattern)
		}
		if value = strictyaml.Target(value); value.Kind == yaml.SequenceNode {
			for _, e := range value.Content {
				if name, ok := c.Text(e, "the name of a service"); ok {
					rule.Services = append(rule.Services, name)
				}
			}
			if len(value.Content) == 0 {
				c.Errorf(value, "expected a service, or a list of services that are one owner")
			}
		} else if name, ok := c.Text(value, "a service, or a list of services that are one owner"); ok {
			rule.Services = []string{name}
		}
		*o = append(*o, rule)
	}
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (o *Owners) UnmarshalYAML(n *yaml.Node) error { return fill(o, n) }

// databasePattern begins a pattern that speaks of all that lies in one database.
const databasePattern = "database"

func splitPattern(pattern string) (store, name string) {
	if i := strings.IndexByte(pattern, ':'); i >= 0 {
		return strings.ToLower(pattern[:i]), pattern[i+1:]
	}
	return "", pattern
}

// Owner is the rule that fits a table, collection, cache key or topic, nil if none does. Database is as in the Model:
// host/name, several with commas.
func (c *Config) Owner(store, database, name string) *OwnerRule {
	if c == nil {
		return nil
	}
	var best *OwnerRule
	for i := range c.Owners {
		r := &c.Owners[i]
		if r.fits(store, database, name) && (best == nil || r.compare(best) > 0) {
			best = r
		}
	}
	return best
}

func (r *OwnerRule) fits(store, database, name string) bool {
	in, pattern := splitPattern(r.Pattern)
	switch in {
	case "":
	case databasePattern:
		for d := range strings.SplitSeq(database, ",") {
			if d = d[strings.LastIndexByte(d, '/')+1:]; d != "" && matchText(strings.ToLower(pattern), strings.ToLower(d)) {
				return true
			}
		}
		return false
	case strings.ToLower(store):
	default:
		return false
	}
	return matchText(tableName(pattern), tableName(name))
}

// tableName is the form in which names of tables are compared: lower case, unquoted, without the default schema.
func tableName(name string) string {
	name = strings.ToLower(strings.NewReplacer(`"`, "", "`", "").Replace(strings.TrimSpace(name)))
	for _, schema := range []string{"public.", "dbo."} {
		name = strings.TrimPrefix(name, schema)
	}
	return name
}

// compare is positive where r says more than o.
func (r *OwnerRule) compare(o *OwnerRule) int {
	rank := func(r *OwnerRule) int {
		switch store, _ := splitPattern(r.Pattern); store {
		case databasePattern:
			return 0
		case "":
			return 1
		}
		return 2
	}
	exact := func(r *OwnerRule) int {
		if strings.Contains(r.Pattern, "*") {
			return 0
		}
		return 1
	}
	// Patterns are keys of one mapping, so no two are the same; by their text they have one order in any case.
	return cmp.Or(cmp.Compare(rank(r), rank(o)), cmp.Compare(exact(r), exact(o)), cmp.Compare(len(r.Pattern), len(o.Pattern)),
		strings.Compare(r.Pattern, o.Pattern))
}

// Mention is a service that the configuration names somewhere other than in services.
type Mention struct {
	Service string
	Key     string // owners or slo
	Place
}

// Unknown lists the services in owners and slo that are not among the known ones, in the order of the file.
func (c *Config) Unknown(known []string) []Mention {
	if c == nil {
		return nil
	}
	var out []Mention
	for _, r := range c.Owners {
		for _, s := range r.Services {
			if !slices.Contains(known, s) {
				out = append(out, Mention{s, "owners", r.Place})
			}
		}
	}
	for _, s := range c.SLO.Services {
		if !slices.Contains(known, s.Service) {
			out = append(out, Mention{s.Service, "slo", s.Place})
		}
	}
	slices.SortStableFunc(out, func(a, b Mention) int { return cmp.Compare(a.Line, b.Line) })
	return out
}

// OfDatabase reports whether the rule speaks of a database and all that lies in it.
func (r *OwnerRule) OfDatabase() bool {
	store, _ := splitPattern(r.Pattern)
	return store == databasePattern
}
