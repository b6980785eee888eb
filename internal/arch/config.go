package arch

import (
	"cmp"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
)

// ConfigFile is a YAML, JSON or TOML file that a service may read its configuration from.
type ConfigFile struct {
	Path string
	// Root is the file's content: map[string]any, []any, string (also for numbers and booleans).
	Root any
}

// Configuration reaches the code through structs and maps that a library fills: viper.Unmarshal(&cfg),
// json.Unmarshal(data, &cfg), conf.MustLoad(file, &c). A field that no code sets, in a variable whose address a library
// got, has the value that the service's configuration file has at the field's place. Which library filled it does not
// matter, so none has to be known; that it was filled from a file does (see holdsConfig).

// configValue looks up a field of a filled variable in the configuration files of the process.
func (w *world) configValue(o *object) (file string, value any, found bool) {
	keys, ok := w.configPath(o)
	if !ok || len(keys) == 0 {
		return "", nil, false
	}
	for _, f := range w.config {
		if v, ok := lookUp(f.Root, keys); ok {
			return f.Path, v, w.holdsConfig(rootOf(o))
		}
	}
	return "", nil, false
}

// configPath is the way of keys from a filled variable to the field, the possible spellings of each; ok is false when the
// object is no such field.
func (w *world) configPath(o *object) (keys [][]string, ok bool) {
	for ; o.kind == ptrObject; o = o.base {
		if strings.HasPrefix(o.name, "[") {
			return nil, false
		}
		keys = append(keys, w.spellings(o))
	}
	slices.Reverse(keys)
	switch o.kind {
	case allocObject:
		return keys, o.frame.fn.leaked[o.val]
	case globalObject:
		return keys, true
	case libObject:
		return keys, len(w.fillings[o]) > 0
	}
	return nil, false
}

var configTags = []string{"mapstructure", "yaml", "json", "toml", "koanf", "config"}

// spellings are the keys, spelled loosely, under which libraries look for a field: the names in its tags, else its own name. An embedded
// struct may also be inlined, which is the empty spelling.
func (w *world) spellings(o *object) []string {
	var out []string
	if t := w.prog.types[o.owner]; t != nil {
		for _, f := range t.Fields {
			if f.Name != o.name {
				continue
			}
			out = append(out, tagged(f)...)
			if f.Embedded {
				out = append(out, "")
			}
		}
	}
	return append(out, loose(o.name))
}

// spelled are the keys, spelled loosely, of a field by itself.
func spelled(f effects.Field) []string { return append(tagged(f), loose(f.Name)) }

func tagged(f effects.Field) []string {
	var out []string
	for _, tag := range configTags {
		name, _, _ := strings.Cut(reflect.StructTag(f.Tag).Get(tag), ",")
		if name != "" && name != "-" {
			out = append(out, loose(name))
		}
	}
	return out
}

// loosen spells the keys of a tree loosely, once for all look-ups. Of keys that then are the same the first counts.
func loosen(node any) any {
	switch node := node.(type) {
	case map[string]any:
		out := make(map[string]any, len(node))
		for _, k := range sortedKeys(node) {
			if _, ok := out[loose(k)]; !ok {
				out[loose(k)] = loosen(node[k])
			}
		}
		return out
	case []any:
		out := make([]any, len(node))
		for i, e := range node {
			out[i] = loosen(e)
		}
		return out
	}
	return node
}

// lookUp follows keys into a tree that has been loosened: keys are compared without regard to case, dashes and underscores,
// as the libraries do. The first element of a list that has the key stands for the list: the nodes of a cluster are one.
func lookUp(node any, keys [][]string) (any, bool) {
	if len(keys) == 0 {
		return node, node != nil
	}
	if list, ok := node.([]any); ok {
		for _, elem := range list {
			if v, ok := lookUp(elem, keys); ok {
				return v, true
			}
		}
		return nil, false
	}
	for _, key := range keys[0] {
		if key == "" {
			if v, ok := lookUp(node, keys[1:]); ok {
				return v, true
			}
			continue
		}
		m, ok := node.(map[string]any)
		if !ok {
			return nil, false
		}
		if child, ok := m[key]; ok {
			if v, ok := lookUp(child, keys[1:]); ok {
				return v, true
			}
		}
	}
	return nil, false
}

