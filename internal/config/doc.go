// Package config reads .svclint.yml, the file in which a repository says what its code does not: which main packages are
// services and how they are called, whose a table is, how deep a chain may be, how available a service has to be, how
// severe a rule is, what the organisation's own libraries mean, and what is left as it is and why. docs/configuration.md
// speaks to users; the types here are the form, and the JSON Schema for editors is generated from them.
//
// A file comes in, a Config goes out, or every mistake of the file as file:line:column. What can be said only when the
// rules or the services are known is checked by CheckRules and CheckServices. A nil Config is that of a repository without
// a file: its methods give the defaults.
//
// # Who uses what
//
// internal/pipeline hands models to the catalog, first-party to the loader, and the Config as Model.Settings to everybody
// behind the linker. The linker takes Services (names, entries, roles) and Owners (declared owners become rows of
// Model.Owners). A pass asks m.Settings for a number where it has a threshold:
//
//	budget := m.Settings.Budget().Hops
//	share := m.Settings.Availability("orders")
//
// Severities and ignore are applied to the findings of all passes at once (finding.Settle): a pass need not know them.
//
// A further budget is a field of Budgets, with its comment, and its default in DefaultBudgets; the reader, the schema and
// the test that holds docs/configuration.md against the types take it from there.
package config
