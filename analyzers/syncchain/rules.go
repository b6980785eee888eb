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
	Instead: "Let the first service call those that it needs itself, side by side; keep a local copy of what the far end " +
		"knows, fed by its events; or turn the last hop, whose answer nobody needs at once, into a message.",
	Severity: finding.Warning,
}

var remoteInLoop = &finding.Rule{
	ID:     "syncchain/remote-in-loop",
	Title:  "Another service is called once per element of a collection",
	Lesson: lesson,
	Why: "One request makes as many round trips as there are elements (N+1 across the network): latency grows with the " +
		"data, one failure in any of them fails the request, and the called service sees a burst for every page view.",
	Instead: "Collect the keys and ask once through a batch method (add one if there is none); where the elements change " +
		"rarely, cache them or keep a local copy.",
	Severity: finding.Warning,
}
