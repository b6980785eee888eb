package config

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/spelling"
	"github.com/svclint/svclint/internal/strictyaml"
)

// Off is the severity of a rule that is not reported.
const Off = "off"

// severities are the words that severities may have.
var severities = []string{"error", "warning", "info", Off}

// Severities changes how severe rules are. A rule's own line wins over one for its pass.
type Severities []SeverityRule

// SeverityRule is one line of severities.
type SeverityRule struct {
	Rule     string // pass/rule, or the name of a pass for all its rules
	Severity string // error, warning, info or off
	Place
}

// CheckYAML reads the form: rule: severity.
func (s *Severities) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	for key, value := range c.Pairs(n, "rules and their severities") {
		value = strictyaml.Target(value)
		if value.Kind != yaml.ScalarNode || !slices.Contains(severities, value.Value) {
			if near := spelling.Nearest(value.Value, severities); near != "" {
				c.Errorf(value, "unknown severity %s: did you mean %q?", shown(value), near)
			} else {
				c.Errorf(value, "unknown severity %s: there are %s", shown(value), strings.Join(severities, ", "))
			}
		}
		*s = append(*s, SeverityRule{key.Value, value.Value, placeOf(key)})
	}
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (s *Severities) UnmarshalYAML(n *yaml.Node) error { return fill(s, n) }

// Severity is what the configuration says of a rule: error, warning, info, off, or "" for nothing.
func (c *Config) Severity(rule string) string {
	if c == nil {
		return ""
	}
	said := ""
	for _, s := range c.Severities {
		if s.Rule == rule {
			return s.Severity
		}
		if pass, _, _ := strings.Cut(rule, "/"); s.Rule == pass {
			said = s.Severity
		}
	}
	return said
}

// Ignore is a finding, or several, that the repository lives with.
type Ignore struct {
	// Path is a pattern of the files whose findings are meant, relative to this file's directory: * is any name, ** any
	// directories, a directory all below it.
	Path string `yaml:"path"`
	// Rule is pass/rule, or the name of a pass for all its rules.
	Rule string `yaml:"rule"`
	// Reason says why, for whoever reads it in a year.
	Reason string `yaml:"reason"`
	// Until is the last day on which the line holds, as 2027-01-31.
	Until Date `yaml:"until"`

	Place `yaml:"-"`
}

// CheckYAML reads the keys path, rule, reason and until.
func (i *Ignore) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	i.Place = placeOf(n)
	before := c.Len()
	for key, value := range c.Pairs(n, "keys: path, rule, reason, until") {
		switch key.Value {
		case "path":
			var ok bool
			if i.Path, ok = c.Text(value, "a path or pattern"); ok && inside(c, value, i.Path) {
				i.Path = path.Clean(i.Path)
			}
		case "rule":
			i.Rule, _ = c.Text(value, "a rule, such as crossdb/foreign-read")
		case "reason":
			i.Reason, _ = c.Text(value, "a reason")
		case "until":
			i.Until.CheckYAML(c, strictyaml.Target(value))
		default:
			c.UnknownKey(key, []string{"path", "rule", "reason", "until"})
		}
	}
	switch {
	case c.Len() > before:
	case i.Reason == "":
		c.Errorf(n, "a reason is missing: say why the finding stays")
	case i.Path == "" && i.Rule == "":
		c.Errorf(n, "expected a path, a rule or both: this would ignore everything")
	}
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (i *Ignore) UnmarshalYAML(n *yaml.Node) error { return fill(i, n) }

// Matches reports whether the line speaks of findings of a rule in a file, which is relative to the repository root.
func (i *Ignore) Matches(rule, file string) bool {
	if pass, _, _ := strings.Cut(rule, "/"); i.Rule != "" && i.Rule != rule && i.Rule != pass {
		return false
	}
	return i.Path == "" || matchPath(i.Path, file)
}

// Expired reports whether the line's last day is before today.
func (i *Ignore) Expired(today time.Time) bool {
	return !i.Until.IsZero() && !today.Before(i.Until.AddDate(0, 0, 1))
}

// Date is a day.
type Date struct{ time.Time }

// CheckYAML reads a day as 2027-01-31.
func (d *Date) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	t, err := time.Parse(time.DateOnly, n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		c.Errorf(n, "expected a day such as 2027-01-31, not %s", shown(n))
	}
	d.Time = t
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (d *Date) UnmarshalYAML(n *yaml.Node) error { return fill(d, n) }

// CheckRules holds the rules that the file names against those that there are, given as pass/rule.
func (c *Config) CheckRules(rules []string) error {
	if c == nil {
		return nil
	}
	known := slices.Clone(rules)
	for _, r := range rules {
		if pass, _, _ := strings.Cut(r, "/"); !slices.Contains(known, pass) {
			known = append(known, pass)
		}
	}
	var errs []error
	check := func(rule string, at Place) {
		if rule == "" || slices.Contains(known, rule) {
			return
		}
		if near := spelling.Nearest(rule, known); near != "" {
			errs = append(errs, c.errorAt(at, "unknown rule %q: did you mean %q?", rule, near))
		} else {
			errs = append(errs, c.errorAt(at, "unknown rule %q: there are %s", rule, strings.Join(rules, ", ")))
		}
	}
	for _, s := range c.Severities {
		check(s.Rule, s.Place)
	}
	for _, i := range c.Ignore {
		check(i.Rule, i.Place)
	}
	return wrong(errs...)
}

// matchText reports whether a text fits a pattern in which * stands for any text.
func matchText(pattern, text string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, before) {
		return false
	}
	for text = text[len(before):]; ; text = text[1:] {
		if matchText(after, text) {
			return true
		}
		if text == "" {
			return false
		}
	}
}

// matchPath reports whether a file fits a pattern, or lies below a directory that does.
func matchPath(pattern, file string) bool {
	if pattern == "." {
		return true
	}
	var re strings.Builder
	re.WriteString("^")
	for i := 0; i < len(pattern); i++ {
		switch {
		case strings.HasPrefix(pattern[i:], "**/"):
			re.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			re.WriteString(".*")
			i++
		case pattern[i] == '*':
			re.WriteString("[^/]*")
		case pattern[i] == '?':
			re.WriteString("[^/]")
		default:
			re.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	re.WriteString("(?:/.*)?$")
	ok, err := regexp.MatchString(re.String(), file)
	return ok && err == nil
}
