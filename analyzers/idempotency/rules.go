package idempotency

import "github.com/svclint/svclint/internal/finding"

const lesson = "Idempotency: a message can arrive twice"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule {
	return []*finding.Rule{
		unguardedConsumer, unguardedMutation, checkThenAct, effectBeforeGuard, relativeUpdate, ackBeforeEffect, dualWrite, retryOfUnsafe,
		keyWithoutExpiry, untestedRedelivery,
	}
}

var unguardedConsumer = &finding.Rule{
	ID:     "idempotency/unguarded-consumer",
	Title:  "A consumer repeats its effect when a message arrives twice",
	Lesson: lesson,
	Why: "Every broker delivers at least once: a rebalance, a crash before the acknowledgement or a slow handler brings " +
		"the message again, and the customer is charged, the mail sent or the counter raised a second time.",
	Wrong: `func (c *Consumer) OnOrderPlaced(ctx context.Context, e OrderPlaced) error {
	_, err := c.db.ExecContext(ctx, "INSERT INTO charges (order_id, amount) VALUES ($1, $2)", e.OrderID, e.Amount)
	return err
}`,
	Right: `func (c *Consumer) OnOrderPlaced(ctx context.Context, e OrderPlaced) error {
	_, err := c.db.ExecContext(ctx, "INSERT INTO charges (order_id, amount) VALUES ($1, $2) ON CONFLICT (order_id) DO NOTHING", e.OrderID, e.Amount)
	return err
}`,
	Instead: "Bind the effect to the message's key: INSERT ... ON CONFLICT DO NOTHING under a unique key, an inbox row in the " +
		"same transaction as the effect, a condition on the state in the UPDATE, an idempotency key in calls and messages.",
	Severity: finding.Error,
}

var unguardedMutation = &finding.Rule{
	ID:     "idempotency/unguarded-mutation",
	Title:  "A request that is retried has its effect twice",
	Lesson: lesson,
	Why: "A client whose answer is lost cannot know whether the request was done; it, or a gateway or mesh on the way, " +
		"sends it again, and the effect happens twice.",
	Wrong: `func (s *Server) AddReturn(w http.ResponseWriter, r *http.Request) {
	_, err := s.db.ExecContext(r.Context(), "INSERT INTO returns (id, order_id) VALUES ($1, $2)", uuid.NewString(), r.PathValue("id"))
	reply(w, err)
}`,
	Right: `func (s *Server) AddReturn(w http.ResponseWriter, r *http.Request) {
	_, err := s.db.ExecContext(r.Context(), "INSERT INTO returns (id, order_id) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
		r.Header.Get("Idempotency-Key"), r.PathValue("id"))
	reply(w, err)
}`,
	Instead: "Take an idempotency key or the id of the new thing from the client and store it with the effect under a unique " +
		"key; answer a repetition with the first result.",
	Severity: finding.Warning,
}

var checkThenAct = &finding.Rule{
	ID:     "idempotency/check-then-act",
	Title:  "A write rests on a state that may have changed since it was read",
	Lesson: lesson,
	Why: "A retry does not wait for the first attempt to end. Two that run at once both read the old state, both pass the check " +
		"and both write: the name is taken twice, the last room is sold twice, the order is paid twice.",
	Wrong: `row := db.QueryRowContext(ctx, "SELECT status FROM orders WHERE id = $1", id)
if err := row.Scan(&status); err != nil || status != "new" {
	return err
}
_, err := db.ExecContext(ctx, "UPDATE orders SET status = 'paid' WHERE id = $1", id)`,
	Right: `res, err := db.ExecContext(ctx, "UPDATE orders SET status = 'paid' WHERE id = $1 AND status = 'new'", id)
if err != nil {
	return err
}
if n, err := res.RowsAffected(); err != nil || n == 0 {
	return err // somebody was first
}`,
	Instead: "Let the store decide in the statement that writes: a unique key whose conflict is handled, a condition on status or " +
		"version in the UPDATE, SETNX in place of GET and SET; or lock what is read (SELECT ... FOR UPDATE) in one transaction.",
	Severity: finding.Warning,
}

var effectBeforeGuard = &finding.Rule{
	ID:     "idempotency/effect-before-guard",
	Title:  "An effect comes before the guard that should keep it from being repeated",
	Lesson: lesson,
	Why: "The guard finds out that the message was handled before, when its effect has already happened again. It looks as if " +
		"the consumer were safe, and it is not.",
	Wrong: `charge(ctx, order)
if first, err := rdb.SetNX(ctx, "charged:"+order.ID, 1, day).Result(); err != nil || !first {
	return err
}`,
	Right: `if first, err := rdb.SetNX(ctx, "charged:"+order.ID, 1, day).Result(); err != nil || !first {
	return err
}
charge(ctx, order)`,
	Instead: "Ask the guard first and leave where it says that the work was done; best in one transaction with the effect, so " +
		"that neither stays without the other.",
	Severity: finding.Error,
}

var relativeUpdate = &finding.Rule{
	ID:     "idempotency/relative-update",
	Title:  "A retry adds to or takes from a value once more",
	Lesson: lesson,
	Why: "balance = balance - 10 takes 10 with every attempt. Unlike a row that is there twice, a balance that is wrong does " +
		"not show where it went wrong.",
	Wrong: `_, err := db.ExecContext(ctx, "UPDATE accounts SET balance = balance - $2 WHERE id = $1", id, amount)`,
	Right: `res, err := tx.ExecContext(ctx, "INSERT INTO movements (request_id, account, amount) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", key, id, amount)
if err != nil {
	return err
}
if n, err := res.RowsAffected(); err != nil || n == 0 {
	return err // booked before
}
_, err = tx.ExecContext(ctx, "UPDATE accounts SET balance = balance - $2 WHERE id = $1", id, amount)`,
	Instead: "Book each movement under the key of its request and change the balance only when the booking is new, in one " +
		"transaction; or make the update depend on the version that was read.",
	Severity: finding.Warning,
}

