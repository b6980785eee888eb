// Package syncchain defines the pass that finds synchronous calls which do not scale.
//
// # Analyzer syncchain
//
// syncchain: report synchronous calls that do not scale: deep, wide, in loops and transactions, without limits
//
// A request that waits for a service that waits for a service is as slow as all of them together and as available as
// the product of them all: with 99.9% each, four hops make 99.6%. And a call inside a loop multiplies both: a page of
// fifty products makes fifty round trips, and fails when one of them does.
//
// A chain is counted in hops: calls from one service to another that the caller waits for, on one path that one request
// can really take. Calls in goroutines that nobody waits for end a chain, and so do messages. Chains that begin at
// start-up or at a schedule are not reported, because nobody waits for them, and neither are loops there.
//
// Wrong: the cart asks for each product by itself.
//
//	for _, line := range cart.Lines {
//		p, err := catalog.GetProduct(ctx, &catalogpb.GetProductRequest{Id: line.ProductID})
//		...
//	}
//
// Right: it asks once.
//
//	ps, err := catalog.GetProducts(ctx, &catalogpb.GetProductsRequest{Ids: ids})
//
// The rules:
//   - syncchain/deep-chain: a request waits for more calls in a row than the budget allows (2 by default).
//   - syncchain/remote-in-loop: another service is called once per element of a collection while a request or message is
//     handled. The finding names the batch method when the called service offers one.
//   - syncchain/fan-out: a request makes more calls one after the other than the budget allows (4 by default). Calls side by
//     side and in branches that exclude each other do not add up.
//   - syncchain/remote-in-transaction: a call is waited for while a database transaction is open.
//   - syncchain/no-deadline: neither context nor client limits the calls between two services; or a limit is shorter than
//     those of the calls behind it together. gRPC hands a caller's deadline on, HTTP does not.
//   - syncchain/retry-storm: several levels of one chain retry, so their attempts multiply.
//   - syncchain/sync-in-consumer: a consumer waits for another service of the repository.
package syncchain
