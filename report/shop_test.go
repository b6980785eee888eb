package report

import (
	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

func at(file string, line, col int) effects.Pos { return effects.Pos{File: file, Line: line, Col: col} }

var (
	foreignWrite = &finding.Rule{
		ID: "crossdb/foreign-write", Title: "a service writes data that another service owns", Lesson: "Database per service, no exception",
		Instead:  "Ask the owner through its API, or let it consume an event: only the service that owns a table can keep its invariants and change its schema.",
		Severity: finding.Error,
	}
	deepChain = &finding.Rule{
		ID: "syncchain/deep-chain", Title: "a request waits for a chain of services", Lesson: "Synchronous communication doesn't scale",
		Instead: "Publish an event where the answer is not needed, or keep a local copy of what is.", Severity: finding.Warning,
	}
)

// shop is a small distributed monolith: a gateway, orders, billing that writes into the orders table, and a mailer.
func shop() (*arch.Model, []finding.Finding) {
	m := &arch.Model{
		Schema: arch.Schema,
		Services: []arch.Service{
			{Name: "billing", Entry: "services/billing", Hosts: []string{"billing"}},
			{Name: "gateway", Entry: "services/gateway"},
			{Name: "mailer", Entry: "services/orders/cmd", Role: "mail"},
			{Name: "orders", Entry: "services/orders/cmd", Role: "serve", Hosts: []string{"orders", "orders-v2"}},
		},
		ForeignServices: []arch.ForeignService{{Name: "api.stripe.com", Why: "third party, reached over HTTP"}},
		Endpoints: []arch.Endpoint{
			{Service: "billing", Protocol: "grpc", ID: "shop.Billing/Charge", Handler: "(*Server).Charge", Site: at("services/billing/server.go", 31, 18), Mutates: true, Instrumented: true},
			{Service: "gateway", Protocol: "http", ID: "POST /checkout/{id}", Handler: "(*API).checkout", Site: at("services/gateway/api.go", 40, 15), Mutates: true, Instrumented: true},
			{Service: "mailer", Protocol: "consumer", ID: "kafka:order-paid", Handler: "sendMail", Site: at("services/orders/mail/mail.go", 12, 6), Mutates: true},
			{Service: "orders", Protocol: "grpc", ID: "shop.Orders/Get", Handler: "(*Server).Get", Site: at("services/orders/server.go", 22, 18), Instrumented: true},
			{Service: "orders", Protocol: "grpc", ID: "shop.Orders/Place", Handler: "(*Server).Place", Site: at("services/orders/server.go", 50, 18), Mutates: true, Instrumented: true},
		},
		Calls: []arch.Call{
			{From: "billing", To: "api.stripe.com", Protocol: "http", ID: "POST /v1/charges", Sites: []effects.Pos{at("services/billing/stripe.go", 44, 12)}},
			{From: "gateway", To: "orders", Protocol: "grpc", ID: "shop.Orders/Place", Sites: []effects.Pos{at("services/gateway/api.go", 61, 20)}},
			{From: "orders", To: "billing", Protocol: "grpc", ID: "shop.Billing/Charge", Sites: []effects.Pos{at("services/orders/server.go", 71, 20), at("services/orders/retry.go", 15, 9)}, InLoop: true},
		},
		Data: []arch.Data{
			{Service: "billing", Store: "postgres", Name: "invoices", Ops: []string{"read", "write"}, Sites: []effects.Pos{at("services/billing/store.go", 20, 9)}},
			{Service: "billing", Store: "postgres", Name: "orders", Ops: []string{"write"}, Sites: []effects.Pos{at("services/billing/store.go", 41, 9)}},
			{Service: "mailer", Store: "redis", Name: "mail:*", Ops: []string{"write"}, Sites: []effects.Pos{at("services/orders/mail/mail.go", 30, 5)}},
			{Service: "orders", Store: "postgres", Name: "orders", Ops: []string{"ddl", "read", "write"}, Sites: []effects.Pos{at("services/orders/store.go", 18, 9)}},
		},
		SharedData: []arch.SharedData{{Store: "postgres", Name: "orders", Services: []string{"billing", "orders"}, Owner: "orders", Why: "both are handed DATABASE_URL of db/shop"}},
		Owners: []arch.Owner{
			{Store: "postgres", Name: "invoices", Service: "billing", How: "only-writer", Site: at("services/billing/store.go", 20, 9)},
			{Store: "postgres", Name: "orders", Service: "orders", How: "migration", Site: at("services/orders/migrations/1.sql", 1, 1)},
		},
		Events: []arch.Event{
			{Service: "billing", Dir: "publish", Broker: "kafka", Topic: "order-paid", Sites: []effects.Pos{at("services/billing/events.go", 19, 9)}},
			{Service: "mailer", Dir: "consume", Broker: "kafka", Topic: "order-paid", Sites: []effects.Pos{at("services/orders/mail/mail.go", 14, 9)}},
		},
		Chains: [][]string{{"gateway:POST /checkout/{id}", "orders:shop.Orders/Place", "billing:shop.Billing/Charge", "api.stripe.com:POST /v1/charges"}},
		Tracing: []arch.Tracing{
			{Service: "billing", Library: "otel", Setup: "yes", Servers: "all", Clients: "some", DB: "none", Messaging: "none",
				Breaks: []arch.TraceBreak{{Site: at("services/billing/events.go", 19, 9), Why: "the request's context is replaced by context.Background()", Kind: "context"}}},
			{Service: "gateway", Library: "otel", Setup: "yes", Servers: "all", Clients: "all", DB: "n/a", Messaging: "n/a"},
			{Service: "mailer", Library: "none", Setup: "no", Servers: "n/a", Clients: "n/a", DB: "none", Messaging: "none"},
			{Service: "orders", Library: "otel", Setup: "yes", Servers: "all", Clients: "all", DB: "all", Messaging: "n/a"},
		},
		Flows: []arch.Flow{
			{Service: "gateway", Endpoint: "POST /checkout/{id}", Protocol: "http", Effects: []arch.Effect{
				{Kind: arch.KindCall, To: "orders", ID: "shop.Orders/Place", Context: "request", Instrumented: true}}},
			{Service: "orders", Endpoint: "shop.Orders/Place", Protocol: "grpc", Effects: []arch.Effect{
				{Kind: arch.KindData, Store: "postgres", Name: "orders", Op: "write", Context: "request", Instrumented: true},
				{Kind: arch.KindCall, To: "billing", ID: "shop.Billing/Charge", Context: "request", Instrumented: true}}},
			{Service: "billing", Endpoint: "shop.Billing/Charge", Protocol: "grpc", Effects: []arch.Effect{
				{Kind: arch.KindCall, To: "api.stripe.com", ID: "POST /v1/charges", Context: "unknown", Instrumented: true},
				{Kind: arch.KindPublish, Broker: "kafka", Topic: "order-paid", Context: "background"}}},
		},
		Idempotency: []arch.Idempotency{
			{Service: "billing", Endpoint: "shop.Billing/Charge", Idempotent: "no", Why: "plain INSERT"},
			{Service: "gateway", Endpoint: "POST /checkout/{id}", Idempotent: "unclear"},
			{Service: "mailer", Endpoint: "kafka:order-paid", Idempotent: "yes", Why: "SETNX on the message id"},
			{Service: "orders", Endpoint: "shop.Orders/Place", Idempotent: "yes", Why: "ON CONFLICT DO NOTHING"},
		},
		Imports: []arch.Import{
			{Service: "gateway", Of: "orders", Package: "example.com/shop/orders/pb", Site: at("services/gateway/api.go", 9, 2), Contract: true},
		},
		Unresolved: []arch.Unresolved{
			{Service: "gateway", Site: at("services/gateway/api.go", 88, 3), What: "address of a call", Value: "cfg.Search", Reason: "read from a file that is not in the repository"},
		},
		Coverage: arch.Coverage{Packages: 14, Analysed: 13,
			Problems: []arch.Problem{{File: "services/orders/report.go", Line: 7, Package: "example.com/shop/orders/report", Msg: "undefined: Sum", Hint: "run go build there and correct the error"}},
			Notes:    []string{"go.sum of services/mailer is incomplete: a temporary -modfile was used"}},
	}
	fs := []finding.Finding{
		{
			Rule: deepChain, Severity: finding.Warning, Confidence: "high",
			Message:  "POST /checkout/{id} of gateway waits for 3 services in a row, over the budget of 2",
			Services: []string{"gateway", "orders", "billing"}, Pos: at("services/gateway/api.go", 61, 20),
			Subject: "gateway:POST /checkout/{id}",
			Evidence: []finding.Step{
				{Service: "gateway", Pos: at("services/gateway/api.go", 61, 20), What: "calls orders: shop.Orders/Place"},
				{Service: "orders", Pos: at("services/orders/server.go", 71, 20), What: "calls billing: shop.Billing/Charge"},
				{Service: "billing", Pos: at("services/billing/stripe.go", 44, 12), What: "calls api.stripe.com: POST /v1/charges"},
			},
		},
		{
			Rule: foreignWrite, Severity: finding.Error, Confidence: "high",
			Message:  "billing writes table orders, which orders owns",
			Services: []string{"billing", "orders"}, Pos: at("services/billing/store.go", 41, 9), Subject: "postgres:orders",
			Evidence: []finding.Step{
				{Service: "billing", Pos: at("services/billing/server.go", 31, 18), What: "handles shop.Billing/Charge"},
				{Service: "billing", Pos: at("services/billing/store.go", 41, 9), What: "updates postgres orders"},
				{Service: "billing", Pos: at("services/billing/store.go", 41, 9), What: "statement: UPDATE orders\n\tSET paid = true, paid_at = now(), paid_by = $2, invoice = $3, correlation = $4, version = version + 1 WHERE id = $1"},
				{Service: "orders", Pos: at("services/orders/migrations/1.sql", 1, 1), What: "creates table orders"},
			},
		},
	}
	return m, fs
}
