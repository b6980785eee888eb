package crossdb

import (
	"slices"
	"testing"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding/findingtest"
)

var at = findingtest.At

func TestRules(t *testing.T)    { findingtest.Rules(t, "crossdb", Rules()) }
func TestAnalyzer(t *testing.T) { findingtest.Modules(t, Analyzer) }

// access is one statement of a flow.
func access(db, op, verb, table, site string, joined ...string) arch.Effect {
	return arch.Effect{
		Kind: arch.KindData, Store: "postgres", Database: db, Op: op, Verb: verb, Name: table, Joined: joined, Site: at(site),
		Path: []arch.Step{{Pos: at(site), What: verb + " " + table}},
	}
}

// shop is a system of three services: orders creates its table by migration, billing creates invoices in its code.
func shop(flows ...arch.Flow) *arch.Model {
	return &arch.Model{
		Services: []arch.Service{
			{Name: "orders", Entry: "services/orders"},
			{Name: "billing", Entry: "services/billing"},
			{Name: "reports", Entry: "services/reports"},
		},
		Owners: []arch.Owner{
			{Store: "postgres", Database: "db/shop", Name: "orders", Service: "orders", How: "migration", Site: at("services/orders/migrations/1.sql:1")},
			{Store: "postgres", Database: "db/shop", Name: "invoices", Service: "billing", How: "ddl", Site: at("services/billing/schema.go:9")},
		},
		Flows: flows,
	}
}

// declared says that orders and billing together own prices, as the linker does for owners: {prices: [billing, orders]}.
func declared(m *arch.Model) *arch.Model {
	for _, s := range []string{"billing", "orders"} {
		m.Owners = append(m.Owners, arch.Owner{Store: "postgres", Name: "prices", Service: s, How: "declared", Site: at(".svclint.yml:3")})
	}
	return m
}

func flow(service string, effects ...arch.Effect) arch.Flow {
	return arch.Flow{Service: service, Endpoint: "GET /x", Protocol: "http", Effects: effects}
}

// handed says that services are given the database db/shop, each seen at the first access of its flow.
func handed(m *arch.Model, services ...string) *arch.Model {
	slices.Sort(services)
	row := arch.SharedData{Kind: arch.SharedDatabase, Store: "postgres", Database: "db/shop", Name: "shop", Services: services}
	for _, s := range services {
		i := slices.IndexFunc(m.Flows, func(f arch.Flow) bool { return f.Service == s })
		e := &m.Flows[i].Effects[0]
		row.Evidence = append(row.Evidence, arch.Step{Service: s, Pos: e.Site, What: "uses " + s + "'s"})
		m.Data = append(m.Data, arch.Data{Service: s, Store: e.Store, Database: e.Database, Name: e.Name, Sites: []effects.Pos{e.Site}})
	}
	m.SharedData = append(m.SharedData, row)
	return m
}

// inSchema gives an access a statement that names the schema.
func inSchema(schema string, e arch.Effect) arch.Effect {
	e.Statement = "SELECT 1 FROM " + schema + "." + e.Name
	return e
}

// travel is one context of two main packages that answer requests.
func travel() *arch.Model {
	m := &arch.Model{}
	for _, kind := range []string{"api", "rpc"} {
		s := "travel-" + kind
		m.Services = append(m.Services, arch.Service{Name: s, Entry: "app/travel/cmd/" + kind})
		m.Endpoints = append(m.Endpoints, arch.Endpoint{Service: s, Protocol: "http", ID: "GET /x"})
		m.Flows = append(m.Flows, flow(s, access("db/shop", "read", "select", "homestay", s+".go:1")))
	}
	return m
}

