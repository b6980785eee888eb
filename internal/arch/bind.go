package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// This file gives consumers the names of what they get. A queue that is bound to an exchange, and a subscription of a topic,
// have names of their own; publisher and consumer meet at the exchange or topic. A subject that others send requests to is
// not consumed but answered.

// binding is a Bind with its names known.
type binding struct {
	process          *process // who declares it
	broker, queue    string
	from, topic, key string
}

// bind renames consumers of bound queues, in all processes: who declares the binding need not be who consumes.
func (l *linker) bind() {
	var bindings []binding
	published := map[string]map[string]bool{} // broker -> topics
	for _, p := range l.processes {
		for _, sm := range p.w.found.binds {
			bindings = append(bindings, p.bindings(sm)...)
		}
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind != KindPublish {
					continue
				}
				if published[e.Broker] == nil {
					published[e.Broker] = map[string]bool{}
				}
				published[e.Broker][e.Topic] = true
			}
		}
	}
	if len(bindings) == 0 {
		return
	}
	for _, p := range l.processes {
		for _, fl := range slices.Clone(p.flows) {
			e := fl.endpoint
			if e == nil || e.Protocol != "consumer" {
				continue
			}
			var ids []string
			for _, b := range bindings {
				if e.ID != b.broker+":"+b.queue || b.queue == "*" && b.process != p { // a queue whose name the server makes is one's own
					continue
				}
				for _, topic := range b.gets(published[b.from]) {
					ids = append(ids, b.from+":"+topic)
				}
			}
			slices.Sort(ids)
			for i, id := range slices.Compact(ids) {
				if i == 0 {
					e.ID = id
					continue
				}
				also, twin := *e, *fl
				also.ID = id
				twin.endpoint = &also
				p.endpoints = append(p.endpoints, &also)
				p.flows = append(p.flows, &twin)
			}
		}
		p.mergeConsumers()
	}
}

// mergeConsumers makes one of consumers that turned out to get the same topic.
func (p *process) mergeConsumers() {
	first := map[string]*flow{}
	p.flows = slices.DeleteFunc(p.flows, func(fl *flow) bool {
		if fl.endpoint == nil || fl.endpoint.Protocol != "consumer" {
			return false
		}
		f := first[fl.endpoint.ID]
		if f == nil {
			first[fl.endpoint.ID] = fl
			return false
		}
		f.effects = append(f.effects, fl.effects...)
		return true
	})
	p.endpoints = slices.DeleteFunc(p.endpoints, func(e *endpoint) bool {
		return e.Protocol == "consumer" && first[e.ID] != nil && first[e.ID].endpoint != e
	})
}

func (p *process) bindings(sm siteModel) []binding {
	w, b := p.w, sm.model.Bind
	from := b.From
	if from == "" {
		from = b.Broker
	}
	key := ""
	if !b.Key.IsZero() {
		key = "#" // one that is not known narrows nothing
		if keys := w.texts(w.expr(b.Key.Node, sm.site)); len(keys) == 1 {
			if s, ok := p.fill(keys[0]).constant(); ok {
				key = s
			}
		}
	}
	var out []binding
	for _, q := range w.texts(w.expr(b.Queue.Node, sm.site)) {
		for _, elem := range w.list(b.Topic.Node, sm.site) {
			for _, t := range w.texts(elem) {
				one := binding{p, b.Broker, plainName(b.Broker, p.topic(q)), from, plainName(from, p.topic(t)), key}
				if one.topic != "*" && one.topic != "" {
					out = append(out, one)
				}
			}
		}
	}
	return out
}

// gets lists the topics that a binding gives to its queue: those that are published and fit its key, else the one that it
// names itself.
func (b binding) gets(published map[string]bool) []string {
	var out []string
	for _, topic := range sortedKeys(published) {
		rest, ok := strings.CutPrefix(topic, b.topic+"/")
		if topic == b.topic || ok && keyFits(b.key, rest) {
			out = append(out, topic)
		}
	}
	if len(out) == 0 {
		if b.key == "#" || b.key == "*" {
			return []string{b.topic}
		}
		return []string{routed(b.topic, b.key)}
	}
	return out
}

