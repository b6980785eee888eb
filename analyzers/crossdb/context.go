package crossdb

import (
	"path"
	"strings"

	"github.com/svclint/svclint/internal/arch"
)

// contexts holds the bounded context of each service. Processes of one context share its data by right.
type contexts map[string]string

func contextsOf(services []arch.Service) contexts {
	c := make(contexts, len(services))
	for _, s := range services {
		c[s.Name] = contextOf(s.Entry)
	}
	return c
}

// same reports whether two services belong to one bounded context.
func (c contexts) same(a, b string) bool {
	return a == b || c[a] != "" && c[a] == c[b]
}

// contextOf is the directory of a main package without what only says which process of the context it is: the roles of
// one main package, orders/cmd/api and orders/cmd/worker, and cmd/orders and cmd/orders-consumer are one context each.
func contextOf(entry string) string {
	entry = path.Clean(strings.TrimSuffix(path.Clean(entry), "/cmd"))
	dir, base := path.Split(entry)
	words := strings.FieldsFunc(base, func(r rune) bool { return r == '-' || r == '_' })
	for len(words) > 0 && processRole(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if len(words) > 0 {
		return path.Join(dir, strings.Join(words, "-"))
	}
	dir = path.Clean(dir)
	if dir == "cmd" {
		return "."
	}
	return strings.TrimSuffix(dir, "/cmd")
}

// processRole reports whether a word names a kind of process, never a part of the business.
func processRole(word string) bool {
	switch strings.ToLower(word) {
	case "api", "rpc", "grpc", "http", "rest", "server", "service", "svc", "worker", "workers", "consumer", "consumers",
		"listener", "subscriber", "mq", "job", "jobs", "cron", "scheduler", "relay", "daemon":
		return true
	}
	return false
}
