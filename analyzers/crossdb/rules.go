package crossdb

import "github.com/svclint/svclint/internal/finding"

const lesson = "Database per service, no exception"

// owners is what decides in every rule of the pass.
var owners = []finding.Option{{Key: "owners", What: "whose a table is, where migrations and writers do not say it, or say it wrongly"}}

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule { return []*finding.Rule{foreignJoin, foreignRead, foreignWrite} }

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