// entry is an access to a key of a cache.
func entry(op, verb, key, site string) arch.Effect {
	return arch.Effect{
		Kind: arch.KindData, Store: "redis", Database: "redis:6379", Op: op, Verb: verb, Name: key, Site: at(site),
		Path: []arch.Step{{Pos: at(site), What: verb + " " + key}},
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name  string
		model *arch.Model
		want  string
	}{
		{
			"the owner may do everything",
			shop(flow("orders", access("db/shop", "write", "insert", "orders", "o.go:1"), access("db/shop", "read", "select", "Public.Orders", "o.go:2"))),
			``,
		},
		{
			"a read of another's table, at the first place",
			shop(flow("billing",
				access("db/shop", "read", "select", `"orders"`, "b.go:20"),
				access("db/shop", "read", "select", "orders", "b.go:10"),
				access("db/shop", "read", "select", "invoices", "b.go:30"))),
			`b.go:10: error crossdb/foreign-read: billing reads table orders of service orders (its migrations create it)
			- billing: b.go:10: select orders
			- orders: services/orders/migrations/1.sql:1: orders creates table orders in its migrations
			- billing: b.go:20: also reads table orders`,
		},
		{
			"a write and a read are two findings",
			shop(flow("reports", access("db/shop", "write", "update", "invoices", "r.go:1"), access("db/shop", "read", "select", "invoices", "r.go:2"))),
			`r.go:2: error crossdb/foreign-read: reports reads table invoices of service billing (its code creates it)
			- reports: r.go:2: select invoices
			- billing: services/billing/schema.go:9: billing creates table invoices
			r.go:1: error crossdb/foreign-write: reports updates table invoices of service billing (its code creates it)
			- reports: r.go:1: update invoices
			- billing: services/billing/schema.go:9: billing creates table invoices`,
		},
		{
			"own and foreign in one statement",
			shop(flow("billing", access("db/shop", "read", "select", "invoices", "b.go:1", "orders"))),
			`b.go:1: error crossdb/foreign-join: billing joins table invoices with orders of service orders (its migrations create it) in one statement
			- billing: b.go:1: select invoices
			- orders: services/orders/migrations/1.sql:1: orders creates table orders in its migrations`,
		},
		{
			"an insert into the own table from a foreign one is a join too",
			shop(flow("billing", access("db/shop", "write", "insert", "invoices", "b.go:1", "orders"))),
			`b.go:1: error crossdb/foreign-join: billing joins table invoices with orders of service orders (its migrations create it) in one statement
			- billing: b.go:1: insert invoices
			- orders: services/orders/migrations/1.sql:1: orders creates table orders in its migrations`,
		},
		{
			"one effect per table of the statement",
			shop(flow("billing", access("db/shop", "write", "insert", "orders", "b.go:1", "invoices"), access("db/shop", "read", "select", "invoices", "b.go:1", "orders"))),
			`b.go:1: error crossdb/foreign-write: billing inserts into table orders of service orders (its migrations create it)
			- billing: b.go:1: insert orders
			- orders: services/orders/migrations/1.sql:1: orders creates table orders in its migrations`,
		},
		{
			"a foreign table joined with one that nobody owns is a read",
			shop(flow("billing", access("db/shop", "read", "select", "orders", "b.go:1", "countries"))),
			`b.go:1: error crossdb/foreign-read: billing reads table orders of service orders (its migrations create it)
			- billing: b.go:1: select orders
			- orders: services/orders/migrations/1.sql:1: orders creates table orders in its migrations`,
		},
		{
			"declared: two services are one owner, a third is not, whatever is known of databases",
			declared(shop(
				flow("orders", access("{DSN}", "write", "insert", "prices", "o.go:1")),
				flow("billing", access("{DB}", "write", "update", "prices", "b.go:1")),
				flow("reports", access("{URL}", "read", "select", "prices", "r.go:1")))),
			`r.go:1: error crossdb/foreign-read: reports reads table prices of services billing and orders (.svclint.yml says so)
			- reports: r.go:1: select prices
			- billing: .svclint.yml:3: billing is declared the owner of table prices
			- orders: .svclint.yml:3: orders is declared the owner of table prices`,
		},
		{
			"another database of the same kind: another table",
			shop(flow("billing", access("db/billing", "read", "select", "orders", "b.go:1"), access("db2/shop", "read", "select", "orders", "b.go:2"))),
			``,
		},
		{
			"another kind of store: another table",
			shop(flow("billing", arch.Effect{Kind: arch.KindData, Store: "mongo", Op: "read", Name: "orders", Site: at("b.go:1")})),
			``,
		},
		{
			"keys in a cache are not tables",
			shop(flow("billing", arch.Effect{Kind: arch.KindData, Store: "redis", Op: "read", Name: "orders", Site: at("b.go:1")})),
			``,
		},
		{
			"a migration does not say its database: the owner's accesses do",
			&arch.Model{
				Services: []arch.Service{{Name: "orders", Entry: "cmd/orders"}, {Name: "billing", Entry: "cmd/billing"}},
				Owners:   []arch.Owner{{Store: "postgres", Name: "orders", Service: "orders", How: "migration", Site: at("1.sql:1")}},
				Data: []arch.Data{
					{Service: "orders", Store: "postgres", Database: "db/archive", Name: "old_orders"},
					{Service: "orders", Store: "postgres", Database: "db/shop", Name: "orders"},
				},
				Flows: []arch.Flow{flow("billing", access("db/shop", "read", "select", "orders", "b.go:1"), access("db/archive", "read", "select", "orders", "b.go:2"))},
			},
			`b.go:1: error crossdb/foreign-read: billing reads table orders of service orders (its migrations create it)
			- billing: b.go:1: select orders
			- orders: 1.sql:1: orders creates table orders in its migrations`,
		},
		{
			"a database that is not known, against a migration",
			shop(flow("billing", access("{DATABASE_URL}", "read", "select", "orders", "b.go:1"))),
			`b.go:1: error crossdb/foreign-read: billing reads table orders of service orders (its migrations create it), if both use one database (its address could not be compared) [medium]
			- billing: b.go:1: select orders
			- orders: services/orders/migrations/1.sql:1: orders creates table orders in its migrations`,
		},
		{
			"roles of one main package are one owner",
			&arch.Model{
				Services: []arch.Service{{Name: "users-http", Entry: "users", Role: "http"}, {Name: "users-grpc", Entry: "users", Role: "grpc"}},
				Owners:   []arch.Owner{{Store: "postgres", Database: "db/users", Name: "users", Service: "users-grpc", How: "only-writer"}},
				Flows:    []arch.Flow{flow("users-http", access("db/users", "read", "select", "users", "u.go:1"))},
			},
			``,
		},
		{
			"two services with a table of one name each",
			&arch.Model{
				Services: []arch.Service{{Name: "orders", Entry: "cmd/orders"}, {Name: "billing", Entry: "cmd/billing"}},
				Owners: []arch.Owner{
					{Store: "postgres", Name: "outbox", Service: "orders", How: "migration"},
					{Store: "postgres", Name: "outbox", Service: "billing", How: "migration"},
				},
				Flows: []arch.Flow{
					flow("orders", access("", "write", "insert", "outbox", "o.go:1")),
					flow("billing", access("", "write", "insert", "outbox", "b.go:1")),
				},
			},
			``,
		},
		{
			"two services write one table and nobody creates it; a third reads it",
			&arch.Model{
				Services: []arch.Service{{Name: "orders", Entry: "cmd/orders"}, {Name: "billing", Entry: "cmd/billing"}, {Name: "reports", Entry: "cmd/reports"}},
				Flows: []arch.Flow{
					flow("billing", access("db/shop", "write", "update", "payments", "b.go:1"), access("db/shop", "read", "select", "payments", "b.go:2")),
					flow("orders", access("db/shop", "write", "insert", "payments", "o.go:1")),
					flow("reports", access("db/shop", "read", "select", "payments", "r.go:1")),
				},
			},
			`r.go:1: error crossdb/foreign-read: reports reads table payments that billing and orders write and nobody owns
			- reports: r.go:1: select payments
			- billing: b.go:1: billing writes table payments
			- orders: o.go:1: orders writes table payments
			b.go:1: error crossdb/foreign-write: billing and orders both write table payments and no migration says whose it is
			- billing: b.go:1: billing updates table payments
			- orders: o.go:1: orders inserts into table payments`,
		},
		{
			"the same, in databases that cannot be compared",
			&arch.Model{
				Services: []arch.Service{{Name: "orders", Entry: "cmd/orders"}, {Name: "billing", Entry: "cmd/billing"}},
				Flows: []arch.Flow{
					flow("billing", access("", "write", "insert", "events", "b.go:1")),
					flow("orders", access("", "write", "insert", "events", "o.go:1")),
				},
			},
			``,
		},
		{
			"the library's own tables",
			shop(flow("billing", access("db/shop", "read", "select", "schema_migrations", "b.go:1"), access("db/shop", "read", "select", "information_schema.tables", "b.go:2"))),
			``,
		},
		{
			"one database, disjoint tables",
			handed(shop(
				flow("orders", access("db/shop", "write", "insert", "orders", "o.go:1")),
				flow("billing", access("db/shop", "read", "select", "invoices", "b.go:1"))), "orders", "billing"),
			`b.go:1: warning crossdb/shared-database: billing and orders share database shop; no table is used across bounded contexts yet
			- billing: b.go:1: uses billing's
			- orders: o.go:1: uses orders's`,
		},
		{
			"where a read across the seam is told, the database that makes it possible is not told again",
			handed(shop(
				flow("orders", access("db/shop", "write", "insert", "orders", "o.go:1")),
				flow("billing", access("db/shop", "read", "select", "orders", "b.go:1"))), "orders", "billing"),
			`b.go:1: error crossdb/foreign-read: billing reads table orders of service orders (its migrations create it)
			- billing: b.go:1: select orders
			- orders: services/orders/migrations/1.sql:1: orders creates table orders in its migrations`,
		},
		{
			"a schema for each service is the first step out",
			handed(shop(
				flow("orders", inSchema("sales", access("db/shop", "write", "insert", "orders", "o.go:1"))),
				flow("billing", inSchema("money", access("db/shop", "read", "select", "invoices", "b.go:1")))), "orders", "billing"),
			`b.go:1: info crossdb/shared-database: billing and orders share database shop, in schemas of their own
			- billing: b.go:1: uses billing's
			- orders: o.go:1: uses orders's`,
		},
		{
			"API and RPC server of one context: how to declare them one owner",
			handed(travel(), "travel-api", "travel-rpc"),
			`travel-api.go:1: info crossdb/shared-database: travel-api and travel-rpc share database shop; if they are one bounded context, say so in .svclint.yml: owners: {"database:shop": [travel-api, travel-rpc]}
			- travel-api: travel-api.go:1: uses travel-api's
			- travel-rpc: travel-rpc.go:1: uses travel-rpc's`,
		},
		{
			"two services fill one key of a cache, a third reads it; a lock is nobody's, a queue is a contract",
			shop(
				flow("orders", entry("write", "set", "user:*", "o.go:1"), entry("write", "setnx", "lock:*", "o.go:2"), entry("write", "push", "todo:list", "o.go:3")),
				flow("billing", entry("write", "set", "user:admin-*", "b.go:1"), entry("write", "delete", "lock:*", "b.go:2"), entry("read", "pop", "todo:list", "b.go:3")),
				flow("reports", entry("read", "get", "user:*", "r.go:1"), entry("read", "get", "user:*:orders", "r.go:2"))),
			`b.go:1: warning crossdb/foreign-cache-key: billing and orders both fill redis key user:* and nothing says whose it is
			- billing: b.go:1: billing fills key user:admin-*
			- orders: o.go:1: orders fills key user:*
			r.go:1: warning crossdb/foreign-cache-key: reports reads redis key user:* that billing and orders fill and nobody owns
			- reports: r.go:1: get user:*
			- billing: b.go:1: billing fills key user:admin-*
			- orders: o.go:1: orders fills key user:*`,
		},
		{
			"two services create one table in one database; others of that name lie elsewhere",
			shop(
				flow("orders", access("db/shop", "ddl", "create", "rates", "o.go:1"), access("db/shop", "ddl", "create", "outbox", "o.go:2")),
				flow("billing", access("db/shop", "ddl", "alter", "rates", "b.go:1"), access("db/billing", "ddl", "create", "outbox", "b.go:2")),
				flow("reports", access("{DSN}", "ddl", "create", "rates", "r.go:1"))),
			`b.go:1: error crossdb/shared-migration: billing and orders both migrate table rates in database shop
			- billing: b.go:1: billing defines table rates
			- orders: o.go:1: orders defines table rates`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { findingtest.Equal(t, Check(tt.model), tt.want) })
	}
}

