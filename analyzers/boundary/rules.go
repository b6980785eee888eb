package boundary

import "github.com/svclint/svclint/internal/finding"

const lesson = "Service boundaries are everything"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule { return []*finding.Rule{cycle, foreignInternals} }

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
