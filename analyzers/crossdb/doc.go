// Package crossdb defines the pass that finds services which reach into data of other services.
//
// # Analyzer crossdb
//
// crossdb: report services that read, join or write tables which another service owns
//
// A service owns its data: it alone knows what a row means, and it alone may change the schema. A second service that
// reads the table breaks with the next migration of the first; one that writes it goes round every rule the owner
// enforces; one that joins it has put the seam between two services inside a single statement, where it can no longer
// be cut. Such services have to be deployed together: they are one service with two processes.
//
// The owner of a table is the service that .svclint.yml names under owners; else the one whose migrations or DDL create
// it, else the only service that writes it. Several
// processes of one bounded context are one owner: the roles of one main package, and main packages that differ only in
// a role (orders/cmd/api and orders/cmd/worker, cmd/orders and cmd/orders-consumer). Tables of the same name in
// databases or stores that are known to differ are different tables. Where nothing says whose a table is, the pass says
// that, and names no owner. Keys in caches are not tables: they belong to the only service that fills them, and a server that
// services share, each with keys of its own, is no finding.
//
// Wrong: the billing service looks into a table of the orders service.
//
//	rows, err := db.QueryContext(ctx, "SELECT total FROM orders WHERE id = $1", id) // orders' migration creates it
//
// Right: it asks the owner.
//
//	order, err := orders.Get(ctx, &orderspb.GetRequest{Id: id})
//
// Or it keeps a copy of the two columns that it needs in a table of its own, filled by the events of the owner.
//
//	rows, err := db.QueryContext(ctx, "SELECT total FROM billable_orders WHERE id = $1", id)
//
// The rules:
//   - crossdb/foreign-read: a statement reads a table that another service owns.
//   - crossdb/foreign-write: a statement changes a table that another service owns, or several services write one
//     table and nothing says whose it is.
//   - crossdb/foreign-join: one statement mixes tables of several owners.
//   - crossdb/shared-database: several services are handed one database, and no finding on its tables says so already.
//   - crossdb/shared-migration: several services create or alter one table.
//   - crossdb/foreign-cache-key: a service touches entries of a cache that another service fills.
package crossdb