var ackBeforeEffect = &finding.Rule{
	ID:     "idempotency/ack-before-effect",
	Title:  "A message is acknowledged before its effect",
	Lesson: lesson,
	Why: "The broker forgets a message that is acknowledged. When the process crashes or the store refuses afterwards, the " +
		"effect never happens and nobody is told.",
	Wrong: `msg.Ack(false)
if err := store.Save(ctx, msg.Body); err != nil {
	log.Print(err) // lost
}`,
	Right: `if err := store.Save(ctx, msg.Body); err != nil {
	msg.Nack(false, true)
	return err
}
msg.Ack(false)`,
	Instead: "Do the effect first, guarded against repetition, and acknowledge when it is done; hand what cannot be done to a " +
		"dead letter queue.",
	Severity: finding.Warning,
}

var dualWrite = &finding.Rule{
	ID:     "idempotency/dual-write",
	Title:  "A store and a broker or another service are changed together, and nothing binds them",
	Lesson: lesson,
	Why: "A crash between the two leaves a row that nobody was told of, or a message about a row that is not there; a retry " +
		"repeats the half that had succeeded. No order of the two helps.",
	Wrong: `if _, err := db.ExecContext(ctx, "INSERT INTO orders (id) VALUES ($1)", id); err != nil {
	return err
}
return writer.WriteMessages(ctx, placed(id))`,
	Right: `_, err := tx.ExecContext(ctx, "INSERT INTO orders (id) VALUES ($1)", id)
if err == nil {
	_, err = tx.ExecContext(ctx, "INSERT INTO outbox (id, topic, body) VALUES ($1, 'orders.placed', $2)", id, body)
}
return errors.Join(err, tx.Commit()) // a relay publishes what is in the outbox`,
	Instead: "Write the message to an outbox in the transaction of the change and let a relay publish it, or publish from the " +
		"store's change log; turn a request to another service into such a message, or make it repeatable and the change a saga.",
	Severity: finding.Warning,
}

var retryOfUnsafe = &finding.Rule{
	ID:     "idempotency/retry-of-unsafe",
	Title:  "A client retries a request that is not safe to repeat",
	Lesson: lesson,
	Why: "The retry is meant for the answer that got lost, and that is just the case in which the other service has done it " +
		"already: the customer is charged once per attempt, and only when the network is bad.",
	Wrong: `retry.Do(func() error {
	_, err := payments.Charge(ctx, &pb.ChargeRequest{Amount: amount}) // inserts a row each time
	return err
})`,
	Right: `retry.Do(func() error {
	_, err := payments.Charge(ctx, &pb.ChargeRequest{Amount: amount, IdempotencyKey: order.ID}) // unique in payments
	return err
})`,
	Instead: "Send a key that is the same for all attempts and let the called service keep it under a unique key with the effect; " +
		"until it does, retry only what it cannot have begun (a refused connection), or not at all.",
	Severity: finding.Error,
}

var keyWithoutExpiry = &finding.Rule{
	ID:     "idempotency/key-without-expiry",
	Title:  "The keys of handled messages are kept for ever",
	Lesson: lesson,
	Why: "The store grows with every message until it is full, and then refuses or evicts: the keys that are dropped first may " +
		"be the ones that are needed. A table grows as well, and with it the index that every message asks. Tables count where they " +
		"hold nothing but keys and times, and nothing in the repository deletes from them.",
	Wrong:    `first, err := rdb.SetNX(ctx, "mailed:"+id, 1, 0).Result()`,
	Right:    `first, err := rdb.SetNX(ctx, "mailed:"+id, 1, 30*24*time.Hour).Result()`,
	Instead:  "Give the keys an expiry that is longer than the broker keeps messages and clients retry; delete older rows now and then.",
	Severity: finding.Info,
}

var untestedRedelivery = &finding.Rule{
	ID:     "idempotency/untested-redelivery",
	Title:  "No test delivers a message twice",
	Lesson: lesson,
	Why: "That a second delivery changes nothing is a property that no single delivery shows: a guard that is moved, a key that is " +
		"made anew or a condition that is dropped breaks it, and every test still passes. It is not told of services without tests.",
	Wrong: `func TestOrderPlaced(t *testing.T) {
	c := &Consumer{books: newFakeBooks()}
	if err := c.OnOrderPlaced(t.Context(), order("o-1")); err != nil {
		t.Fatal(err)
	}
}`,
	Right: `func TestOrderPlacedTwiceChargesOnce(t *testing.T) {
	books := newFakeBooks()
	c := &Consumer{books: books}
	for range 2 {
		if err := c.OnOrderPlaced(t.Context(), order("o-1")); err != nil {
			t.Fatal(err)
		}
	}
	if books.charges != 1 {
		t.Errorf("charged %d times", books.charges)
	}
}`,
	Instead: "Deliver one message twice in a test and ask for one effect; and once more after a first delivery that failed half-way. A " +
		"handler that is a closure in main has to become a function first.",
	Severity: finding.Info,
}
