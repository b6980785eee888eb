package workspace

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"

	"go.yaml.in/yaml/v3"
)

// maxManifest is the size from which a YAML file is taken for data.
const maxManifest = 4 << 20

// hasKey reports whether a line that starts with the key, in quotes or not, matches. It decides which files are parsed, and
// most are not: an expression over whole files takes a second for the custom resource definitions of one repository.
func hasKey(b []byte, key string, line *regexp.Regexp) bool {
	for at := 0; ; at += len(key) {
		i := bytes.Index(b[at:], []byte(key))
		if i < 0 {
			return false
		}
		at += i
		start := at
		if start > 0 && (b[start-1] == '"' || b[start-1] == '\'') {
			start--
		}
		if start > 0 && b[start-1] != '\n' {
			continue
		}
		text, _, _ := bytes.Cut(b[start:], []byte("\n"))
		if line.Match(text) {
			return true
		}
	}
}

// yamlDocs parses every document. Errors are those of the YAML library, with its line.
func yamlDocs(b []byte) (docs []*yaml.Node, err error) {
	defer func() {
		// The library panics on some malformed input.
		if r := recover(); r != nil {
			err = errors.New("it cannot be parsed")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(b))
	for len(docs) < 10000 {
		n := new(yaml.Node)
		if err := dec.Decode(n); err != nil {
			if errors.Is(err, io.EOF) {
				return docs, nil
			}
			return docs, err
		}
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
			docs = append(docs, n.Content[0])
		}
	}
	return docs, nil
}

// shiftLines moves the lines of a document that was cut out of a file.
func shiftLines(n *yaml.Node, by int) {
	n.Line += by
	for _, c := range n.Content {
		shiftLines(c, by)
	}
}

// deref follows aliases. A nil node stays nil.
func deref(n *yaml.Node) *yaml.Node {
	for i := 0; n != nil && n.Kind == yaml.AliasNode && i < 100; i++ {
		n = n.Alias
	}
	return n
}

// A pair is an entry of a mapping.
type pair struct {
	key   string
	name  *yaml.Node // the key
	value *yaml.Node
}

// pairs are the entries of a mapping in order, with those of merge keys (<<) behind; the first of a key counts.
func pairs(n *yaml.Node) []pair {
	budget := 1000
	return pairsWithin(n, &budget)
}

// pairsWithin takes each mapping that is merged from a budget: merges of merges can grow beyond any measure.
func pairsWithin(n *yaml.Node, budget *int) []pair {
	n = deref(n)
	if *budget--; n == nil || n.Kind != yaml.MappingNode || *budget < 0 {
		return nil
	}
	var out, merged []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := deref(n.Content[i]), deref(n.Content[i+1])
		if k == nil || v == nil {
			continue
		}
		if k.Value == "<<" {
			for _, m := range list(v) {
				merged = append(merged, pairsWithin(m, budget)...)
			}
			continue
		}
		if !seen[k.Value] {
			seen[k.Value] = true
			out = append(out, pair{k.Value, k, v})
		}
	}
	for _, p := range merged {
		if !seen[p.key] {
			seen[p.key] = true
			out = append(out, p)
		}
	}
	return out
}

// field goes down mappings; nil when something on the way is missing.
func field(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		var next *yaml.Node
		for _, p := range pairs(n) {
			if p.key == key {
				next = p.value
				break
			}
		}
		if n = next; n == nil {
			return nil
		}
	}
	return deref(n)
}

// list are the items of a sequence; one node that is no sequence counts as a list of one.
func list(n *yaml.Node) []*yaml.Node {
	n = deref(n)
	if n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return []*yaml.Node{n}
	}
	out := make([]*yaml.Node, 0, len(n.Content))
	for _, c := range n.Content {
		if c = deref(c); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// scalar is the text of a scalar; "" for anything else and for null.
func scalar(n *yaml.Node) string {
	n = deref(n)
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func isMap(n *yaml.Node) bool { n = deref(n); return n != nil && n.Kind == yaml.MappingNode }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
