package arch

import (
	"testing"

	"github.com/svclint/svclint/internal/sqltext"
)

// What one statement does against its own repetition. guarding: its outcome (rows affected) tells the first time from a
// repetition, so that it can guard what comes after it.
func TestSQLGuard(t *testing.T) {
	tests := []struct {
		statement string
		guard     string
		guarding  bool
	}{
		{"INSERT INTO t (id) VALUES ($1)", "", false},
		{"INSERT INTO t (id) VALUES ($1) ON CONFLICT DO NOTHING", "on-conflict", true},
		{"INSERT INTO t (id) VALUES ($1) ON CONFLICT (id) DO NOTHING RETURNING id", "on-conflict", true},
		{"INSERT IGNORE INTO t (id) VALUES (?)", "on-conflict", true},
		{"INSERT INTO t (id, n) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n", "upsert", false},
		{"INSERT INTO t (id, n) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1", "", false},
		{"UPDATE t SET name = $1 WHERE id = $2", "", false},
		{"UPDATE t SET n = n + 1 WHERE id = $1", "", false},
		// The first time changes what the second one asks for.
		{"UPDATE t SET state = 'paid' WHERE id = $1 AND state = 'open'", "conditional-update", true},
		{"UPDATE t SET n = n + 1, version = version + 1 WHERE id = $1 AND version = $2", "conditional-update", true},
		// There is still enough the second time.
		{"UPDATE t SET stock = stock - $1 WHERE id = $2 AND stock >= $1", "", false},
		{"DELETE FROM t WHERE id = $1", "", false},
		// A repetition finds nothing to use up.
		{"WITH gone AS (DELETE FROM held WHERE id = $1 RETURNING n) UPDATE t SET n = t.n + gone.n FROM gone", "conditional-update", true},
	}
	for _, tt := range tests {
		sts := sqltext.Parse(tt.statement)
		if len(sts) != 1 {
			t.Errorf("%s: %d statements", tt.statement, len(sts))
			continue
		}
		if guard, guarding := sqlGuard(&sts[0], tt.statement); guard != tt.guard || guarding != tt.guarding {
			t.Errorf("%s: %q, %v, want %q, %v", tt.statement, guard, guarding, tt.guard, tt.guarding)
		}
	}
}

func TestConditional(t *testing.T) {
	tests := []struct {
		name string
		st   sqltext.Statement
		want bool
	}{
		{"asks for what it sets", sqltext.Statement{SetColumns: []string{"state"}, WhereColumns: []string{"id", "State"}}, true},
		{"asks for something else", sqltext.Statement{SetColumns: []string{"state"}, WhereColumns: []string{"id"}}, false},
		{"counter", sqltext.Statement{SetColumns: []string{"n"}, RelativeColumns: []string{"n"}, WhereColumns: []string{"n"}}, false},
		{"version", sqltext.Statement{SetColumns: []string{"row_version"}, RelativeColumns: []string{"row_version"}, WhereColumns: []string{"row_version"}}, true},
	}
	for _, tt := range tests {
		if got := conditional(&tt.st); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A foreign service's endpoint is judged by its name alone.
func TestCommands(t *testing.T) {
	for id, want := range map[string]bool{
		"POST /charge": true, "PUT /x": true, "PATCH /x": true, "DELETE /x": true, "GET /x": false, "HEAD /x": false, "* /x": false,
		"pay.Payments/Charge": true, "pay.Payments/GetCharge": false, "mail.Mail/SendEmail": true, "cart.Cart/ListItems": false,
	} {
		if got := commands(id); got != want {
			t.Errorf("commands(%q) = %v, want %v", id, got, want)
		}
	}
}

// A CTE that only inserts what it returns uses nothing up.
func TestConsuming(t *testing.T) {
	const outbox = "WITH o AS (INSERT INTO orders (id) VALUES ($1) RETURNING id) INSERT INTO outbox (id) SELECT id FROM o"
	if guard, _ := sqlGuard(&sqltext.Parse(outbox)[0], outbox); guard != "" {
		t.Errorf("an insert with an outbox in one statement is guarded by %q", guard)
	}
}
