package syncchain

import "github.com/svclint/svclint/internal/finding"

const lesson = "Synchronous communication doesn't scale"

// Rules are the rules of the pass, as the CLI, the reports and the docs print them.
func Rules() []*finding.Rule { return []*finding.Rule{deepChain, remoteInLoop} }

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
