package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/pipeline"
)

func (c *cli) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [dir]",
		Short: "Write a " + config.Name + " from what is found",
		Long: `Init analyses the repository in dir (default: the current directory) and writes a ` + config.Name + ` there, with comments: its
services and the owners of tables as they were found, and the thresholds at their defaults. It never overwrites one.

Exit status: 0 written, 2 there is one already, 3 could not analyse or write.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := directory(args)
			if err != nil {
				return err
			}
			file := filepath.Join(dir, config.Name)
			if _, err := os.Lstat(file); err == nil {
				return alreadyThere(file)
			}
			m, err := c.model(cmd.Context(), args)
			if err != nil {
				return err
			}
			below, err := pipeline.Below(dir)
			if err == nil {
				err = create(file, draft(m, below))
			}
			switch {
			case errors.Is(err, fs.ErrExist):
				return alreadyThere(file)
			case err != nil:
				return &exitError{exitNotAnalysed, fmt.Errorf("write %s: %w", file, err)}
			}
			return c.write(fmt.Appendf(nil, "wrote %s: read it, correct what is wrong, and commit it\n", file), nil)
		},
	}
}

func alreadyThere(file string) error {
	return &exitError{exitUsage, fmt.Errorf("%s is there already and stays as it is: move it away to have a new one written", file)}
}

// create makes a file with all of its text, or none; it fails with fs.ErrExist where one of that name is there.
func create(name string, text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), config.Name+".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, does not replace a file that came up meanwhile. Some file systems have none.
	if err := os.Link(tmp.Name(), name); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// draft is a configuration that says what was found. Dir is where it is written, relative to the repository root, as the
// Model's paths are.
func draft(m *arch.Model, dir string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `# yaml-language-server: $schema=%s
#
# What svclint takes from this repository besides its code. Every key may be left out; docs/configuration.md in svclint's
# repository describes them all. The file was written by svclint init from what it found.

# The services: name, and the directory of the main package (with a role where one program is several services). What is not
# listed here is still found.
services:
`, config.SchemaURL)
	entries := map[string]int{}
	for _, s := range m.Services {
		entries[s.Entry]++
	}
	for _, s := range m.Services {
		entry := scalar(relative(dir, s.Entry))
		if s.Role == "" || entries[s.Entry] == 1 {
			fmt.Fprintf(&b, "  %s: %s\n", scalar(s.Name), entry)
		} else {
			fmt.Fprintf(&b, "  %s: {entry: %s, role: %s}\n", scalar(s.Name), entry, scalar(s.Role))
		}
	}
	b.WriteString(`  # exclude: [tools/loadgen]   # main packages that are no services

# Whose a table, collection, topic or database is: name (or pattern) and service. Several services are one owner where they
# are processes of one bounded context.
owners:
`)
	for _, line := range owners(m, dir) {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	budgets := config.DefaultBudgets()
	fmt.Fprintf(&b, `  # "database:shop": [orders, orders-worker]

budgets:
  hops: %d        # calls in a row that one request may wait for
  latency: %s # what one of them may take

# The availability that each service promises, in percent.
slo:
  default: %v
  # payments: 99.95

# How severe a rule is: error, warning, info or off. svclint check shows the rules by name.
severities: {}
  # syncchain/deep-chain: error

# Findings that stay as they are.
ignore: []
  # - {path: legacy/**, rule: tracespan, reason: goes away with the old gateway, until: 2027-06-30}

# Modules outside the repository that are read in full, as those of the repository's own organisation are.
# first-party: [git.example.com/platform]

# What functions of libraries of your own mean: see "Models of your own libraries" in docs/configuration.md.
# packages: {bus: example.com/platform/bus}
# models:
#   - {func: bus.Bus.Publish, publish: {broker: nats, topic: arg1, context: arg0}}
`, budgets.Hops, budgets.Latency, config.DefaultAvailability)
	return b.Bytes()
}

// owners lists the owners that migrations or DDL prove, and those that are only likely as comments. A table that services
// of several main packages create is one table each, and nobody's to declare.
func owners(m *arch.Model, dir string) []string {
	type table struct{ store, name string }
	entry := map[string]string{}
	for _, s := range m.Services {
		entry[s.Name] = s.Entry
	}
	stores := map[string]map[string]bool{}
	rows := map[table][]arch.Owner{}
	for _, o := range m.Owners {
		if o.Name == "" || strings.ContainsAny(o.Name, "*{}") || strings.HasPrefix(o.Name, "schema_migrations") {
			continue
		}
		if stores[o.Name] == nil {
			stores[o.Name] = map[string]bool{}
		}
		stores[o.Name][o.Store] = true
		t := table{o.Store, o.Name}
		rows[t] = append(rows[t], o)
	}
	var tables []table
	for t := range rows {
		tables = append(tables, t)
	}
	slices.SortFunc(tables, func(a, b table) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.store, b.store))
	})
	var lines []string
	for _, t := range tables {
		of := rows[t]
		if slices.ContainsFunc(of, func(o arch.Owner) bool { return entry[o.Service] != entry[of[0].Service] }) {
			continue
		}
		var services []string
		for _, o := range of {
			if !slices.Contains(services, o.Service) {
				services = append(services, o.Service)
			}
		}
		key := t.name
		if len(stores[t.name]) > 1 || strings.Contains(t.name, ":") {
			key = t.store + ":" + t.name
		}
		value := scalar(services[0])
		if len(services) > 1 {
			for i := range services {
				services[i] = scalar(services[i])
			}
			value = "[" + strings.Join(services, ", ") + "]"
		}
		line := scalar(key) + ": " + value
		switch of[0].How {
		case "migration", "ddl":
			line += fmt.Sprintf(" # %s creates it", relative(dir, of[0].Site.String()))
		default:
			line = "# " + line + " # nobody else writes it"
		}
		lines = append(lines, line)
	}
	return lines
}

// relative is a path of the Model as a file in dir has it.
func relative(dir, p string) string {
	if dir == "." {
		return p
	}
	if p == dir {
		return "."
	}
	return path.Clean(strings.TrimPrefix(p, dir+"/"))
}

// scalar is a text in YAML, quoted where it has to be.
func scalar(s string) string {
	out, err := yaml.Marshal(s)
	if err != nil || strings.Contains(strings.TrimSpace(string(out)), "\n") || strings.ContainsAny(s, ",[]{}") {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSpace(string(out))
}
