package boundary

import "github.com/svclint/svclint/internal/finding"

const lesson = "Service boundaries are everything"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule {
	return []*finding.Rule{
		cycle, godService, chattyPair, foreignInternals, sharedDomainLibrary, distributedTransaction, hardCodedEndpoint, lockStep, nanoService,
	}
}

var cycle = &finding.Rule{
	ID:     "boundary/cycle",
	Title:  "Services call each other in a circle",
	Lesson: lesson,
	Why: "None of the services can be deployed, started or scaled without the others, an outage of one is an outage of all, " +
		"and under load they exhaust each other's connections. They are one service with a network inside.",
	Wrong: `// orders
_, err := payments.Charge(ctx, &paymentspb.ChargeRequest{OrderId: id})
// payments, while it charges
order, err := orders.GetOrder(ctx, &orderspb.GetOrderRequest{Id: req.OrderId})`,
	Right: `// orders hands over what payments needs to know.
_, err := payments.Charge(ctx, &paymentspb.ChargeRequest{OrderId: id, AmountCents: order.TotalCents})`,
	Instead: "Turn one direction into an event that the other service consumes, hand the needed data over with the request, " +
		"move the function to the service that has the data, or merge the services.",
	Severity: finding.Error,
}

var foreignInternals = &finding.Rule{
	ID:     "boundary/foreign-internals",
	Title:  "A service imports another service's internals",
	Lesson: lesson,
	Why: "The importer is compiled against decisions that the other service must be free to change: its storage, its rows, " +
		"its rules. The two can only be released together, and logic runs in a process that does not own the data.",
	Wrong: `// shipping
import "example.com/shop/services/orders/internal/store"`,
	Right: `// shipping
import "example.com/shop/api/orderspb"`,
	Instead: "Use the other service's contract (its API package or client); copy the few constants or types that are needed; " +
		"or move what both truly share to a library that belongs to neither.",
	Severity: finding.Error,
}

var godService = &finding.Rule{
	ID:     "boundary/god-service",
	Title:  "A service is several services",
	Lesson: lesson,
	Why: "It has many times the endpoints of the others, in groups that have neither data nor calls in common. Every team changes it, " +
		"every change releases all of it, and the busiest group decides how all of it is scaled and when all of it is down.",
	Wrong: `mux.HandleFunc("POST /accounts", accounts.Create)
mux.HandleFunc("POST /invoices", billing.Issue)
mux.HandleFunc("POST /parcels", shipping.Send)`,
	Right: `// billing is a service of its own, with its own data.
mux.HandleFunc("POST /invoices", billing.Issue)`,
	Instead: "Take the named groups as candidate contexts: give the one that changes most its own module and its own data first, " +
		"and make it a service when a team can own it.",
	Severity:   finding.Warning,
	Confidence: "medium",
}

var chattyPair = &finding.Rule{
	ID:     "boundary/chatty-pair",
	Title:  "Two services talk too often for one request",
	Lesson: lesson,
	Why: "Three or more calls in a row to one service, or a question that a service further down asks again, mean that the boundary runs " +
		"through the middle of a decision. Each round trip adds its latency and its chance to fail, and the answers may not fit together.",
	Wrong: `user, err := users.GetUser(ctx, id)
address, err := users.GetAddress(ctx, id)
credit, err := users.GetCredit(ctx, id)`,
	Right: `// One question that users can answer from its own data.
profile, err := users.GetProfile(ctx, id)`,
	Instead: "Offer one method that answers what the caller needs to know; hand an answer on with the next request instead of having it " +
		"asked for again; or move the decision to the service that has the data.",
	Severity: finding.Warning,
}

