package arch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// This file finds the data that more than one service has its hands on. The database is part of what data is: two tables
// of one name in two databases have nothing in common, and where a database is not known, nothing is said of its tables.

// share lists the data that several services touch: tables, collections, keys of a cache, and whole databases.
func (l *linker) share(m *Model) {
	type key struct{ store, database, name string }
	users := map[key][]string{}
	for _, d := range m.Data {
		if d.Name == "*" || isCache(d.Store) && constantPrefix(d.Name) == "" {
			continue
		}
		for _, database := range strings.Split(d.Database, ",") {
			if database = standardDatabase(d.Store, database); !knownDatabase(d.Store, database) {
				continue
			}
			k := key{d.Store, database, d.Name}
			if !slices.Contains(users[k], d.Service) {
				users[k] = append(users[k], d.Service)
			}
		}
	}
	for k, services := range users {
		if len(services) < 2 {
			continue
		}
		slices.Sort(services)
		s := SharedData{Kind: SharedTable, Store: k.store, Database: k.database, Name: k.name, Services: services, Why: "each of them reads or writes it directly"}
		if isCache(k.store) {
			s.Kind = SharedKey
		}
		for _, o := range m.Owners {
			if o.Name == k.name && o.Store == k.store && slices.Contains(services, o.Service) &&
				(o.Database == "" || standardDatabase(k.store, o.Database) == k.database) {
				s.Owner = o.Service
			}
		}
		m.SharedData = append(m.SharedData, s)
	}
	m.SharedData = compactShared(m.SharedData)
	l.shareDatabases(m)
}

// compactShared drops rows that say the same, as of one table through two addresses of a database.
func compactShared(rows []SharedData) []SharedData {
	var out []SharedData
	for _, r := range rows {
		if !slices.ContainsFunc(out, func(o SharedData) bool {
			return o.Store == r.Store && o.Name == r.Name && slices.Equal(o.Services, r.Services)
		}) {
			out = append(out, r)
		}
	}
	return out
}

// shareDatabases lists the databases that several services are given, whatever tables they touch in them. A cache is no
// such database: services that keep to their own keys share a server, not data.
func (l *linker) shareDatabases(m *Model) {
	type key struct{ store, database string }
	users := map[key][]string{}
	why := map[key]string{}
	evidence := map[key][]Step{}
	note := func(k key, step Step) {
		i := slices.IndexFunc(evidence[k], func(s Step) bool { return s.Service == step.Service })
		if i < 0 {
			users[k] = append(users[k], step.Service)
			evidence[k] = append(evidence[k], step)
		} else if step.Pos.Compare(evidence[k][i].Pos) < 0 {
			evidence[k][i] = step
		}
	}
	stores := map[string][]string{} // by service
	first := m.firstPlaces()
	for _, d := range m.Data {
		if isCache(d.Store) || d.Store == "etcd" {
			continue
		}
		stores[d.Service] = append(stores[d.Service], d.Store)
		if database := standardDatabase(d.Store, d.Database); database != "" && knownDatabase(d.Store, database) && !strings.Contains(database, ",") {
			at, ok := first[[4]string{d.Service, d.Store, d.Database, d.Name}]
			if !ok {
				at = d.Sites[0]
			}
			note(key{d.Store, database}, Step{Service: d.Service, Pos: at, What: "uses " + d.Name + " in " + database})
		}
	}
	handed := map[*process][]handedDatabase{}
	for _, p := range l.processes {
		handed[p] = l.handed(p)
	}
	for _, k := range sortedFunc(users, func(k key) string { return k.store + " " + k.database }) {
		for _, p := range l.processes {
			if slices.Contains(stores[p.Name], k.store) {
				continue // what it does with its own is known
			}
			for _, h := range handed[p] {
				if h.store != k.store || h.name != path.Base(k.database) {
					continue
				}
				if h.database == k.database || l.alsoHanded(k.store, users[k], p, h, handed) {
					given := fmt.Sprintf("is given the address and name of %s in %s, and never asks it", k.database, h.where)
					note(k, Step{Service: p.Name, Pos: h.site, What: given})
					why[k] = p.Name + " " + given
				}
			}
		}
	}
	for k, services := range users {
		if len(services) < 2 {
			continue
		}
		slices.Sort(services)
		slices.SortFunc(evidence[k], func(a, b Step) int { return strings.Compare(a.Service, b.Service) })
		s := SharedData{Kind: SharedDatabase, Store: k.store, Database: k.database, Name: path.Base(k.database), Services: services,
			Evidence: evidence[k], Why: "configuration gives each of them the same database, " + k.database}
		if why[k] != "" {
			s.Why = why[k]
		}
		m.SharedData = append(m.SharedData, s)
	}
}

