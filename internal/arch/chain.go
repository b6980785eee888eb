package arch

import (
	"cmp"
	"slices"
	"strings"
)

// chains lists the longest synchronous chains of calls that a request can take, of three services or more, and the cycles
// of synchronous calls between services.
func (l *linker) chains() (chains, cycles [][]string) {
	type node struct{ service, id string }
	next := map[node][]node{}
	edges := map[string]map[string]bool{}
	for _, p := range l.processes {
		for _, fl := range p.flows {
			for _, e := range fl.effects {
				if e.Kind != KindCall || e.Async || e.To == "" || e.To == p.Name {
					continue
				}
				if edges[p.Name] == nil {
					edges[p.Name] = map[string]bool{}
				}
				edges[p.Name][e.To] = true
				if fl.endpoint == nil {
					continue
				}
				from, to := node{p.Name, fl.endpoint.ID}, node{e.To, e.ID}
				if !slices.Contains(next[from], to) {
					next[from] = append(next[from], to)
				}
			}
		}
	}
	called := map[node]bool{}
	for _, tos := range next {
		for _, to := range tos {
			called[to] = true
		}
	}
	var path []node
	var walk func(n node)
	walk = func(n node) {
		if slices.Contains(path, n) || len(path) > 12 || len(chains) > 5000 {
			return
		}
		path = append(path, n)
		end := true
		for _, to := range next[n] {
			if !slices.Contains(path, to) {
				end = false
				walk(to)
			}
		}
		if end && len(path) > 2 {
			chain := make([]string, len(path))
			for i, n := range path {
				chain[i] = n.service + ":" + n.id
			}
			chains = append(chains, chain)
		}
		path = path[:len(path)-1]
	}
	var starts []node
	for n := range next {
		if !called[n] {
			starts = append(starts, n)
		}
	}
	slices.SortFunc(starts, func(a, b node) int { return cmp.Or(strings.Compare(a.service, b.service), strings.Compare(a.id, b.id)) })
	for _, n := range starts {
		walk(n)
	}
	return chains, components(edges)
}

// components lists the sets of services that call each other in a circle: the strongly connected components with more
// than one service.
func components(edges map[string]map[string]bool) [][]string {
	var out [][]string
	index, low := map[string]int{}, map[string]int{}
	var stack []string
	on := map[string]bool{}
	var visit func(v string)
	visit = func(v string) {
		index[v] = len(index) + 1
		low[v] = index[v]
		stack = append(stack, v)
		on[v] = true
		for _, w := range sortedKeys(edges[v]) {
			if index[w] == 0 {
				visit(w)
				low[v] = min(low[v], low[w])
			} else if on[w] {
				low[v] = min(low[v], index[w])
			}
		}
		if low[v] != index[v] {
			return
		}
		var scc []string
		for {
			w := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			on[w] = false
			scc = append(scc, w)
			if w == v {
				break
			}
		}
		if len(scc) > 1 {
			slices.Sort(scc)
			out = append(out, scc)
		}
	}
	for _, v := range sortedKeys(edges) {
		if index[v] == 0 {
			visit(v)
		}
	}
	return out
}
