package config

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/strictyaml"
)

// Prefixes is a list of beginnings of module paths, cut at slashes.
type Prefixes []string

// CheckYAML reads the list.
func (p *Prefixes) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	for _, e := range c.Elements(n, "a list of beginnings of module paths") {
		text, ok := c.Text(e, "the beginning of a module path, such as github.com/acme")
		if !ok {
			continue
		}
		text = strings.TrimSuffix(strings.TrimSuffix(text, "..."), "/")
		if strings.ContainsAny(text, `*@ \`) || strings.Contains(text, "://") || text == "" {
			c.Errorf(e, "%q is no beginning of a module path: expected one such as github.com/acme", e.Value)
			continue
		}
		*p = append(*p, text)
	}
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (p *Prefixes) UnmarshalYAML(n *yaml.Node) error { return fill(p, n) }

// FirstPartyModules are the listed prefixes, none without a configuration.
func (c *Config) FirstPartyModules() []string {
	if c == nil {
		return nil
	}
	return c.FirstParty
}