// firstPlaces are the first places where services say what they touch, by service, store, database and name.
func (m *Model) firstPlaces() map[[4]string]effects.Pos {
	first := map[[4]string]effects.Pos{}
	for i := range m.Flows {
		for j := range m.Flows[i].Effects {
			e := &m.Flows[i].Effects[j]
			k := [4]string{m.Flows[i].Service, e.Store, e.Database, e.Name}
			if at, ok := first[k]; e.Kind == KindData && (!ok || e.Place().Compare(at) < 0) {
				first[k] = e.Place()
			}
		}
	}
	return first
}

// alsoHanded reports whether a user of a database finds it in its configuration as another process does, and no environment
// variable tells the two apart.
func (l *linker) alsoHanded(store string, users []string, p *process, h handedDatabase, handed map[*process][]handedDatabase) bool {
	for _, q := range l.processes {
		if q == p || !slices.Contains(users, q.Name) {
			continue
		}
		for _, g := range handed[q] {
			if g.store == store && g.database == h.database && sameAddresses(p.env, q.env) {
				return true
			}
		}
	}
	return false
}

// sameAddresses reports whether two environments agree on every variable that may hold the address of a database.
func sameAddresses(a, b map[string]string) bool {
	for _, env := range []map[string]string{a, b} {
		for name := range env {
			for _, word := range strings.Split(strings.ToUpper(name), "_") {
				switch word {
				case "DB", "DATABASE", "POSTGRES", "POSTGRESQL", "PG", "MYSQL", "MONGO", "MONGODB", "SQL", "DSN":
					if a[name] != b[name] {
						return false
					}
				}
			}
		}
	}
	return true
}

// knownDatabase reports whether two accesses to a database of this identity are certain to go to one database. The tables
// and buckets of an account in a cloud are one database, which has no address.
func knownDatabase(store, database string) bool {
	switch store {
	case "dynamodb", "s3", "gcs":
		return !strings.Contains(database, "{")
	case "sqlite", "memory":
		return false // a file or memory of the process's own, whatever its name
	case "mongo":
		return strings.Contains(database, "/") && !strings.Contains(database, "{")
	}
	return database != "" && !strings.Contains(database, "{")
}

var standardPorts = map[string]string{"postgres": ":5432", "mysql": ":3306", "mongo": ":27017", "redis": ":6379", "memcached": ":11211", "sqlserver": ":1433"}

// standardDatabase leaves out of a database's identity the port that goes without saying.
func standardDatabase(store, database string) string {
	host, name, ok := strings.Cut(database, "/")
	host = strings.TrimSuffix(strings.ToLower(host), standardPorts[store])
	if !ok && strings.Contains(database, ":") || standardPorts[store] != "" && ok {
		database = host
		if ok {
			database += "/" + name
		}
	}
	return database
}

// constantPrefix is what stands in a key before its first variable part.
func constantPrefix(name string) string {
	prefix, _, _ := strings.Cut(name, "*")
	prefix, _, _ = strings.Cut(prefix, "{")
	return prefix
}

// handedDatabase is a database that the configuration of a process names.
type handedDatabase struct {
	store, database, name string
	where                 string // file or environment variable
	site                  effects.Pos
}

// handed lists the databases that the configuration of a process names and its code reads: DSNs and groups of host, name
// and account in files of its own, and DSNs in its environment.
func (l *linker) handed(p *process) []handedDatabase {
	var out []handedDatabase
	for _, f := range p.w.config {
		if near := l.near(f.Path); len(near) == 0 || len(near) == len(l.processes) || !slices.Contains(near, p.Name) {
			continue // a file of all services says nothing about one
		}
		out = append(out, databasesIn(f.Root, nil, f.Path, p.w.declares)...)
	}
	for _, name := range sortedKeys(p.env) {
		if store, database := dsn(p.env[name]); store != "" && p.w.mentions(name) {
			out = append(out, handedDatabase{store, database, path.Base(database), "the variable " + name, p.Evidence})
		}
	}
	return out
}

