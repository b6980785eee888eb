package arch

import (
	"strconv"
	"strings"

	"github.com/svclint/svclint/internal/catalog"
)

// The operations of a path template, as protoc-gen-grpc-gateway writes them.
const (
	opPush    = 1 // one path segment of any text
	opLitPush = 2 // the segment pool[operand]
	opPushM   = 3 // any number of segments
	opConcatN = 4 // the last operand segments as one
	opCapture = 5 // the last segment is the variable pool[operand]
)

// template reads a compiled path template back: /v1/orders/{id}:cancel.
func (w *world) template(t *catalog.Text, at site) (string, bool) {
	var ops []int
	for _, elem := range w.list(t.Template.Node, at) {
		s, _ := w.texts(elem)[0].constant()
		n, err := strconv.Atoi(s)
		if err != nil {
			return "", false
		}
		ops = append(ops, n)
	}
	var pool []string
	for _, elem := range w.list(t.Pool.Node, at) {
		s, _ := w.texts(elem)[0].constant()
		pool = append(pool, s)
	}
	path, ok := templatePath(ops, pool)
	if verb, known := w.texts(w.expr(t.Verb.Node, at))[0].constant(); ok && known && verb != "" {
		path += ":" + verb
	}
	return path, ok
}

func templatePath(ops []int, pool []string) (string, bool) {
	var stack []string
	for i := 0; i+1 < len(ops); i += 2 {
		operand := ops[i+1]
		switch ops[i] {
		case opPush, opPushM:
			stack = append(stack, "*")
		case opLitPush:
			if operand < 0 || operand >= len(pool) {
				return "", false
			}
			stack = append(stack, pool[operand])
		case opConcatN:
			if operand < 0 || operand > len(stack) {
				return "", false
			}
			n := len(stack) - operand
			stack = append(stack[:n], strings.Join(stack[n:], "/"))
		case opCapture:
			if operand < 0 || operand >= len(pool) || len(stack) == 0 {
				return "", false
			}
			stack[len(stack)-1] = "{" + pool[operand] + "}"
		}
	}
	return "/" + strings.Join(stack, "/"), true
}
