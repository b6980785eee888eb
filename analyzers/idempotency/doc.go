// Package idempotency defines the pass that finds effects which happen twice when a message or request arrives twice.
//
// # Analyzer idempotency
//
// idempotency: report consumers and mutating endpoints whose effect is repeated when they run again
//
// Brokers deliver at least once: after a rebalance, a crash between effect and acknowledgement, or a timeout, the same
// message comes again. Clients, gateways and meshes retry requests whose answer got lost. What runs must therefore leave
// the same state and send nothing twice when it runs again.
//
// An effect is harmless when a guard stands before it (a SETNX, an inbox or dedupe table, an idempotency key), when it is
// bound to a key that the message or the client gave (upsert, INSERT ... ON CONFLICT, a unique key whose conflict is
// handled, PUT by key), when it depends on the state it changes (UPDATE ... WHERE status = 'new'), or when it sets
// absolute values. Where the code does not show whether a repetition is harmless, nothing is reported.
//
// An endpoint that only passes the request on is not reported when the endpoint that it calls is: the cure is there, and
// the finding's evidence names the callers. A consumer is reported in any case, because its message will come twice.
//
// Wrong: the second delivery charges the customer again.
//
//	func (c *Consumer) OnOrderPlaced(ctx context.Context, e OrderPlaced) error {
//		_, err := c.db.ExecContext(ctx, "INSERT INTO charges (order_id, amount) VALUES ($1, $2)", e.OrderID, e.Amount)
//		return err
//	}
//
// Right: the second delivery changes nothing (order_id is the primary key).
//
//	_, err := c.db.ExecContext(ctx, "INSERT INTO charges (order_id, amount) VALUES ($1, $2) ON CONFLICT DO NOTHING", e.OrderID, e.Amount)
//
// The rules:
//   - idempotency/unguarded-consumer: a message that is delivered twice has its effect twice.
//   - idempotency/unguarded-mutation: a request that is retried has its effect twice. An info where nothing in the repository
//     is known to repeat the request.
//   - idempotency/check-then-act: a write rests on a state that may have changed since it was read.
//   - idempotency/effect-before-guard: an effect comes before the guard that should keep it from being repeated.
//   - idempotency/relative-update: a retry adds to or takes from a value once more.
//   - idempotency/ack-before-effect: a message is acknowledged before its effect.
//   - idempotency/dual-write: a store and a broker or another service are changed, and nothing binds them.
//   - idempotency/retry-of-unsafe: a client retries a request that is not safe to repeat.
//   - idempotency/key-without-expiry: the keys of handled messages are kept for ever.
//   - idempotency/untested-redelivery: no test delivers a message twice.
//
// A defect is told by one rule, the most specific: an effect of which another rule speaks is not counted again as unguarded.
package idempotency
