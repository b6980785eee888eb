package finding

import (
	"fmt"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/arch"
)

// Along turns a path of the Model into evidence. Steps that name no service happen in the given one.
func Along(service string, path []arch.Step) []Step {
	steps := make([]Step, 0, len(path))
	for _, s := range path {
		step := Step{Service: service, Pos: s.Pos, What: s.What}
		if s.Service != "" {
			step.Service = s.Service
		}
		steps = append(steps, step)
	}
	return steps
}

// Trail is the way of a service from the entry of a flow to an effect, as evidence.
func Trail(service string, e *arch.Effect) []Step {
	steps := Along(service, e.Path)
	if n := len(steps); n == 0 {
		steps = append(steps, Step{Service: service, Pos: e.Site, What: Deed(e)})
	} else if steps[n-1].What == "" {
		steps[n-1].What = Deed(e)
	}
	return steps
}

// Deed says what an effect does: "inserts into postgres charges", "calls orders (Orders/Get)".
func Deed(e *arch.Effect) string {
	switch {
	case e.Kind == arch.KindCall && e.To == "":
		return "calls " + Endpoint(e.ID)
	case e.Kind == arch.KindCall:
		return fmt.Sprintf("calls %s (%s)", e.To, Endpoint(e.ID))
	case e.Kind == arch.KindPublish && (e.Topic == "" || e.Topic == "*"):
		return "publishes to " + e.Broker
	case e.Kind == arch.KindPublish:
		return fmt.Sprintf("publishes %s:%s", e.Broker, e.Topic)
	case e.Name == "" || e.Name == "*":
		return Verb(e) + " " + e.Store
	}
	return Verb(e) + " " + e.Store + " " + e.Name
}

// Verb says what an access does to its table.
func Verb(e *arch.Effect) string {
	switch {
	case e.Op == "read":
		return "reads"
	case e.Op == "ddl":
		return "changes the schema of"
	}
	switch e.Verb {
	case "insert":
		return "inserts into"
	case "append", "push":
		return "appends to"
	case "increment", "incr", "decr":
		return "increments"
	case "update":
		return "updates"
	case "upsert":
		return "upserts into"
	case "delete":
		return "deletes from"
	}
	return "writes"
}

// Places turns sites of one kind into evidence, the ones in seen left out; it adds what it lists to seen.
func Places(service, what string, sites []effects.Pos, seen map[effects.Pos]bool) []Step {
	var steps []Step
	for _, pos := range sites {
		if !pos.IsValid() || seen[pos] {
			continue
		}
		seen[pos] = true
		steps = append(steps, Step{Service: service, Pos: pos, What: what})
	}
	return steps
}

// List joins names the way a sentence does: "a", "a and b", "a, b and c".
func List(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// Agree picks the words that go with one name or with several.
func Agree(names []string, one, several string) string {
	if len(names) == 1 {
		return one
	}
	return several
}

// Endpoint is an endpoint's id as people say it: the method of an RPC without its package, a route without the "*" that
// stands for any method.
func Endpoint(id string) string {
	if service, method, ok := strings.Cut(id, "/"); ok && service != "" && !strings.ContainsAny(service, " :") {
		return service[strings.LastIndexByte(service, '.')+1:] + "/" + method
	}
	return strings.TrimPrefix(id, "* ")
}
