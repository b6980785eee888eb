package config

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/strictyaml"
)

// Services overrides how services are found. Services that it does not name are found as always.
type Services struct {
	// Exclude lists directories of main packages that are no services, also as patterns such as tools/**.
	Exclude []string
	Named   []Service
}

// Service is one service: what is deployed under a name.
type Service struct {
	Name string
	// Entry is the directory of its main package, relative to the configuration's directory; "" where the role alone says it.
	Entry string
	// Role is the value of the subcommand, flag or variable that selects it, where one main package is several services.
	Role string
	Place
}

// CheckYAML reads the form: name: directory, or name: {entry: directory, role: value}.
func (s *Services) CheckYAML(c *strictyaml.Checker, n *yaml.Node) {
	taken := map[[2]string]string{}
	for key, value := range c.Pairs(n, "names of services and their main packages") {
		if key.Value == "exclude" {
			for _, e := range c.Elements(value, "a list of directories") {
				if dir, ok := c.Text(e, "the directory of a main package"); ok && inside(c, e, dir) {
					s.Exclude = append(s.Exclude, path.Clean(dir))
				}
			}
			continue
		}
		one := Service{Name: key.Value, Place: placeOf(key)}
		if strings.ContainsAny(one.Name, " \t:/") || one.Name == "" {
			c.Errorf(key, "%q is no name of a service: it has no spaces, colons or slashes", one.Name)
		}
		switch value = strictyaml.Target(value); value.Kind {
		case yaml.MappingNode:
			for k, v := range c.Pairs(value, "") {
				switch k.Value {
				case "entry":
					one.Entry, _ = c.Text(v, "the directory of a main package")
				case "role":
					one.Role, _ = c.Text(v, "the subcommand, or value of a flag or variable, that selects the service")
				default:
					c.UnknownKey(k, []string{"entry", "role"})
				}
			}
			if len(value.Content) == 0 {
				c.Errorf(value, "service %s: expected an entry, a role or both", one.Name)
			}
		default:
			one.Entry, _ = c.Text(value, "the directory of a main package, or {entry: directory, role: value}")
		}
		if one.Entry != "" {
			if !inside(c, value, one.Entry) {
				continue
			}
			one.Entry = path.Clean(one.Entry)
		}
		id := [2]string{one.Entry, one.Role}
		if other := taken[id]; other != "" && id != [2]string{} {
			c.Errorf(key, "services %s and %s are the same main package in the same role: give each a role", other, one.Name)
		}
		taken[id] = one.Name
		s.Named = append(s.Named, one)
	}
}

// UnmarshalYAML reads what CheckYAML has found to be right.
func (s *Services) UnmarshalYAML(n *yaml.Node) error { return fill(s, n) }

// inside holds a path against leaving the repository.
func inside(c *strictyaml.Checker, n *yaml.Node, dir string) bool {
	if path.IsAbs(dir) || strings.Contains(dir, `\`) || dir == ".." || strings.HasPrefix(path.Clean(dir), "../") {
		c.Errorf(n, "%s: expected a path relative to this file's directory, with slashes, and below it", dir)
		return false
	}
	return true
}

// fill reads a node with a type's CheckYAML.
func fill(f strictyaml.Form, n *yaml.Node) error {
	c := strictyaml.NewChecker(Name, nil)
	f.CheckYAML(c, n)
	return c.Err()
}

// Excluded reports whether the main package in a directory is no service.
func (c *Config) Excluded(dir string) bool {
	return c != nil && slices.ContainsFunc(c.Services.Exclude, func(pattern string) bool { return matchPath(pattern, dir) })
}

// Of lists the services that are declared for the main package in a directory.
func (c *Config) Of(dir string) []Service {
	if c == nil {
		return nil
	}
	var out []Service
	for _, s := range c.Services.Named {
		if s.Entry == dir {
			out = append(out, s)
		}
	}
	return out
}

// Rebase makes the paths, which are relative to the file's directory, relative to the repository root, as those in the
// Model are; dir is the file's directory relative to that root.
func (c *Config) Rebase(dir string) {
	for i := range c.Services.Exclude {
		c.Services.Exclude[i] = path.Join(dir, c.Services.Exclude[i])
	}
	for i := range c.Services.Named {
		if s := &c.Services.Named[i]; s.Entry != "" {
			s.Entry = path.Join(dir, s.Entry)
		}
	}
	for i := range c.Ignore {
		if c.Ignore[i].Path != "" {
			c.Ignore[i].Path = path.Join(dir, c.Ignore[i].Path)
		}
	}
}

// CheckEntries says which services have an entry that is no directory. Shown is how the messages name the file.
func (c *Config) CheckEntries(shown string, isDir func(dir string) bool) error {
	var errs []error
	for _, s := range c.Services.Named {
		if s.Entry != "" && !isDir(s.Entry) {
			errs = append(errs, fmt.Errorf("%s:%d:%d: service %s: there is no directory %s", shown, s.Line, s.Col, s.Name, s.Entry))
		}
	}
	return wrong(errs...)
}
