package idempotency

import (
	"testing"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding/findingtest"
)

var at = findingtest.At

func TestRules(t *testing.T)    { findingtest.Rules(t, "idempotency", Rules()) }
func TestAnalyzer(t *testing.T) { findingtest.Modules(t, Analyzer) }

// system is a Model of endpoints, each with its judgement and its effects.
type system struct{ arch.Model }

func (s *system) add(service, protocol, id, idempotent, why string, fx ...arch.Effect) *system {
	s.Endpoints = append(s.Endpoints, arch.Endpoint{Service: service, Protocol: protocol, ID: id, Mutates: true, Site: at(service + ".go:1")})
	row := arch.Idempotency{Service: service, Endpoint: id, Idempotent: idempotent, Why: why}
	for i, e := range fx {
		fx[i].Path = []arch.Step{{Pos: at(service + ".go:1"), What: "handles " + id}, {Pos: e.Site, What: "effect"}}
		row.Sites = append(row.Sites, e.Site)
	}
	s.Idempotency = append(s.Idempotency, row)
	s.Flows = append(s.Flows, arch.Flow{Service: service, Endpoint: id, Protocol: protocol, Effects: fx})
	return s
}

func insert(table, site string) arch.Effect {
	return arch.Effect{Kind: arch.KindData, Store: "postgres", Op: "write", Verb: "insert", Name: table, Site: at(site)}
}

func publish(topic, site string) arch.Effect {
	return arch.Effect{Kind: arch.KindPublish, Broker: "kafka", Topic: topic, Site: at(site)}
}

func call(to, id, site string) arch.Effect {
	return arch.Effect{Kind: arch.KindCall, To: to, ID: id, Site: at(site)}
}

func retried(e arch.Effect) arch.Effect {
	e.Retry = &arch.Retry{Attempts: 3, By: "client"}
	return e
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		system *system
		want   string
	}{
		{
			"safe and unclear ones are quiet",
			new(system).
				add("billing", "consumer", "kafka:orders", "yes", "ON CONFLICT DO NOTHING", insert("charges", "billing.go:7")).
				add("billing", "http", "POST /charges", "unclear", "a wrapper that could not be read", insert("charges", "billing.go:7")).
				add("billing", "cron", "cron:nightly", "no", "inserts", insert("charges", "billing.go:7")),
			``,
		},
		{
			"a consumer that inserts and publishes",
			new(system).add("billing", "consumer", "kafka:orders", "no", "plain INSERT with a generated id", insert("charges", "billing.go:7"), publish("charged", "billing.go:9")),
			`billing.go:7: error idempotency/unguarded-consumer: a second delivery of kafka:orders to billing inserts into postgres charges and publishes kafka:charged again
			- billing: billing.go:1: handles kafka:orders
			- billing: billing.go:7: effect
			- billing: billing.go:7: not safe to repeat: plain INSERT with a generated id
			- billing: billing.go:9: also publishes kafka:charged again
			- billing: billing.go:7: a guard: a unique key taken from the message or request, and ON CONFLICT DO NOTHING (or a handled conflict)`,
		},
		{
			"across services: the endpoint at the end is reported with its callers, the one that passes on is not, the consumer is",
			new(system).
				add("web", "http", "POST /pay", "no", "calls Payments/Charge", call("payments", "p.Payments/Charge", "web.go:5")).
				add("worker", "consumer", "kafka:orders", "no", "calls Payments/Charge", call("payments", "p.Payments/Charge", "worker.go:5")).
				add("payments", "grpc", "p.Payments/Charge", "no", "plain INSERT", insert("payments", "payments.go:30")),
			`worker.go:5: error idempotency/unguarded-consumer: a second delivery of kafka:orders to worker calls payments (Payments/Charge) again
			- worker: worker.go:1: handles kafka:orders
			- worker: worker.go:5: effect
			- worker: worker.go:5: not safe to repeat: calls Payments/Charge
			- worker: worker.go:5: a guard: send a key that stays the same on repetition, which the called service keeps under a unique key
			payments.go:30: warning idempotency/unguarded-mutation: a retry of Payments/Charge of payments inserts into postgres payments again
			- payments: payments.go:1: handles p.Payments/Charge
			- payments: payments.go:30: effect
			- payments: payments.go:30: not safe to repeat: plain INSERT
			- payments: payments.go:30: a guard: a unique key taken from the message or request, and ON CONFLICT DO NOTHING (or a handled conflict)
			- web: web.go:5: POST /pay of web calls it: what is repeated there is repeated here
			- worker: worker.go:5: kafka:orders of worker calls it: what is repeated there is repeated here`,
		},
		{
			"PUT promises more than POST, but the command that it sends twice is the same",
			new(system).add("web", "http", "PUT /items/{id}", "no", "publishes on every call", publish("items", "web.go:5")),
			`web.go:5: info idempotency/unguarded-mutation: a retry of PUT /items/{id} of web publishes kafka:items again, although HTTP lets clients repeat a PUT by themselves
			- web: web.go:1: handles PUT /items/{id}
			- web: web.go:5: effect
			- web: web.go:5: not safe to repeat: publishes on every call
			- web: web.go:5: a guard: write the message to an outbox in the transaction of the change, under a key that stays the same on repetition`,
		},
		{
			"what retries speaks for what is retried",
			new(system).
				add("web", "http", "POST /pay", "no", "calls Payments/Charge", retried(call("payments", "p.Payments/Charge", "web.go:5"))).
				add("payments", "grpc", "p.Payments/Charge", "no", "plain INSERT", insert("payments", "payments.go:30")).
				add("admin", "http", "POST /rename", "yes", "sets a name", retried(call("payments", "p.Payments/Rename", "admin.go:5"))).
				add("payments", "grpc", "p.Payments/Rename", "yes", "sets a name"),
			`web.go:5: error idempotency/retry-of-unsafe: web retries Payments/Charge of payments, which is not safe to repeat: each time it inserts into postgres payments
			- web: web.go:1: handles POST /pay
			- web: web.go:5: effect
			- web: web.go:5: repeated by the client's own retries, up to 3 attempts in all
			- payments: payments.go:1: handles p.Payments/Charge
			- payments: payments.go:30: effect`,
		},
		{
			"an unsafe endpoint whose effects no flow shows",
			&system{arch.Model{
				Endpoints:   []arch.Endpoint{{Service: "mail", Protocol: "grpc", ID: "m.Mail/Send", Site: at("mail.go:1")}},
				Idempotency: []arch.Idempotency{{Service: "mail", Endpoint: "m.Mail/Send", Idempotent: "no", Why: "sends a mail each time", Sites: []effects.Pos{at("mail.go:8")}}},
			}},
			`mail.go:8: info idempotency/unguarded-mutation: a retry of Mail/Send of mail is not safe: sends a mail each time
			- mail: mail.go:8: sends a mail each time`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { findingtest.Equal(t, Check(&tt.system.Model), tt.want) })
	}
}
