package syncchain

import "github.com/svclint/svclint/internal/finding"

const lesson = "Synchronous communication doesn't scale"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule {
	return []*finding.Rule{deepChain, fanOut, remoteInLoop, remoteInTransaction, noDeadline, retryStorm, syncInConsumer}
}

var deepChain = &finding.Rule{
	ID:     "syncchain/deep-chain",
	Title:  "A request waits for too many calls in a row",
	Lesson: lesson,
	Why: "The latencies of all hops add up and their error rates compound: a request over four services of 99.9% each is " +
		"answered 99.6% of the time, and one slow service at the end holds a connection in each of those before it.",
	Wrong: `// gateway waits for orders, orders for inventory, inventory for catalog.
func (w *Warehouse) Reserve(ctx context.Context, sku string) error {
	p, err := w.catalog.GetProduct(ctx, &catalogpb.GetProductRequest{Sku: sku})
	if err != nil {
		return err
	}
	return w.reserve(ctx, sku, p.GetPhysical())
}`,
	Right: `// inventory keeps what it needs to know of a product, fed by the events of catalog.
func (w *Warehouse) Reserve(ctx context.Context, sku string) error {
	physical, err := w.products.Physical(ctx, sku)
	if err != nil {
		return err
	}
	return w.reserve(ctx, sku, physical)
}`,
	Instead: "Let the first service call those that it needs itself, side by side; keep a local copy of what the far end " +
		"knows, fed by its events; or turn the last hop, whose answer nobody needs at once, into a message.",
	Options:  []finding.Option{{Key: "budgets.hops", Default: "2", What: "how many calls in a row a request may wait for"}},
	Severity: finding.Warning,
}

var remoteInLoop = &finding.Rule{
	ID:     "syncchain/remote-in-loop",
	Title:  "Another service is called once per element of a collection",
	Lesson: lesson,
	Why: "One request makes as many round trips as there are elements (N+1 across the network): latency grows with the " +
		"data, one failure in any of them fails the request, and the called service sees a burst for every page view.",
	Wrong: `for _, line := range cart.Lines {
	p, err := catalog.GetProduct(ctx, &catalogpb.GetProductRequest{Id: line.ProductID})
	if err != nil {
		return err
	}
	names = append(names, p.Name)
}`,
	Right: `ps, err := catalog.GetProducts(ctx, &catalogpb.GetProductsRequest{Ids: ids})
if err != nil {
	return err
}
for _, p := range ps.Products {
	names = append(names, p.Name)
}`,
	Instead: "Collect the keys and ask once through a batch method (add one if there is none); where the elements change " +
		"rarely, cache them or keep a local copy.",
	Severity: finding.Warning,
}

var fanOut = &finding.Rule{
	ID:     "syncchain/fan-out",
	Title:  "A request makes too many calls one after the other",
	Lesson: lesson,
	Why: "The request is as slow as all the calls together, though none of them may need the answer of another, and it fails " +
		"when any one of the called services does.",
	Wrong: `func (s *Server) Page(ctx context.Context, user string) (*Page, error) {
	profile, err1 := s.users.GetProfile(ctx, &userspb.GetProfileRequest{User: user})
	cart, err2 := s.carts.GetCart(ctx, &cartspb.GetCartRequest{User: user})
	ads, err3 := s.ads.GetAds(ctx, &adspb.GetAdsRequest{User: user})
	return page(profile, cart, ads), errors.Join(err1, err2, err3)
}`,
	Right: `func (s *Server) Page(ctx context.Context, user string) (*Page, error) {
	g, ctx := errgroup.WithContext(ctx)
	var p Page
	g.Go(func() (err error) { p.Profile, err = s.users.GetProfile(ctx, &userspb.GetProfileRequest{User: user}); return err })
	g.Go(func() (err error) { p.Cart, err = s.carts.GetCart(ctx, &cartspb.GetCartRequest{User: user}); return err })
	g.Go(func() (err error) { p.Ads, err = s.ads.GetAds(ctx, &adspb.GetAdsRequest{User: user}); return err })
	return &p, g.Wait()
}`,
	Instead: "Make the calls that do not need each other side by side (errgroup); do without those whose answer can be missing; " +
		"keep what is asked for every time as a copy, fed by events; leave to a message what the answer does not depend on.",
	Options:  []finding.Option{{Key: "budgets.fan-out", Default: "4", What: "how many calls one request may make one after the other"}},
	Severity: finding.Warning,
}