// dsn is the store and the database that a text names, if it is a URL or data source name.
func dsn(s string) (store, database string) {
	scheme, rest, ok := strings.Cut(s, "://")
	switch {
	case ok && strings.Contains(rest, "/"):
		if scheme == "mongodb" || scheme == "mongodb+srv" {
			store = "mongo"
		} else {
			store = storeName(scheme)
		}
	case strings.Contains(s, "@tcp("):
		store = "mysql"
	case strings.Contains(s, "host=") && strings.Contains(s, "dbname="):
		store = "postgres"
	}
	if store == "" {
		return "", ""
	}
	database = standardDatabase(store, databaseName(lit(s)))
	if _, name, ok := strings.Cut(database, "/"); !ok || name == "" {
		return "", ""
	}
	return store, database
}

var (
	hostKeys    = []string{"host", "hostname", "address", "addr", "server"}
	nameKeys    = []string{"dbname", "database", "databasename", "db", "schema"}
	accountKeys = []string{"user", "username", "password", "pass", "passwd"}
)

// databasesIn lists the databases that a loosened configuration tree names, below keys that the program declares.
func databasesIn(node any, keys []string, file string, declares func(key string, below ...string) bool) []handedDatabase {
	var out []handedDatabase
	switch node := node.(type) {
	case map[string]any:
		host, hostKey := entryOf(node, hostKeys)
		name, nameKey := entryOf(node, nameKeys)
		account, _ := entryOf(node, accountKeys)
		if store := storeOfKeys(node, keys); store != "" && host != "" && name != "" && account != "" && declares(keys[len(keys)-1], hostKey, nameKey) {
			if port, _ := entryOf(node, []string{"port"}); port != "" {
				host += ":" + port
			}
			out = append(out, handedDatabase{store, standardDatabase(store, host+"/"+name), name, file, effects.Pos{File: file, Line: 1}})
		}
		for _, k := range sortedKeys(node) {
			out = append(out, databasesIn(node[k], append(slices.Clone(keys), k), file, declares)...)
		}
	case []any:
		for _, e := range node {
			out = append(out, databasesIn(e, keys, file, declares)...)
		}
	case string:
		if store, database := dsn(node); store != "" && len(keys) > 0 && declares(keys[len(keys)-1]) {
			out = append(out, handedDatabase{store, database, path.Base(database), file, effects.Pos{File: file, Line: 1}})
		}
	}
	return out
}

func entryOf(node map[string]any, keys []string) (value, key string) {
	for _, k := range keys {
		if s, ok := node[k].(string); ok && s != "" {
			return s, k
		}
	}
	return "", ""
}

// storeOfKeys is the store that a group of settings is about: by its driver, else by the name of the group.
func storeOfKeys(node map[string]any, keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	if driver, _ := entryOf(node, []string{"driver", "dialect", "engine", "type"}); driver != "" {
		return storeName(driver)
	}
	group := keys[len(keys)-1]
	switch {
	case strings.Contains(group, "postgres"), group == "pg", group == "pgx":
		return "postgres"
	case strings.Contains(group, "mysql"), strings.Contains(group, "mariadb"):
		return "mysql"
	case strings.Contains(group, "mongo"):
		return "mongo"
	}
	return ""
}

// declares reports whether a package that the process runs has a struct with a field for a key of its configuration and,
// in the field's type, fields for the keys below.
func (w *world) declares(key string, below ...string) bool {
	for _, pkg := range w.packages() {
		for i := range pkg.Types {
			t := &pkg.Types[i]
			for _, f := range t.Fields {
				if !slices.Contains(spelled(f), key) {
					continue
				}
				inner := w.prog.types[trimPtr(f.Type)]
				if len(below) == 0 && f.Type == "string" || inner != nil && declaresAll(inner, below) {
					return true
				}
			}
		}
	}
	return false
}

func declaresAll(t *effects.Type, keys []string) bool {
	for _, key := range keys {
		if !slices.ContainsFunc(t.Fields, func(f effects.Field) bool { return slices.Contains(spelled(f), key) }) {
			return false
		}
	}
	return len(keys) > 0
}

// packages are the packages of which a function runs in the process.
func (w *world) packages() []*pkgSummary {
	seen := map[*pkgSummary]bool{}
	for fn := range w.framesOf {
		seen[fn.pkg] = true
	}
	return sortedFunc(seen, func(p *pkgSummary) string { return p.Path })
}

// mentions reports whether a function that runs in the process holds a constant.
func (w *world) mentions(constant string) bool {
	for fn := range w.framesOf {
		for i := range fn.Values {
			if fn.Values[i].Op == effects.OpConst && fn.Values[i].Str == constant {
				return true
			}
		}
	}
	return false
}

// sortedFunc lists the keys of a map in the order of their names.
func sortedFunc[K comparable, V any](m map[K]V, name func(K) string) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b K) int { return strings.Compare(name(a), name(b)) })
	return out
}
