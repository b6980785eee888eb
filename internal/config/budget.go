package config

import (
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/strictyaml"
)

// Budgets are thresholds: what is below or at one is not reported.
type Budgets struct {
	// Hops is how many calls in a row one request may wait for (syncchain/deep-chain).
	Hops Count `yaml:"hops"`
	// FanOut is how many calls one request may make one after the other (syncchain/fan-out).
	FanOut Count `yaml:"fan-out"`
	// Latency is how long one hop may take; the hops of a chain add up.
	Latency Duration `yaml:"latency"`
}

// DefaultBudgets are those of a repository that says nothing.
func DefaultBudgets() Budgets {
	return Budgets{Hops: 2, FanOut: 4, Latency: Duration(100 * time.Millisecond)}
}

// Budget gives the budgets, also of no configuration.
func (c *Config) Budget() Budgets {
	if c == nil {
		return DefaultBudgets()
	}
	return c.Budgets
}

// Count is a whole number from 0.
type Count int

// CheckYAML reads the number.
func (v *Count) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || i < 0 {
		c.Errorf(n, "expected a whole number from 0, such as 2, not %s", shown(n))
	}
	*v = Count(i)
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (v *Count) UnmarshalYAML(n *yaml.Node) error { return fill(v, n) }

// Duration is a time span above 0, written as Go does: 50ms, 2s.
type Duration time.Duration

// CheckYAML reads the span.
func (v *Duration) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	d, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || d <= 0 {
		c.Errorf(n, "expected a duration such as 50ms or 2s, not %s", shown(n))
	}
	*v = Duration(d)
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (v *Duration) UnmarshalYAML(n *yaml.Node) error { return fill(v, n) }

func (v Duration) String() string { return time.Duration(v).String() }

// DefaultAvailability is what a service promises, in percent, when nobody says otherwise.
const DefaultAvailability = 99.9

// SLO holds the availability that each service promises, in percent.
type SLO struct {
	Default  float64
	Services []Promise
}

// Promise is the availability of one service, in percent.
type Promise struct {
	Service string
	Percent float64
	Place
}

// CheckYAML reads the form: service: 99.95, with default for all others.
func (s *SLO) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	for key, value := range c.Pairs(n, "names of services and their availability in percent") {
		value = strictyaml.Target(value)
		p, err := strconv.ParseFloat(value.Value, 64)
		if value.Kind != yaml.ScalarNode || err != nil || !(p > 0 && p <= 100) {
			c.Errorf(value, "expected an availability in percent, such as 99.9, not %s", shown(value))
			continue
		}
		if key.Value == "default" {
			s.Default = p
		} else {
			s.Services = append(s.Services, Promise{key.Value, p, placeOf(key)})
		}
	}
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (s *SLO) UnmarshalYAML(n *yaml.Node) error { return fill(s, n) }

// Availability is what a service promises, in percent.
func (c *Config) Availability(service string) float64 {
	if c == nil {
		return DefaultAvailability
	}
	for _, p := range c.SLO.Services {
		if p.Service == service {
			return p.Percent
		}
	}
	return c.SLO.Default
}

// shown is a node in a message.
func shown(n *yaml.Node) string {
	switch n.Kind {
	case yaml.ScalarNode:
		return strconv.Quote(n.Value)
	case yaml.SequenceNode:
		return "a list"
	}
	return "keys and values"
}