var remoteInTransaction = &finding.Rule{
	ID:     "syncchain/remote-in-transaction",
	Title:  "Another service is called while a database transaction is open",
	Lesson: lesson,
	Why: "Locks and the connection are held for as long as the other service takes, so its slowness exhausts the pool and " +
		"stops requests that have nothing to do with it. And a rollback does not take back what the other service did.",
	Wrong: `tx, err := db.BeginTx(ctx, nil)
if err != nil {
	return err
}
defer tx.Rollback()
if _, err := tx.ExecContext(ctx, "UPDATE orders SET state = 'paid' WHERE id = $1", id); err != nil {
	return err
}
if _, err := payments.Charge(ctx, &paymentspb.ChargeRequest{OrderId: id}); err != nil {
	return err
}
return tx.Commit()`,
	Right: `// Under the order's id, the charge can be repeated until the row says that it was made.
if _, err := payments.Charge(ctx, &paymentspb.ChargeRequest{OrderId: id}); err != nil {
	return err
}
_, err := db.ExecContext(ctx, "UPDATE orders SET state = 'paid' WHERE id = $1 AND state = 'placed'", id)
return err`,
	Instead: "Ask before the transaction begins; tell after it is committed, through a row in an outbox where it must not be " +
		"lost; make what has to happen on both sides a saga with a state of its own.",
	Severity: finding.Warning,
}

var noDeadline = &finding.Rule{
	ID:     "syncchain/no-deadline",
	Title:  "A call has no time limit, or one that is too short for what it waits for",
	Lesson: lesson,
	Why: "A service that hangs is worse than one that is down: every caller keeps a goroutine and a connection until it hangs " +
		"too. Timeouts of the server do not help, because they do not end handlers. And a limit shorter than those of the calls " +
		"behind it gives up on work that goes on and succeeds for nobody.",
	Wrong: `resp, err := http.Get(base + "/stock/" + url.PathEscape(sku))`,
	Right: `ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
defer cancel()
req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/stock/"+url.PathEscape(sku), nil)`,
	Instead: "Give the request a deadline where it enters the system, and pass its context on: gRPC carries it across services. " +
		"Give HTTP clients a Timeout. A limit is longer than those of the calls behind it together.",
	Severity: finding.Warning,
}

var retryStorm = &finding.Rule{
	ID:     "syncchain/retry-storm",
	Title:  "Several levels of one chain retry",
	Lesson: lesson,
	Why: "Attempts multiply: three levels of three make 27 requests of one, at the very moment when the last service is " +
		"struggling. The storm keeps it down after the cause is gone.",
	Wrong: `// gateway
err := retry.Do(func() error { return orders.Place(ctx, order) }, retry.Attempts(3))
// orders, while it places the order
err = retry.Do(func() error { return stock.Reserve(ctx, lines) }, retry.Attempts(3))`,
	Right: `// gateway
err := orders.Place(ctx, order)
// orders, which is next to the service that fails
err = retry.Do(func() error { return stock.Reserve(ctx, lines) }, retry.Attempts(3))`,
	Instead: "Retry at one level, the one next to the failure, with backoff, jitter and a budget; let the levels above fail fast, " +
		"behind a circuit breaker.",
	Severity: finding.Warning,
}

var syncInConsumer = &finding.Rule{
	ID:     "syncchain/sync-in-consumer",
	Title:  "A consumer cannot finish without another service being up",
	Lesson: lesson,
	Why: "Messages were to make the services independent of each other. With a request in its handler the consumer stops when " +
		"the other service does, its queue grows, and redeliveries add to the load of the one that is down. An info where the other service " +
		"is told something; a warning where the sender of the message is asked back.",
	Wrong: `func (c *Consumer) OnOrderPlaced(ctx context.Context, e OrderPlaced) error {
	order, err := c.orders.GetOrder(ctx, &orderspb.GetOrderRequest{Id: e.OrderID})
	if err != nil {
		return err
	}
	return c.ship(ctx, order.Address)
}`,
	Right: `func (c *Consumer) OnOrderPlaced(ctx context.Context, e OrderPlaced) error {
	return c.ship(ctx, e.Address)
}`,
	Instead: "Let the message carry what its consumers need (event-carried state transfer), keep a copy of what changes rarely, " +
		"and tell other services by a message of one's own.",
	Severity: finding.Warning,
}
