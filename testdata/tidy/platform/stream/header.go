package stream

import "github.com/segmentio/kafka-go"

// header lets a propagator read and write the headers of a message.
type header struct {
	msg *kafka.Message
}

func (h header) Get(key string) string {
	for _, kv := range h.msg.Headers {
		if kv.Key == key {
			return string(kv.Value)
		}
	}
	return ""
}

func (h header) Set(key, value string) {
	for i, kv := range h.msg.Headers {
		if kv.Key == key {
			h.msg.Headers[i].Value = []byte(value)
			return
		}
	}
	h.msg.Headers = append(h.msg.Headers, kafka.Header{Key: key, Value: []byte(value)})
}

func (h header) Keys() []string {
	keys := make([]string, len(h.msg.Headers))
	for i, kv := range h.msg.Headers {
		keys[i] = kv.Key
	}
	return keys
}
