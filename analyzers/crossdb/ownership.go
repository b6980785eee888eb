package crossdb

import (
	"cmp"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/arch"
)

// whose says to whom a table belongs, seen from one service.
type whose int

const (
	unknown whose = iota // nobody is known to own it
	own
	foreign
)

// title is the answer to "whose table is this?", asked by one service.
type title struct {
	whose   whose
	rows    []arch.Owner // with foreign: who owns it and what proves it
	certain bool         // both sides are known to use one database
}

// owners are the services that own the table, in order, each once.
func (t title) owners() []string {
	var names []string
	for _, o := range t.rows {
		names = append(names, o.Service)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (t title) sharesOwnerWith(o *ownership, u title) bool {
	for _, a := range t.rows {
		for _, b := range u.rows {
			if o.contexts.same(a.Service, b.Service) {
				return true
			}
		}
	}
	return false
}

// ownership knows who owns which table.
type ownership struct {
	contexts contexts
	rows     map[string][]arch.Owner // by tableName
	contests []contest
}

func newOwnership(m *arch.Model) *ownership {
	o := &ownership{contexts: contextsOf(m.Services), rows: make(map[string][]arch.Owner)}
	for _, row := range m.Owners {
		if row.Service != "" && holdsTables(row.Store) {
			name := tableName(row.Name)
			if row.Database == "" {
				row.Database = databasesOf(m.Data, row.Service, row.Store, name)
			}
			o.rows[name] = append(o.rows[name], row)
		}
	}
	o.contests = o.findContests(m.Flows)
	return o
}

// databasesOf returns where a service keeps a table whose migration does not say it: in the database in which it uses the
// table; if it uses it nowhere, in one of those that it uses.
func databasesOf(data []arch.Data, service, store, table string) string {
	var ofTable, all []string
	for _, d := range data {
		if d.Service != service || d.Database == "" || !storesAgree(d.Store, store) {
			continue
		}
		if !slices.Contains(all, d.Database) {
			all = append(all, d.Database)
		}
		if tableName(d.Name) == table && !slices.Contains(ofTable, d.Database) {
			ofTable = append(ofTable, d.Database)
		}
	}
	if len(ofTable) > 0 {
		all = ofTable
	}
	return strings.Join(all, ",")
}

// title answers whose table a service touches.
//
// A service that creates a table of that name itself touches its own, also where nothing is known about databases: that
// two services both have a table "outbox" says nothing. A table of the same name that another service creates is
// foreign if the databases can be one; where they are not known to be one, the proof must be a migration or DDL of
// exactly one other owner, or the configuration's word.
func (o *ownership) title(service, store, database, name string) title {
	name = tableName(name)
	if !nameable(name) {
		return title{}
	}
	var sure, maybe []arch.Owner
	for _, row := range o.rows[name] {
		if !storesAgree(row.Store, store) {
			continue
		}
		same := compareDatabases(row.Database, database)
		if same == differs {
			continue
		}
		if o.contexts.same(row.Service, service) {
			return title{whose: own}
		}
		switch {
		case same == equal, row.How == "declared":
			sure = append(sure, row)
		case same == likely || row.How != "only-writer":
			maybe = append(maybe, row)
		}
	}
	for _, c := range o.contests {
		if c.table == name && c.in(store, database) && c.writer(o.contexts, service) {
			return title{} // reported once, as a contest
		}
	}
	switch {
	case len(sure) > 0:
		return title{whose: foreign, rows: sure, certain: true}
	case len(maybe) == 1:
		return title{whose: foreign, rows: maybe}
	}
	for _, c := range o.contests {
		if c.table == name && c.in(store, database) {
			return title{whose: foreign, rows: c.claims(), certain: true}
		}
	}
	return title{}
}

// nameable reports whether a name says which table is meant: it is known, and not one that every database has because a
// library or the database itself keeps it.
func nameable(name string) bool {
	switch name {
	case "", "*", "{}", "dual", "schema_migrations", "goose_db_version", "gorp_migrations", "flyway_schema_history",
		"atlas_schema_revisions", "sqlite_master", "sqlite_sequence":
		return false
	}
	return !strings.HasPrefix(name, "information_schema.") && !strings.HasPrefix(name, "pg_")
}

// tableName is the form in which names of tables are compared: lower case, unquoted, without the default schema.
func tableName(name string) string {
	name = strings.ToLower(strings.NewReplacer(`"`, "", "`", "", "[", "", "]", "").Replace(strings.TrimSpace(name)))
	for _, schema := range []string{"public.", "dbo."} {
		name = strings.TrimPrefix(name, schema)
	}
	return name
}

// holdsTables reports whether a store keeps data of record in tables or collections. Caches do not.
func holdsTables(store string) bool {
	switch store {
	case "redis", "memcached", "memcache", "file", "s3", "gcs":
		return false
	}
	return true
}

// storesAgree reports whether two stores can be one: "sql" is any relational database whose dialect is not known.
func storesAgree(a, b string) bool {
	return a == b || a == "" || b == "" || a == "sql" && relational(b) || b == "sql" && relational(a)
}

func relational(store string) bool {
	switch store {
	case "mongo", "mongodb", "firestore", "dynamodb", "elasticsearch", "opensearch", "cassandra", "etcd":
		return false
	}
	return true
}

// sameness is what is known about two databases.
type sameness int

const (
	undecided sameness = iota
	differs
	likely // they come from the same variable, or have the same name on a host that is not known
	equal
)

// secret is what the name of a database begins with whose address stands in a secret of the deployment.
const secret = "secret "

// compareDatabases compares what is known of two databases: host/name, with {VARIABLE} for what could not be resolved and
// {} for what is made at run time; or the secret that holds the address. Where an access can go to several databases they are given with commas.
func compareDatabases(a, b string) sameness {
	var equals, differences, pairs int
	for x := range strings.SplitSeq(a, ",") {
		for y := range strings.SplitSeq(b, ",") {
			pairs++
			switch compareDatabase(x, y) {
			case equal:
				equals++
			case likely:
				return likely
			case differs:
				differences++
			}
		}
	}
	switch {
	case equals == pairs:
		return equal
	case equals > 0:
		return likely
	case differences == pairs:
		return differs
	}
	return undecided
}

func compareDatabase(a, b string) sameness {
	if secretA, secretB := strings.HasPrefix(a, secret), strings.HasPrefix(b, secret); secretA || secretB {
		switch {
		case a == b:
			return equal
		case secretA && secretB:
			return differs
		}
		return undecided
	}
	hostA, nameA := splitDatabase(a)
	hostB, nameB := splitDatabase(b)
	host, name := comparePart(hostA, hostB), comparePart(nameA, nameB)
	switch {
	case host == differs || name == differs:
		return differs
	case host == equal && name == equal:
		return equal
	case name == equal || name == likely:
		return likely
	}
	return undecided
}

// splitDatabase cuts host/name and drops a port that goes without saying.
func splitDatabase(s string) (host, name string) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return "", s
	}
	host, name = s[:i], s[i+1:]
	for _, port := range []string{":5432", ":3306", ":27017"} {
		host = strings.TrimSuffix(host, port)
	}
	return host, name
}

