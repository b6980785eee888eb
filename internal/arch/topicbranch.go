package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// This file tells the topics of one consumer apart by what its handler branches on:
//
//	switch m.Topic {
//	case cfg.Topics.Created:
//		create(m)
//	case cfg.Topics.Deleted:
//		remove(m)
//	}
//
// What a branch does belongs to the topic that it is for.

// topics are the names of what the process consumes.
func (p *process) topics() []string {
	var out []string
	for _, e := range p.endpoints {
		if e.Protocol == "consumer" {
			out = append(out, topicOf(e))
		}
	}
	return out
}

func topicOf(e *endpoint) string {
	_, topic, _ := strings.Cut(e.ID, ":")
	return topic
}

// forOthers reports whether a site below the root of a consumer only runs for messages of another topic of the process.
func (p *process) forOthers(at site, root *frame, topic string, topics []string) bool {
	for f, call := at.frame, at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		if p.otherTopic(f, f.fn.Calls[call].Block, topic, topics) {
			return true
		}
		if f == root {
			break
		}
	}
	return false
}

// otherTopic reports whether a block is in the branch of a topic that is not the given one.
func (p *process) otherTopic(f *frame, block int32, topic string, topics []string) bool {
	fn := f.fn
	for i := range fn.Blocks {
		b := &fn.Blocks[i]
		if b.Cond < 0 || len(b.Succs) != 2 || !fn.dominates(int32(i), block) {
			continue
		}
		v := &fn.Values[b.Cond]
		if v.Op != effects.OpBinary || v.Str != "==" && v.Str != "!=" {
			continue
		}
		equal, unequal := b.Succs[0], b.Succs[1]
		if v.Str == "!=" {
			equal, unequal = unequal, equal
		}
		for side, x := range v.Args {
			if !fn.namesTopic(x) {
				continue
			}
			is, ok := p.onlyText(f, v.Args[1-side])
			if !ok || !slices.Contains(topics, is) {
				continue
			}
			if is != topic && fn.onlyThrough(int32(i), equal, block) || is == topic && fn.onlyThrough(int32(i), unequal, block) {
				return true
			}
		}
	}
	return false
}

// namesTopic recognizes the topic of a message by the names that the libraries give it.
func (fn *function) namesTopic(v int32) bool {
	val := &fn.Values[v]
	for val.Op == effects.OpLoad || val.Op == effects.OpConvert {
		val = &fn.Values[val.Args[0]]
	}
	switch val.Op {
	case effects.OpField, effects.OpFieldPtr:
		return topicWords[val.Str]
	case effects.OpCall:
		c := &fn.Calls[val.Args[0]]
		return c.Recv && topicWords[c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]] || topicWords[c.Method]
	}
	return false
}

var topicWords = map[string]bool{"Topic": true, "Subject": true, "RoutingKey": true, "Channel": true, "GetTopic": true}

// onlyText is the constant that a value is, where it is one.
func (p *process) onlyText(f *frame, v int32) (string, bool) {
	texts := p.w.texts(p.w.eval(f, v))
	if len(texts) != 1 {
		return "", false
	}
	return p.fill(texts[0]).constant()
}

// onlyThrough reports whether control gets to a block from a branch by one of its ways alone.
func (fn *function) onlyThrough(branch, way, block int32) bool {
	if !fn.dominates(way, block) {
		return false
	}
	for i := range fn.Blocks {
		if int32(i) != branch && slices.Contains(fn.Blocks[i].Succs, way) {
			return false
		}
	}
	return fn.Blocks[branch].Succs[0] != fn.Blocks[branch].Succs[1]
}
