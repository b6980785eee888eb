package boundary

import (
	"fmt"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/finding"
)

// chattyPairs returns one finding per pair of services of which one calls the other several times in a row for one request,
// at the request with the most calls. Calls per element of a collection are syncchain's.
func chattyPairs(m *arch.Model) []finding.Finding {
	type pair struct{ from, to string }
	worst := map[pair]arch.Boundary{}
	requests := map[pair]int{}
	var order []pair
	for _, b := range remarks(m, "chatty") {
		if b.Endpoint == "" || b.Subject != "" || len(b.Services) != 2 {
			continue
		}
		k := pair{b.Services[0], b.Services[1]}
		if requests[k] == 0 {
			order = append(order, k)
		}
		requests[k]++
		if len(b.Steps) > len(worst[k].Steps) {
			worst[k] = b
		}
	}
	var fs []finding.Finding
	for _, k := range order {
		b := worst[k]
		message := fmt.Sprintf("%s calls %s %d times in a row for one %s", k.from, k.to, len(b.Steps), finding.Endpoint(b.Endpoint))
		if more := requests[k] - 1; more > 0 {
			message += fmt.Sprintf(", and too often for %d more", more)
		}
		fs = append(fs, finding.Finding{
			Rule: chattyPair, Severity: chattyPair.Severity, Confidence: "high",
			Services: b.Services, Pos: b.Steps[0].Pos, Subject: k.to, Message: message,
			Evidence: finding.Along(k.from, b.Steps),
		})
	}
	return fs
}

// askedTwice returns one finding per question that a service asks another and that a third, which it calls as well, asks
// again for the same request.
func askedTwice(m *arch.Model) []finding.Finding {
	seen := map[string]bool{}
	var fs []finding.Finding
	for _, b := range remarks(m, "chatty") {
		if b.Subject == "" || len(b.Services) != 3 || len(b.Steps) == 0 {
			continue
		}
		f := finding.Finding{
			Rule: chattyPair, Severity: chattyPair.Severity, Confidence: "high",
			Services: b.Services, Pos: b.Steps[0].Pos, Subject: b.Subject,
			Message: fmt.Sprintf("for one %s both %s and %s ask %s the same: %s", finding.Endpoint(b.Endpoint), b.Services[0], b.Services[1],
				b.Services[2], finding.Endpoint(b.Subject)),
			Evidence: finding.Along(b.Services[0], b.Steps),
		}
		if id := f.Fingerprint(); !seen[id] {
			seen[id] = true
			fs = append(fs, f)
		}
	}
	return fs
}