// keyFits reports whether a routing key fits a pattern: words between dots, * for one and # for any number of them. A fanout
// exchange, whose bindings have no key, gives everything.
func keyFits(pattern, key string) bool {
	if pattern == "" {
		return true
	}
	return wordsFit(strings.Split(pattern, "."), strings.Split(key, "."))
}

func wordsFit(pattern, words []string) bool {
	switch {
	case len(pattern) == 0:
		return len(words) == 0
	case pattern[0] == "#":
		return wordsFit(pattern[1:], words) || len(words) > 0 && wordsFit(pattern, words[1:])
	}
	return len(words) > 0 && (pattern[0] == "*" || words[0] == "*" || pattern[0] == words[0]) && wordsFit(pattern[1:], words[1:])
}

// routed is a topic that a routing key narrows. One that is not known narrows nothing.
func routed(topic, key string) string {
	if key == "" || key == topic || strings.HasPrefix(key, "{") || key == "*" || topic == "" || topic == "*" {
		return topic
	}
	return topic + "/" + key
}

// plainName is the name of a queue or topic without what says where it is: the URL of an SQS queue, an ARN, the resource
// name of a Pub/Sub topic (projects/P/topics/T) and the scheme of a Pulsar topic.
func plainName(broker, name string) string {
	switch broker {
	case "sqs", "sns":
		if strings.HasPrefix(name, "arn:") {
			return name[strings.LastIndexByte(name, ':')+1:]
		}
		if strings.Contains(name, "://") {
			return name[strings.LastIndexByte(name, '/')+1:]
		}
	case "pubsub":
		if strings.HasPrefix(name, "projects/") {
			return name[strings.LastIndexByte(name, '/')+1:]
		}
	case "pulsar":
		return strings.TrimPrefix(strings.TrimPrefix(name, "persistent://"), "public/default/")
	}
	return name
}

// answerRequests turns the consumers of subjects to which some process sends requests into what they are: endpoints of an
// RPC whose id is the subject.
func (l *linker) answerRequests() {
	requested := map[string]bool{}
	for _, p := range l.processes {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind == KindCall && e.Protocol == "rpc" {
					requested[e.ID] = true
				}
			}
		}
	}
	for _, p := range l.processes {
		for _, e := range p.endpoints {
			if broker, subject, ok := strings.Cut(e.ID, ":"); ok && e.Protocol == "consumer" && requested[broker+"/"+subject] {
				e.Protocol, e.ID = "rpc", broker+"/"+subject
			}
		}
	}
}

// keys gives the routing key that goes with a topic. Where one function publishes for several objects (p.exchange, p.key),
// topic and key are those of the same object; where they cannot be told apart, no key is known.
func (p *process) keys(c *catalog.Publish, at site) func(topic text) string {
	w := p.w
	all := w.texts(w.expr(c.Key.Node, at))
	if len(all) == 1 {
		return func(text) string { return p.topic(all[0]) }
	}
	together := map[string]string{}
	topicField, base, ok := w.fieldArgument(c.Topic.Node, at)
	keyField, keyBase, keyOK := w.fieldArgument(c.Key.Node, at)
	if ok && keyOK && base == keyBase {
		for _, o := range w.eval(at.frame, base) {
			o = w.pointee(o)
			keys := w.texts(w.load(w.field(o, keyField, trimPtr(o.typ))))
			for _, t := range w.texts(w.load(w.field(o, topicField, trimPtr(o.typ)))) {
				if _, twice := together[t.key()]; twice || len(keys) != 1 {
					together[t.key()] = ""
				} else {
					together[t.key()] = p.topic(keys[0])
				}
			}
		}
	}
	return func(topic text) string { return together[topic.key()] }
}

// fieldArgument recognizes an argument that is a field: its name, and the value that has it.
func (w *world) fieldArgument(n catalog.Node, at site) (field string, base int32, ok bool) {
	if e, either := n.(catalog.Either); either {
		n = e.X
	}
	arg, isArg := n.(catalog.Arg)
	if !isArg {
		return "", 0, false
	}
	v, found := argument(at.info(), arg.Index)
	if !found {
		return "", 0, false
	}
	fn := at.frame.fn
	val := &fn.Values[fn.strip(v)]
	if val.Op == effects.OpLoad {
		val = &fn.Values[val.Args[0]]
	}
	if val.Op != effects.OpField && val.Op != effects.OpFieldPtr {
		return "", 0, false
	}
	return val.Str, val.Args[0], true
}
