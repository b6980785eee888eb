package syncchain

import (
	"fmt"
	"slices"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// optimistic are stores whose clients run the function of a transaction again when it collides with another one.
var optimistic = []string{"firestore", "spanner", "mongo"}

// inTransactions returns the calls that are waited for while a transaction is open: one finding per pair of services and
// store. Stores whose transactions hold no locks (a pipeline of Redis) are left out.
func inTransactions(m *arch.Model) []finding.Finding {
	type key struct{ from, to, store string }
	groups, order := grouped(m, func(flow *arch.Flow, e *arch.Effect) (key, bool) {
		held := e.Transaction != "" && e.Transaction != "redis" && e.Transaction != "memcached" && e.Transaction != "etcd"
		return key{flow.Service, e.To, e.Transaction}, held && !e.Async
	})
	var fs []finding.Finding
	for _, k := range order {
		group := groups[k]
		first := group[0]
		ids, entries := group.ids(), group.entries()
		store := k.store
		if store == "sql" {
			store = "database"
		}
		f := finding.Finding{
			Rule:       remoteInTransaction,
			Severity:   remoteInTransaction.Severity,
			Confidence: "high",
			Services:   []string{k.from, k.to},
			Pos:        first.call.Site,
			Subject:    k.to + " in " + k.store,
			Message: fmt.Sprintf("%s calls %s of %s while a %s transaction is open%s",
				k.from, finding.List(ids), k.to, store, within(entries)),
		}
		if slices.Contains(optimistic, k.store) {
			f.Message += "; on contention the transaction, and with it the call, is done again"
		}
		f.Evidence = finding.Trail(k.from, first.call)
		seen := map[effects.Pos]bool{first.call.Site: true}
		for _, c := range group[1:] {
			what := fmt.Sprintf("so does %s, in %s", finding.Endpoint(c.call.ID), entryName(c.flow.Endpoint))
			f.Evidence = append(f.Evidence, finding.Places(k.from, what, []effects.Pos{c.call.Site}, seen)...)
		}
		fs = append(fs, f)
	}
	return fs
}