var sharedDomainLibrary = &finding.Rule{
	ID:     "boundary/shared-domain-library",
	Title:  "A shared package holds a domain's storage",
	Lesson: lesson,
	Why: "Entities and repositories in a package of everyone's are a context without an owner: services share its tables without saying so, and " +
		"a changed column means that all of them are built and released at once. Contracts, clients and logging may be shared, decisions may not.",
	Wrong: `// package models, linked into orders and into shipping

func (r *Orders) Cancel(ctx context.Context, id string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE orders SET status = 'cancelled' WHERE id = $1", id)
	return err
}`,
	Right: `// package orders/store; shipping asks orders over its contract

func (s *Store) Cancel(ctx context.Context, id string) error {
	_, err := s.db.ExecContext(ctx, "UPDATE orders SET status = 'cancelled' WHERE id = $1", id)
	return err
}`,
	Instead: "Move the package into the service that owns the data, and let the others use that service's contract or its events. Keep in " +
		"the library what is about no domain at all.",
	Severity:   finding.Warning,
	Confidence: "medium",
}

var distributedTransaction = &finding.Rule{
	ID:     "boundary/distributed-transaction",
	Title:  "One request changes state in several services, and nothing undoes it",
	Lesson: lesson,
	Why: "When the second change fails, times out or is never reached, the first stays: the card is charged and nothing is shipped. The rollback of " +
		"a local transaction does not reach another service, and a retry repeats what has already been done.",
	Wrong: `if err := payments.Charge(ctx, order); err != nil {
	return err
}
return shipping.Send(ctx, order) // fails: the charge stays`,
	Right: `if err := payments.Charge(ctx, order); err != nil {
	return err
}
if err := shipping.Send(ctx, order); err != nil {
	return errors.Join(err, payments.Refund(context.WithoutCancel(ctx), order))
}
return nil`,
	Instead: "Make it a saga: keep its state, give each step a compensation, and make each step safe to repeat. Better still, change state in " +
		"one service with an event in its outbox, and let the others follow from the event.",
	Severity: finding.Warning,
}

var hardCodedEndpoint = &finding.Rule{
	ID:     "boundary/hard-coded-endpoint",
	Title:  "The address of a service or database stands in the code",
	Lesson: lesson,
	Why: "No flag, variable or file can change it, so the same build cannot run in a test, a second region or beside another release: where " +
		"the other service is deployed becomes part of this one's code.",
	Wrong: `resp, err := http.Get("http://payments:8080/charges")`,
	Right: `resp, err := http.Get(os.Getenv("PAYMENTS_URL") + "/charges")`,
	Instead: "Read the address from the environment or the configuration, with the constant as the default at most; or resolve a name through the " +
		"platform's discovery.",
	Severity: finding.Warning,
}

var lockStep = &finding.Rule{
	ID:     "boundary/lock-step",
	Title:  "Services change together although no contract says so",
	Lesson: lesson,
	Why: "Their own code changes in the same commits far more often than chance, in commits that change neither a contract nor shared code: there " +
		"is knowledge on both sides of the boundary that has one reason to change. They cannot be released independently.",
	Wrong: `// orders and shipping both know what a parcel costs; each new tariff changes both.
func shippingCost(grams int) int { return 390 + grams/100*12 }`,
	Right: `// orders asks who knows.
cost, err := shipping.Quote(ctx, &shippingpb.QuoteRequest{Grams: grams})`,
	Instead: "Look at the named commits: put what changes for one reason into one service, make what both must know an explicit contract, or " +
		"merge the two.",
	Severity:   finding.Info,
	Confidence: "medium",
}

var nanoService = &finding.Rule{
	ID:     "boundary/nano-service",
	Title:  "A service is one function behind a network",
	Lesson: lesson,
	Why: "It has one endpoint, no data, and one caller: the deployment, the latency and the failures of a service, for what a package gives. It " +
		"is no bounded context, because there is nothing in it to decide.",
	Wrong: `// The whole service, for orders alone.
mux.HandleFunc("GET /vat", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, vat(r.FormValue("net"))) })`,
	Right: `// In orders.
total := net + vat(net)`,
	Instead:    "Make it a package of its caller, unless it is scaled, secured or released for reasons of its own.",
	Severity:   finding.Info,
	Confidence: "medium",
}