func TestContextOf(t *testing.T) {
	for _, tt := range []struct{ a, b string }{
		{"services/orders", "services/orders"},
		{"app/order/cmd/api", "app/order/cmd/rpc"},
		{"cmd/orders", "cmd/orders-consumer"},
		{"cmd/api", "cmd/worker"},
		{"orders_service/cmd", "orders_service"},
	} {
		if a, b := contextOf(tt.a), contextOf(tt.b); a != b {
			t.Errorf("%s and %s are one context, got %s and %s", tt.a, tt.b, a, b)
		}
	}
	for _, tt := range []struct{ a, b string }{
		{"cmd/orders", "cmd/billing"},
		{"app/order/cmd/api", "app/travel/cmd/api"},
		{"cmd/api", "cmd/orders"},
		{"reader_service/cmd", "writer_service/cmd"},
	} {
		if a, b := contextOf(tt.a), contextOf(tt.b); a == b {
			t.Errorf("%s and %s are two contexts, got %s", tt.a, tt.b, a)
		}
	}
}

func TestCompareDatabases(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want sameness
	}{
		{"db:5432/shop", "db:5432/shop", equal},
		{"db:5432/shop", "db:5432/billing", differs},
		{"db1/shop", "db2/shop", differs},
		{"/shop", "db/shop", likely},
		{"shop", "shop", likely},
		{"{DSN}", "{DSN}", likely},
		{"{DSN}", "{ORDERS_DSN}", undecided},
		{"{HOST}/shop", "db/shop", likely},
		{"{HOST}/shop", "db/billing", differs},
		{"", "db/shop", undecided},
		{"", "", undecided},
		{"db:5432/shop", "db/shop", equal},
		{"db/{}", "db/{}", undecided},
		{"db/shop,db/archive", "db/shop", likely},
		{"secret shop.db.url", "secret shop.db.url", equal},
		{"secret shop.db.url", "secret shop.mail-db.url", differs},
		{"secret shop.db.url", "db/shop", undecided},
		{"db/shop,db/archive", "db/billing", differs},
	} {
		if got := compareDatabases(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
