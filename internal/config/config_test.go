package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/strictyaml"
)

// TestRead reads a file with every key.
func TestRead(t *testing.T) {
	cfg, err := config.Read(".svclint.yml", []byte(`
services:
  orders: services/orders/
  mailer: {entry: app, role: worker}
  exclude: [tools/**]
owners:
  orders: orders
  order_*: [orders, mailer]
  postgres:orders: mailer
  "kafka:orders.*": orders
  database:shop: orders
budgets: {hops: 3}
slo: {default: 99.5, mailer: 99}
severities:
  crossdb: warning
  crossdb/foreign-read: off
packages: {bus: git.acme.com/platform/bus}
models:
  - {func: "bus.Bus.{Publish,Send}", publish: {broker: nats, topic: arg1}}
first-party: [git.acme.com/platform/...]
ignore:
  - {path: legacy/**, rule: tracespan, reason: is switched off in May, until: 2027-05-31}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Of("services/orders"); len(got) != 1 || got[0].Name != "orders" || got[0].Line != 3 {
		t.Errorf("services/orders is %v", got)
	}
	if !cfg.Excluded("tools/load/gen") || cfg.Excluded("app") {
		t.Error("exclude: tools/** is what lies below tools")
	}
	for _, test := range []struct{ store, database, name, want string }{
		{"mysql", "db/other", "orders", "orders"},
		{"mysql", "", `public."ORDERS"`, "orders"},
		{"postgres", "", "orders", "mailer"}, // of one store before of all
		{"postgres", "", "order_lines", "orders,mailer"},
		{"kafka", "", "orders.placed", "orders"},
		{"nats", "", "orders.placed", ""},
		{"postgres", "{DB_HOST}/shop", "customers", "orders"},
		{"postgres", "db/bookshop", "customers", ""},
	} {
		got := ""
		if r := cfg.Owner(test.store, test.database, test.name); r != nil {
			got = strings.Join(r.Services, ",")
		}
		if got != test.want {
			t.Errorf("owner of %s %s in %q: %q, want %q", test.store, test.name, test.database, got, test.want)
		}
	}
	if b := cfg.Budget(); b.Hops != 3 || b.Latency != config.DefaultBudgets().Latency {
		t.Errorf("budgets %v: what is left out has its default", b)
	}
	if cfg.Availability("orders") != 99.5 || cfg.Availability("mailer") != 99 {
		t.Errorf("slo %v", cfg.SLO)
	}
	if cfg.Severity("crossdb/foreign-read") != config.Off || cfg.Severity("crossdb/foreign-write") != "warning" || cfg.Severity("boundary/cycle") != "" {
		t.Errorf("severities %v", cfg.Severities)
	}
	if len(cfg.Family.Models) != 2 || cfg.Family.Models[1].Func != "git.acme.com/platform/bus.Bus.Send" {
		t.Errorf("models %v", cfg.Family.Models)
	}
	if !reflect.DeepEqual(cfg.FirstPartyModules(), []string{"git.acme.com/platform"}) {
		t.Errorf("first-party %v", cfg.FirstParty)
	}
	ignore := cfg.Ignore[0]
	if !ignore.Matches("tracespan/no-provider", "legacy/gw/main.go") || ignore.Matches("tracespan/no-provider", "gw/legacy.go") || ignore.Matches("boundary/cycle", "legacy/main.go") {
		t.Errorf("ignore %v", ignore)
	}
	last := time.Date(2027, 5, 31, 23, 0, 0, 0, time.UTC)
	if ignore.Expired(last) || !ignore.Expired(last.Add(2*time.Hour)) {
		t.Error("until is the last day on which the line holds")
	}
}

// No file, an empty one, and one of comments are the defaults.
func TestDefaults(t *testing.T) {
	var none *config.Config
	for _, text := range []string{"", "# to do\n", "---\n", "owners:\nservices:\nmodels:\n"} {
		cfg, err := config.Read("x", []byte(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if cfg.Budget() != none.Budget() || cfg.Availability("a") != none.Availability("a") || cfg.Owner("", "", "t") != nil {
			t.Errorf("%q is not the defaults: %v", text, cfg)
		}
	}
}

// Each mistake is told with its place and what to write instead.
func TestReadErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"ownres: {a: b}", `x.yml:1:1: unknown key "ownres": did you mean "owners"?`},
		{"colours: {a: b}", `x.yml:1:1: unknown key "colours": there are services, owners, budgets, slo, severities, packages, models, first-party, ignore`},
		{"- a", `x.yml:1:1: expected keys: services, owners`},
		{"owners: [a]", `x.yml:1:9: expected patterns of tables and the services that own them`},
		{"owners: {a: {b: c}}", `x.yml:1:13: expected a service, or a list of services that are one owner`},
		{"owners: {a: []}", `x.yml:1:13: expected a service, or a list of services that are one owner`},
		{"owners: {a: b, a: c}", `x.yml:1:16: key "a" stands twice, the first time in line 1`},
		{"services: {a: {entri: b}}", `x.yml:1:16: unknown key "entri": did you mean "entry"?`},
		{"services: {a: ../b}", `x.yml:1:15: ../b: expected a path relative to this file's directory`},
		{"services: {a: app, b: app}", `x.yml:1:20: services a and b are the same main package in the same role`},
		{"services: {exclude: tools}", `x.yml:1:21: expected a list of directories`},
		{"budgets: {hops: many}", `x.yml:1:17: expected a whole number from 0, such as 2, not "many"`},
		{"budgets: {hops: -1}", `x.yml:1:17: expected a whole number from 0`},
		{"budgets: {hop: 3}", `x.yml:1:11: unknown key "hop": did you mean "hops"?`},
		{"budgets: {latency: 5}", `x.yml:1:20: expected a duration such as 50ms or 2s, not "5"`},
		{"slo: {a: 100.1}", `x.yml:1:10: expected an availability in percent, such as 99.9, not "100.1"`},
		{"slo: {a: [1]}", `x.yml:1:10: expected an availability in percent, such as 99.9, not a list`},
		{"severities: {crossdb: warn}", `x.yml:1:23: unknown severity "warn": there are error, warning, info, off`},
		{"severities: {crossdb: eror}", `x.yml:1:23: unknown severity "eror": did you mean "error"?`},
		{"first-party: github.com/acme", `x.yml:1:14: expected a list of beginnings of module paths`},
		{"first-party: ['github.com/acme/*']", `x.yml:1:15: "github.com/acme/*" is no beginning of a module path`},
		{"ignore: [{rule: crossdb}]", `x.yml:1:10: a reason is missing`},
		{"ignore: [{reason: because}]", `x.yml:1:10: expected a path, a rule or both`},
		{"ignore: [{rule: crossdb, reason: r, until: soon}]", `x.yml:1:44: expected a day such as 2027-01-31, not "soon"`},
		{"ignore: [{rule: crossdb, reason: r, untl: 2027-01-31}]", `x.yml:1:37: unknown key "untl": did you mean "until"?`},
		{"packages: {b: b}\nmodels:\n  - {func: b.F, publsh: {}}", `x.yml:3:17: unknown key "publsh": did you mean "publish"?`},
		{"packages: {b: b}\nmodels:\n  - {func: c.F, pass: arg0}", `x.yml:3:5: symbol "c.F": there is no package c in packages`},
		{"models: [{func: b.F, pass: 1st}]", `x.yml:1:28: expression "1st", column 1`},
		{"a: [", `x.yml:1: not YAML: did not find expected node content`},
		{"a: *b", `x.yml: not YAML: unknown anchor 'b' referenced`},
	} {
		_, err := config.Read("x.yml", []byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\n got %v\nwant %s", test.text, err, test.want)
		} else if !config.IsError(err) {
			t.Errorf("%s: the error does not say that the configuration is wrong", test.text)
		}
	}
}

// One reading reports everything that is wrong, in the form and in the meaning, each once.
func TestReadAllErrors(t *testing.T) {
	_, err := config.Read("x.yml", []byte(`ownres: {}
budgets: {hops: x}
slo: {a: 0}
packages: {b: b}
models: [{func: c.F, pass: arg0}, {func: b.F}]
ignore: [{rule: crossdb}]
`))
	if got := strings.Count(err.Error(), "\n") + 1; got != 6 {
		t.Errorf("%d lines, want 6:\n%v", got, err)
	}
}

func TestCheckRules(t *testing.T) {
	cfg, err := config.Read("x.yml", []byte("severities: {crossdb/foreign-raed: off, crossdb: info}\nignore: [{rule: bundary, reason: r}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	err = cfg.CheckRules([]string{"crossdb/foreign-read", "boundary/cycle"})
	want := `x.yml:1:14: unknown rule "crossdb/foreign-raed": did you mean "crossdb/foreign-read"?
x.yml:2:10: unknown rule "bundary": did you mean "boundary"?`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// The file may stand in the analysed directory or above it, but not above the repository.
func TestFind(t *testing.T) {
	top := t.TempDir()
	deep := filepath.Join(top, "repo", "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(top, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	find := func() string {
		file, err := config.Find(deep, filepath.Join(top, "repo"))
		if err != nil {
			return err.Error()
		}
		return strings.TrimPrefix(file, top)
	}
	write(".svclint.yml")
	if got := find(); got != "" {
		t.Errorf("found %s, which lies above the repository", got)
	}
	write("repo/.svclint.yml")
	if got := find(); got != "/repo/.svclint.yml" {
		t.Errorf("found %q", got)
	}
	write("repo/a/.svclint.yaml")
	if got := find(); !strings.Contains(got, "the file is called .svclint.yml: rename it") {
		t.Errorf("found %q", got)
	}
}

// docs/configuration.md speaks of every key.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"exclude", "entry", "role", "default", "database:"}
	for _, typ := range []reflect.Type{reflect.TypeFor[config.Config](), reflect.TypeFor[config.Budgets](), reflect.TypeFor[config.Ignore]()} {
		keys = append(keys, strictyaml.Keys(typ)...)
	}
	for _, key := range keys {
		if !strings.Contains(string(text), "`"+key+"`") {
			t.Errorf("docs/configuration.md does not speak of `%s`", key)
		}
	}
}