func comparePart(a, b string) sameness {
	variable := strings.Contains(a+b, "{")
	switch {
	case a == "" || b == "" || strings.Contains(a+b, "{}"):
		return undecided
	case variable && a == b:
		return likely
	case variable:
		return undecided
	case a == b:
		return equal
	}
	return differs
}

// contest is a table of one database that several bounded contexts write and nobody creates.
type contest struct {
	store, database, table string
	writes                 []write // by place
}

type write struct {
	service string
	effect  *arch.Effect
}

func (c contest) in(store, database string) bool {
	return storesAgree(c.store, store) && compareDatabases(c.database, database) == equal
}

func (c contest) writer(x contexts, service string) bool {
	return slices.ContainsFunc(c.writes, func(w write) bool { return x.same(w.service, service) })
}

func (c contest) services() []string {
	var names []string
	for _, w := range c.writes {
		names = append(names, w.service)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// claims are the writers as rows of ownership, one per service, with no proof (How) that it owns the table.
func (c contest) claims() []arch.Owner {
	var rows []arch.Owner
	for _, w := range c.writes {
		if !slices.ContainsFunc(rows, func(r arch.Owner) bool { return r.Service == w.service }) {
			rows = append(rows, arch.Owner{Store: c.store, Database: c.database, Name: c.table, Service: w.service, Site: w.effect.Place()})
		}
	}
	return rows
}

// findContests returns the contests of a Model, by store, database and table. Only writes to a database that is fully
// known can contest a table.
func (o *ownership) findContests(flows []arch.Flow) []contest {
	byPlace := make(map[[3]string]*contest)
	for _, flow := range flows {
		for i := range flow.Effects {
			e := &flow.Effects[i]
			name := tableName(e.Name)
			if e.Kind != arch.KindData || e.Op != "write" || !holdsTables(e.Store) || !nameable(name) ||
				compareDatabases(e.Database, e.Database) != equal || o.owned(e) {
				continue
			}
			key := [3]string{e.Store, e.Database, name}
			if byPlace[key] == nil {
				byPlace[key] = &contest{store: e.Store, database: e.Database, table: name}
			}
			byPlace[key].writes = append(byPlace[key].writes, write{flow.Service, e})
		}
	}
	var found []contest
	for _, c := range byPlace {
		if services := c.services(); slices.ContainsFunc(services, func(s string) bool { return !o.contexts.same(s, services[0]) }) {
			slices.SortStableFunc(c.writes, func(a, b write) int { return a.effect.Place().Compare(b.effect.Place()) })
			found = append(found, *c)
		}
	}
	slices.SortFunc(found, func(a, b contest) int {
		return cmp.Or(strings.Compare(a.table, b.table), strings.Compare(a.store, b.store), strings.Compare(a.database, b.database))
	})
	return found
}

// owned reports whether somebody is known to own the table that an effect touches.
func (o *ownership) owned(e *arch.Effect) bool {
	return slices.ContainsFunc(o.rows[tableName(e.Name)], func(row arch.Owner) bool {
		return storesAgree(row.Store, e.Store) && compareDatabases(row.Database, e.Database) != differs
	})
}