func loose(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == '_':
			return -1
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, key)
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z_]\w*)(:-?([^}]*))?\}`)

// configText is a value of a configuration file as text; ${NAME} and ${NAME:default} in it are environment variables.
func configText(file, s string) text {
	var out text
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		out = append(out, part{Lit: s[at:m[0]], Name: file})
		p := part{Kind: holeEnv, Name: s[m[2]:m[3]]}
		if m[6] >= 0 {
			p.Default = lit(s[m[6]:m[7]])
		}
		out = append(out, p)
		at = m[1]
	}
	return append(out, part{Lit: s[at:], Name: file}).join()
}

// fromConfig is a string or list that the configuration gives to a field that nothing else sets.
func (w *world) fromConfig(o *object) []*object {
	if o.kind == ptrObject && strings.HasPrefix(o.name, "[") {
		return w.fromConfig(o.base) // an element of a list
	}
	out, ok := w.fromFiles[o]
	if !ok {
		if out, ok = w.fromFill(o); !ok {
			if file, v, found := w.configValue(o); found {
				out = w.configObjects(file, v)
			}
		}
		w.fromFiles[o] = out
	}
	return out
}

// isSection reports whether the configuration files give values to fields of an object.
func (w *world) isSection(o *object) bool {
	if keys, ok := w.configPath(o); !ok || len(keys) == 0 {
		return ok && len(w.config) > 0 && w.holdsConfig(rootOf(o)) // the whole configuration
	}
	_, v, found := w.configValue(o)
	_, ok := v.(map[string]any)
	return ok && found
}

func (w *world) configObjects(file string, v any) []*object {
	switch v := v.(type) {
	case string:
		return one(w.textObject(configText(file, v)))
	case []any:
		var out []*object
		for _, e := range v {
			out = add(out, w.configObjects(file, e))
		}
		return out
	}
	return nil
}

// configEntry is the entry of a map that a library has filled from the configuration.
func (w *world) configEntry(m *object, key string) []*object {
	if len(w.config) == 0 {
		return nil
	}
	path, ok := w.configPath(m)
	if !ok {
		return nil
	}
	path = append(path, []string{loose(key)})
	for _, f := range w.config {
		if v, ok := lookUp(f.Root, path); ok {
			if !w.holdsConfig(rootOf(m)) {
				return nil
			}
			return w.configObjects(f.Path, v)
		}
	}
	return nil
}

// configFor orders the configuration files by how near they are to a main package. Files that are as near to every other
// service come last; those that only another service is near to are left out, and so are data of tests and examples where
// there is anything else.
func configFor(files []ConfigFile, entry string, entries []string) []ConfigFile {
	type ranked struct {
		ConfigFile
		near int
	}
	var out, aside []ranked
	for _, f := range files {
		dir := path.Dir(f.Path)
		near := sharedSegments(dir, entry)
		nearest := 0
		for _, e := range entries {
			nearest = max(nearest, sharedSegments(dir, e))
		}
		if near < nearest {
			continue
		}
		if isSample(dir, near) {
			aside = append(aside, ranked{f, near})
			continue
		}
		out = append(out, ranked{f, near})
	}
	if len(out) == 0 {
		out = aside
	}
	slices.SortStableFunc(out, func(a, b ranked) int {
		return cmp.Or(b.near-a.near, cmp.Compare(strings.Count(a.Path, "/"), strings.Count(b.Path, "/")), strings.Compare(a.Path, b.Path))
	})
	files = nil
	for _, r := range out {
		files = append(files, r.ConfigFile)
	}
	return files
}

// isSample reports whether a folder holds data of tests or examples, apart from the folders that lead to the main package, too.
func isSample(dir string, shared int) bool {
	return slices.ContainsFunc(strings.Split(dir, "/")[shared:], func(folder string) bool {
		folder = strings.ToLower(folder)
		return forTests(folder) || forReaders(folder) || folder == "testdata" || folder == "fixture" || folder == "fixtures"
	})
}

// filled reports whether an object is a variable, or a part of one, that a library may have set.
func (w *world) filled(o *object) bool {
	return rootOf(o).kind == globalObject || w.handedOut(o)
}

// handedOut reports whether a library gets the address of an object, or of what it is a part of.
func (w *world) handedOut(o *object) bool {
	for ; o.kind == ptrObject; o = o.base {
		if len(w.fillings[o]) > 0 {
			return true
		}
	}
	return o.kind == allocObject && o.frame.fn.leaked[o.val] || len(w.fillings[o]) > 0
}
