package arch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// relative reports whether a write that is not SQL changes a value relative to what is stored.
func (w *world) relative(d *catalog.Data, at site) bool {
	switch d.Verb {
	case "incr", "decr", "increment", "decrement", "append", "push", "lpush", "rpush", "hincrby", "zincrby", "incrby":
		return true
	}
	if d.Values.IsZero() {
		return false
	}
	return w.holds(w.expr(d.Values.Node, at), isIncrement, 0)
}

// isIncrement recognizes operators that change a value in place: mongo's $inc and $push, firestore's Increment, gorm's
// expressions.
func isIncrement(o *object) bool {
	switch o.kind {
	case textObject:
		switch o.text.String() {
		case "$inc", "$push", "$mul":
			return true
		}
	case libObject:
		return o.spec != nil && (o.spec.Kind == "transform" || o.spec.Kind == "sqlexpr")
	}
	return false
}

// holds searches the contents of values: elements, fields and map keys.
func (w *world) holds(objs []*object, is func(*object) bool, depth int) bool {
	if depth > 5 {
		return false
	}
	for _, o := range objs {
		o = unbox(o)
		if is(o) {
			return true
		}
		switch o.kind {
		case listObject, appendObject:
			if w.holds(w.elements(o), is, depth+1) {
				return true
			}
		case makeObject, allocObject, ptrObject:
			if o.frame == nil && o.kind != ptrObject {
				continue
			}
			f := o.frame
			for b := o; f == nil && b != nil; b = b.base {
				f = b.frame
			}
			if f == nil {
				continue
			}
			for _, s := range f.fn.Stores {
				addr := &f.fn.Values[s.Addr]
				if len(addr.Args) == 0 || !slices.Contains(w.eval(f, addr.Args[0]), o) {
					continue
				}
				if addr.Op == effects.OpIndexPtr && len(addr.Args) > 1 && w.holds(w.eval(f, addr.Args[1]), is, depth+1) {
					return true
				}
				if w.holds(w.eval(f, s.Val), is, depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// verdict is what a repetition of a flow does.
type verdict struct {
	idempotent string // yes, no, unclear, "" for flows that change nothing
	why        string
	anew       string // why, to a caller that makes a new key each time: "" where its keys do not matter
	sites      []effects.Pos
}

// judge decides for every endpoint whether it changes anything, and whether repeating it is harmless. Endpoints that call
// each other are judged together: what a call does is what the called endpoint does.
func (l *linker) judge() {
	unique := l.uniqueKeys()
	l.guards(unique)
	// Who changes something, over all calls.
	for changed := true; changed; {
		changed = false
		for _, p := range l.processes {
			for _, fl := range p.flows {
				if fl.endpoint != nil && !fl.endpoint.Mutates && slices.ContainsFunc(fl.effects, l.mutates) {
					fl.endpoint.Mutates = true
					changed = true
				}
			}
		}
	}
	l.orders(unique)
}

// flowOf finds the flow of another service's endpoint.
func (l *linker) flowOf(service, id string) *flow {
	for _, p := range l.processes {
		if p.Name != service {
			continue
		}
		for _, fl := range p.flows {
			if fl.endpoint != nil && fl.endpoint.ID == id {
				return fl
			}
		}
	}
	return nil
}

// mutates reports whether an effect changes state outside the process. Filling a cache does not; and a session that middleware
// touches, a request that it counts or logs, is not what the request is for.
func (l *linker) mutates(e *effect) bool {
	if e.Middleware {
		return false
	}
	switch e.Kind {
	case KindData:
		return e.Op == "write" && !isCache(e.Store)
	case KindPublish:
		return true
	case KindCall:
		if fl := l.flowOf(e.To, e.ID); fl != nil {
			return fl.endpoint.Mutates
		}
		return commands(e.ID)
	}
	return false
}

// commands tells from its name whether a request to a foreign service changes something there.
func commands(id string) bool {
	if method, _, ok := strings.Cut(id, " "); ok {
		return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE"
	}
	name := id[strings.LastIndexByte(id, '/')+1:]
	for _, verb := range []string{"Create", "Add", "Insert", "Update", "Delete", "Remove", "Set", "Put", "Save", "Store", "Charge", "Pay",
		"Refund", "Place", "Send", "Ship", "Book", "Reserve", "Cancel", "Empty", "Clear", "Register", "Submit", "Post", "Make", "Increase",
		"Decrease", "Transfer", "Publish", "Approve", "Reject", "Start", "Stop", "Upload", "Confirm", "Change"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}

// idempotency lists the verdicts on every mutating endpoint and every consumer.
func (l *linker) idempotency() []Idempotency {
	memo := map[*flow]*verdict{}
	var out []Idempotency
	for _, p := range l.processes {
		for _, fl := range p.flows {
			if fl.endpoint == nil || !fl.endpoint.Mutates && fl.endpoint.Protocol != "consumer" {
				continue
			}
			v := l.verdict(fl, memo)
			out = append(out, Idempotency{Service: p.Name, Endpoint: fl.endpoint.ID, Idempotent: v.idempotent, Why: v.why, Sites: v.sites, Takers: l.takers(fl)})
		}
	}
	return out
}

func (l *linker) verdict(fl *flow, memo map[*flow]*verdict) *verdict {
	if v := memo[fl]; v != nil {
		return v
	}
	v := &verdict{idempotent: "unclear", why: "it takes part in a cycle of calls"}
	memo[fl] = v
	final := verdict{idempotent: "yes", why: "it changes nothing that a repetition would change again"}
	for _, e := range fl.effects {
		safe, why := l.repeatable(e, memo)
		switch {
		case safe == "no" && final.idempotent != "no":
			final = verdict{idempotent: "no", why: why, anew: l.anew(e, memo), sites: []effects.Pos{e.Place()}}
		case safe == "no":
			final.sites = addPos(final.sites, e.Place())
		case safe == "unclear" && final.idempotent == "yes":
			final = verdict{idempotent: "unclear", why: why, sites: []effects.Pos{e.Place()}}
		case safe == "yes" && final.idempotent == "yes" && e.Guard != "":
			final.why = fmt.Sprintf("%s is guarded: %s", e.describe(), e.Guard)
			final.sites = addPos(final.sites, e.Place())
		}
	}
	*v = final
	return v
}

// repeatable judges one effect.
func (l *linker) repeatable(e *effect, memo map[*flow]*verdict) (safe, why string) {
	if e.Guard != "" || !l.mutates(e) {
		return "yes", ""
	}
	if e.behindKey {
		return "yes", "" // the insert before it says what is to be said
	}
	switch e.Kind {
	case KindPublish:
		return "no", fmt.Sprintf("every repetition publishes to %s again", e.Topic)
	case KindCall:
		fl := l.flowOf(e.To, e.ID)
		if fl == nil {
			if method, _, ok := strings.Cut(e.ID, " "); ok {
				if method == "PUT" || method == "DELETE" {
					return "yes", ""
				}
				return "unclear", fmt.Sprintf("%s of %s has no code here to tell what a repetition does", e.ID, e.To)
			}
			if name := e.ID[strings.LastIndexByte(e.ID, '/')+1:]; overwrites(name) {
				return "yes", ""
			}
			return "no", fmt.Sprintf("every repetition calls %s of %s again, without a key that would tell it", e.ID, e.To)
		}
		v := l.verdict(fl, memo)
		if v.idempotent == "no" {
			return "no", fmt.Sprintf("every repetition calls %s of %s again: %s", e.ID, e.To, v.to(e))
		}
		return cmp.Or(v.idempotent, "yes"), v.why
	}
	if e.relative {
		return "no", fmt.Sprintf("every repetition changes %s relative to what it holds", e.Name)
	}
	switch e.Verb {
	case "insert", "push", "create", "enqueue":
		if e.Store == "firestore" && e.Transaction == "" && e.Verb == "create" {
			return "yes", ""
		}
		if e.OwnKey {
			return "no", fmt.Sprintf("a repetition fails on the key under which it inserts into %s, and nothing tells that from another failure", e.Name)
		}
		if e.newKey {
			return "unclear", fmt.Sprintf("a repetition inserts into %s under a new key, and it is not known whether another one tells that it was there", e.Name)
		}
		return "no", insertsAgain(e)
	}
	return "yes", ""
}

func insertsAgain(e *effect) string {
	return fmt.Sprintf("every repetition inserts into %s again", e.Name)
}

// anew is why an effect that is not harmless is so where the caller gives a new key each time: an insert fails on a key that was
// there before, and not on one that is new.
func (l *linker) anew(e *effect, memo map[*flow]*verdict) string {
	switch {
	case e.OwnKey:
		return insertsAgain(e)
	case e.Kind == KindCall:
		if fl := l.flowOf(e.To, e.ID); fl != nil && memo[fl].anew != "" && !makesKey(e.at, e.root) {
			return fmt.Sprintf("every repetition calls %s of %s again: %s", e.ID, e.To, memo[fl].anew)
		}
	}
	return ""
}

// to is why a repetition of what is called is not harmless, as it looks from a call.
func (v *verdict) to(call *effect) string {
	if v.anew != "" && makesKey(call.at, call.root) {
		return v.anew
	}
	return v.why
}

// overwrites names requests to foreign services that set or remove a state.
func overwrites(name string) bool {
	for _, verb := range []string{"Set", "Put", "Delete", "Remove", "Empty", "Clear", "Cancel", "Save"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}
