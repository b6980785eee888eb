package crossdb

import "github.com/svclint/svclint/internal/finding"

const lesson = "Database per service, no exception"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule { return []*finding.Rule{foreignJoin, foreignRead, foreignWrite} }

var foreignRead = &finding.Rule{
	ID:     "crossdb/foreign-read",
	Title:  "A service reads a table that another service owns",
	Lesson: lesson,
	Why: "The owner cannot change its schema, its indexes or the meaning of a column without breaking a service that it " +
		"does not know of. The two must be deployed together, and the reader's load and locks land on the owner's database.",
	Instead: "Ask the owner through its API, or subscribe to its events and keep the few columns that are needed in a " +
		"table of your own. If the table belongs to the reader by right, move its migration there; if both are processes of one " +
		"bounded context, say so in .svclint.yml: owners: {TABLE: [one, other]}.",
	Severity: finding.Error,
}

var foreignWrite = &finding.Rule{
	ID:     "crossdb/foreign-write",
	Title:  "A service writes a table that another service owns",
	Lesson: lesson,
	Why: "The write goes round the owner's checks, events and caches: its invariants hold only until the other service runs. " +
		"Nobody can say any more which code may put a row into the state it is in.",
	Instead: "Send the owner a command (an RPC, or a message that it consumes) and let it write. If the writer is the " +
		"rightful owner, move the table and its migrations there and let the other service ask; if both are processes of one " +
		"bounded context, say so in .svclint.yml: owners: {TABLE: [one, other]}.",
	Severity: finding.Error,
}

var foreignJoin = &finding.Rule{
	ID:     "crossdb/foreign-join",
	Title:  "One statement joins tables of several services",
	Lesson: lesson,
	Why: "The seam between the services lies inside one SQL statement: neither schema can move to a database of its own, and no " +
		"service can change its table alone. It is the tightest form of a shared database.",
	Instead: "Read your own rows, then ask the owner for the rest in one batch call; or keep a read model of the foreign " +
		"columns, fed by the owner's events, and join that.",
	Severity: finding.Error,
}
