package crossdb

import "github.com/svclint/svclint/internal/finding"

const lesson = "Database per service, no exception"

// owners is what decides in every rule of the pass.
var owners = []finding.Option{{Key: "owners", What: "whose a table is, where migrations and writers do not say it, or say it wrongly"}}

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule {
	return []*finding.Rule{foreignJoin, foreignRead, foreignWrite, foreignCacheKey, sharedDatabase, sharedMigration}
}

var foreignRead = &finding.Rule{
	ID:     "crossdb/foreign-read",
	Title:  "A service reads a table that another service owns",
	Lesson: lesson,
	Why: "The owner cannot change its schema, its indexes or the meaning of a column without breaking a service that it " +
		"does not know of. The two must be deployed together, and the reader's load and locks land on the owner's database.",
	Wrong: `// billing; the migrations of orders create the table.
row := db.QueryRowContext(ctx, "SELECT total FROM orders WHERE id = $1", id)`,
	Right: `// billing asks the owner ...
order, err := orders.Get(ctx, &orderspb.GetRequest{Id: id})
// ... or reads its own copy of the two columns it needs, fed by the events of orders.
row := db.QueryRowContext(ctx, "SELECT total FROM billable_orders WHERE id = $1", id)`,
	Instead: "Ask the owner through its API, or subscribe to its events and keep the few columns that are needed in a " +
		"table of your own. If the table belongs to the reader by right, move its migration there; if both are processes of one " +
		"bounded context, say so in .svclint.yml: owners: {TABLE: [one, other]}.",
	Options:  owners,
	Severity: finding.Error,
}

var foreignWrite = &finding.Rule{
	ID:     "crossdb/foreign-write",
	Title:  "A service writes a table that another service owns",
	Lesson: lesson,
	Why: "The write goes round the owner's checks, events and caches: its invariants hold only until the other service runs. " +
		"Nobody can say any more which code may put a row into the state it is in.",
	Wrong: `// shipping; the migrations of orders create the table.
_, err := db.ExecContext(ctx, "UPDATE orders SET status = 'shipped' WHERE id = $1", id)`,
	Right: `// shipping tells what happened; orders consumes it and changes its own row.
err := events.Publish(ctx, "shipments.dispatched", Dispatched{OrderID: id})`,
	Instead: "Send the owner a command (an RPC, or a message that it consumes) and let it write. If the writer is the " +
		"rightful owner, move the table and its migrations there and let the other service ask; if both are processes of one " +
		"bounded context, say so in .svclint.yml: owners: {TABLE: [one, other]}.",
	Options:  owners,
	Severity: finding.Error,
}

var foreignJoin = &finding.Rule{
	ID:     "crossdb/foreign-join",
	Title:  "One statement joins tables of several services",
	Lesson: lesson,
	Why: "The seam between the services lies inside one SQL statement: neither schema can move to a database of its own, and no " +
		"service can change its table alone. It is the tightest form of a shared database.",
	Wrong: `// inventory owns stock, catalog owns products.
rows, err := db.QueryContext(ctx, "SELECT s.sku, p.name FROM stock s JOIN products p ON p.sku = s.sku")`,
	Right: `rows, err := db.QueryContext(ctx, "SELECT sku FROM stock")
// ... collect the SKUs, then ask the owner once.
products, err := catalog.GetProducts(ctx, &catalogpb.GetProductsRequest{Skus: skus})`,
	Instead: "Read your own rows, then ask the owner for the rest in one batch call; or keep a read model of the foreign " +
		"columns, fed by the owner's events, and join that.",
	Options:  owners,
	Severity: finding.Error,
}

var sharedDatabase = &finding.Rule{
	ID:     "crossdb/shared-database",
	Title:  "Several services are handed one database",
	Lesson: lesson,
	Why: "Today each keeps to its own tables; nothing but discipline stops the first join. Until then they already share " +
		"connections, locks, backups and upgrades: one slow migration or one runaway query takes all of them down, and none " +
		"can move or be scaled alone.",
	Wrong: `// orders and billing: one DSN in the deployment of both.
db, err := sql.Open("postgres", "postgres://app@db:5432/shop")`,
	Right: `// orders; billing has billing-db, or at least an account that sees no schema but its own.
db, err := sql.Open("postgres", "postgres://orders@orders-db:5432/orders")`,
	Instead: "Give each service a database and an account of its own; on one server, if need be. As a first step, " +
		"a schema per service with an account that may use no other. Take the address out of the configuration of a service that " +
		"does not use it. If they are processes of one bounded context, say so in .svclint.yml: " +
		"owners: {\"database:NAME\": [one, other]}.",
	Options:  owners,
	Severity: finding.Warning,
}

var sharedMigration = &finding.Rule{
	ID:     "crossdb/shared-migration",
	Title:  "Several services migrate one table",
	Lesson: lesson,
	Why: "Whichever starts last decides what the table looks like. A column that one service adds is unknown to the other's " +
		"definition, two migrations race for one lock at every rollout, and a rollback of one service takes away what the " +
		"other needs. The table belongs to nobody.",
	Wrong: `// orders and billing, each at start-up, in one database.
err := db.AutoMigrate(&models.Order{})`,
	Right: `// orders, alone. Billing asks orders, or keeps what it needs of an order in a table of its own.
err := db.AutoMigrate(&models.Order{})`,
	Instead: "Leave the migration to the one service that owns the table and take it out of the others, which ask the owner or " +
		"keep a copy fed by its events. If they are processes of one bounded context, let one of them (or a job) migrate, and " +
		"say so in .svclint.yml: owners: {TABLE: [one, other]}.",
	Options:  owners,
	Severity: finding.Error,
}

var foreignCacheKey = &finding.Rule{
	ID:     "crossdb/foreign-cache-key",
	Title:  "A service touches cache entries of another",
	Lesson: lesson,
	Why: "The layout of a cache entry is the most private thing a service has: no migration guards it, and it changes with a " +
		"renamed field. The other service reads what is stale, half-written or no longer there, or throws away what the owner " +
		"relies on.",
	Wrong: `// checkout; catalog fills the key.
price, err := cache.Get(ctx, "catalog:price:"+sku).Int64()`,
	Right: `// checkout asks catalog, which answers from its cache.
price, err := catalog.GetPrice(ctx, &catalogpb.GetPriceRequest{Sku: sku})`,
	Instead: "Ask the owner through its API and let it cache; or cache the answer under a key of your own, with your own " +
		"expiry. To have an entry dropped, publish what happened. If the entry is a contract of both (sessions, say), or both " +
		"are one bounded context, say so in .svclint.yml: owners: {\"redis:KEY:*\": [one, other]}.",
	Options:  owners,
	Severity: finding.Warning,
}
