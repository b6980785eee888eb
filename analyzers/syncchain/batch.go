package syncchain

import (
	"slices"
	"strings"
	"unicode"

	"github.com/svclint/svclint/internal/arch"
)

// batch is an endpoint that gives for many elements what another gives for one. It is certain when the name says so, and
// not when it may as well list everything there is.
type batch struct {
	endpoint *arch.Endpoint
	certain  bool
}

// batchOf looks for the batch form of a called endpoint among the endpoints of the called service.
func batchOf(call *arch.Effect, endpoints []arch.Endpoint) batch {
	var sure, perhaps []string
	if strings.Contains(call.ID, " /") {
		sure, perhaps = batchRoutes(call.ID)
	} else {
		sure, perhaps = batchMethods(call.ID)
	}
	for _, names := range []struct {
		ids     []string
		certain bool
	}{{sure, true}, {perhaps, false}} {
		for _, id := range names.ids {
			i := slices.IndexFunc(endpoints, func(e arch.Endpoint) bool {
				return e.Service == call.To && e.ID != call.ID && strings.EqualFold(e.ID, id)
			})
			if i >= 0 {
				return batch{&endpoints[i], names.certain}
			}
		}
	}
	return batch{}
}

// batchMethods returns the ids under which an RPC service offers the batch form of one of its methods, best first.
// GetProduct has GetProducts, BatchGetProducts, MultiGetProduct, GetProductsByIds and their like; ListProducts perhaps.
func batchMethods(id string) (sure, perhaps []string) {
	service, method, ok := strings.Cut(id, "/")
	if !ok {
		return nil, nil
	}
	method = strings.TrimSuffix(strings.TrimSuffix(method, "ById"), "ByID")
	verb, thing := splitVerb(method)
	things := plural(thing)
	for _, m := range []string{
		verb + things,
		"Batch" + method, "Batch" + verb + things, verb + "Batch" + things, method + "Batch", verb + things + "Batch",
		"Multi" + method, "Multi" + verb + things, "M" + verb + thing, "M" + verb + things, verb + "Multi" + things, verb + "Multiple" + things,
		"Bulk" + method, "Bulk" + verb + things, verb + "Many" + things, verb + "Many",
		verb + things + "ByIds", verb + "ByIds",
	} {
		if m != verb {
			sure = append(sure, service+"/"+m)
		}
	}
	if things != "" {
		perhaps = append(perhaps, service+"/List"+things, service+"/"+verb+thing+"List", service+"/List"+thing)
	} else {
		perhaps = append(perhaps, service+"/List")
	}
	return sure, perhaps
}

// batchRoutes returns the routes under which an HTTP service offers the batch form of a route that ends in a parameter:
// GET /products/{id} has POST /products/batch and its like; GET /products perhaps.
func batchRoutes(id string) (sure, perhaps []string) {
	method, route, _ := strings.Cut(id, " ")
	collection, param, ok := cutLast(route, "/")
	if !ok || !strings.HasPrefix(param, "{") || collection == "" {
		return nil, nil
	}
	for _, tail := range []string{"/batch", "/bulk", ":batchGet", ":batch", "/batch-get", "/by-ids"} {
		sure = append(sure, method+" "+collection+tail, "POST "+collection+tail)
	}
	return sure, []string{method + " " + collection}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// splitVerb cuts a method's name after its first word: GetProduct is Get and Product.
func splitVerb(method string) (verb, thing string) {
	for i, r := range method {
		if i > 0 && unicode.IsUpper(r) {
			return method[:i], method[i:]
		}
	}
	return method, ""
}

func plural(noun string) string {
	switch {
	case noun == "":
		return ""
	case strings.HasSuffix(noun, "y") && !strings.ContainsAny(noun[max(0, len(noun)-2):len(noun)-1], "aeiou"):
		return strings.TrimSuffix(noun, "y") + "ies"
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"), strings.HasSuffix(noun, "sh"):
		return noun + "es"
	}
	return noun + "s"
}
