package idempotency

import "github.com/svclint/svclint/internal/finding"

const lesson = "Idempotency: a message can arrive twice"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule { return []*finding.Rule{unguardedConsumer, unguardedMutation} }

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
