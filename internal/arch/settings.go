package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/catalog"
)

// settings are the values of the configuration keys and flags of a process. A key comes from, in this order: a variable
// that is bound to it, a flag that is bound to it, the process's configuration files, and its default; that is the order of
// viper, see https://pkg.go.dev/github.com/spf13/viper.
type settings struct {
	env       map[string][]string // key -> variables
	flag      map[string]string   // key -> flag
	preset    map[string]text     // key -> default
	automatic bool                // every key is also looked for in the environment
	allFlags  bool                // every flag is the key of its name
	prefix    string
	replace   *strings.Replacer
	// dotted: keys with dots have no variable of their own, for lack of a replacement.
	dotted bool
}

// readSettings sums up what the process's code says about its keys.
func (w *world) readSettings() *settings {
	s := &settings{env: map[string][]string{}, flag: map[string]string{}, preset: map[string]text{}, dotted: true}
	constants := func(n catalog.Node, at site) []string {
		var out []string
		for _, elem := range w.listOfAttr(n, at) {
			c, _ := w.texts(elem)[0].constant()
			out = append(out, c)
		}
		return out
	}
	first := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	for _, sm := range w.found.bindings {
		b := sm.model.Binding
		if b.Automatic {
			s.automatic = true
		}
		if !b.Prefix.IsZero() {
			s.prefix = strings.TrimSuffix(first(constants(b.Prefix.Node, sm.site)), "_")
		}
		if !b.Replace.IsZero() {
			if pairs := constants(b.Replace.Node, sm.site); len(pairs) > 1 && len(pairs)%2 == 0 {
				s.replace = strings.NewReplacer(pairs...)
				s.dotted = !slices.Contains(pairs, ".")
			}
		}
		if b.Key.IsZero() {
			s.allFlags = s.allFlags || !b.Flag.IsZero()
			continue
		}
		key := strings.ToLower(first(constants(b.Key.Node, sm.site)))
		if key == "" {
			continue
		}
		if !b.Env.IsZero() {
			s.env[key] = append(s.env[key], constants(b.Env.Node, sm.site)...)
			if len(s.env[key]) == 0 {
				s.env[key] = []string{"\x00"} // the variable of its name, whether or not that is automatic
			}
		}
		if !b.Flag.IsZero() {
			s.flag[key] = first(constants(b.Flag.Node, sm.site))
		}
		if !b.Default.IsZero() {
			if t := w.texts(w.expr(b.Default.Node, sm.site))[0]; t.known() || len(t) == 1 && t[0].Kind != holeValue {
				s.preset[key] = t
			}
		}
	}
	for _, key := range sortedKeys(s.env) {
		for j, name := range s.env[key] {
			if name == "\x00" {
				s.env[key][j] = s.variable(key)
			}
		}
	}
	return s
}

// listOfAttr is an expression as a list in order, also where it is an attribute that is one.
func (w *world) listOfAttr(n catalog.Node, at site) [][]*object {
	if a, ok := n.(catalog.Attr); ok {
		for _, o := range w.expr(a.X, at) {
			if list := w.attrList(o, a.Name); list != nil {
				return list
			}
		}
	}
	return w.list(n, at)
}

// variable is the name of a key's environment variable.
func (s *settings) variable(key string) string {
	if s.replace != nil {
		key = s.replace.Replace(key)
	}
	if s.prefix != "" {
		key = s.prefix + "_" + key
	}
	return strings.ToUpper(key)
}

// setting is the value of a key in the process; false where nothing sets it. file is what is known of it from the
// configuration files already.
func (p *process) setting(key string, file text) (text, bool) {
	if p.settings == nil {
		p.settings = p.w.readSettings()
	}
	s := p.settings
	key = strings.ToLower(key)
	names := s.env[key]
	if s.automatic && (!s.dotted || !strings.Contains(key, ".")) {
		names = append(slices.Clone(names), s.variable(key))
	}
	for _, name := range names {
		if v := p.env[name]; v != "" {
			return lit(v), true
		}
	}
	flag := s.flag[key]
	if flag == "" && s.allFlags {
		flag = key
	}
	if flag != "" {
		if v, ok := p.flag(flag); ok {
			return lit(v), true
		}
	}
	if file != nil {
		return file, true
	}
	var keys [][]string
	for _, k := range strings.Split(key, ".") {
		keys = append(keys, []string{loose(k)})
	}
	for _, f := range p.w.config {
		if v, ok := lookUp(f.Root, keys); ok {
			if v, ok := v.(string); ok {
				return configText(f.Path, v), true
			}
		}
	}
	if t, ok := s.preset[key]; ok {
		return t, true
	}
	if t, ok := p.w.flagDefaults[flag]; ok && flag != "" {
		return t, true
	}
	return nil, false
}

// flag is what the command line of the process's deployment says for a flag.
func (p *process) flag(name string) (string, bool) {
	for _, d := range p.deploys {
		var words []string
		for _, arg := range d.Command {
			words = append(words, strings.Fields(arg)...)
		}
		for i, word := range words {
			rest, ok := strings.CutPrefix(strings.TrimPrefix(word, "-"), "-"+name)
			if !ok {
				if rest, ok = strings.CutPrefix(word, "-"+name); !ok {
					continue
				}
			}
			if value, ok := strings.CutPrefix(rest, "="); ok {
				return strings.Trim(value, `"'`), true
			}
			if rest == "" && i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
				return words[i+1], true
			}
		}
	}
	return "", false
}
