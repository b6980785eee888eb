package arch

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// Libraries fill structs from the environment and from configuration files, by the names and tags of the fields: a field that
// no code sets has the value that these give it.

// filling is a call that fills a struct.
type filling struct {
	site
	model *catalog.Fill
}

// noteFill keeps which structs a call fills.
func (w *world) noteFill(m *catalog.Fill, at site) {
	if m.Into.IsZero() {
		return // the result says so itself: see filledResult
	}
	for _, o := range w.expr(m.Into.Node, at) {
		w.fillIn(unbox(o), filling{at, m})
	}
}

func (w *world) fillIn(o *object, f filling) {
	for _, old := range w.fillings[o] {
		if old == f {
			return
		}
	}
	w.fillings[o] = append(w.fillings[o], f)
}

// filledResult is a struct of the call's type argument that the call fills and returns.
func (w *world) filledResult(m *catalog.Fill, at site) *object {
	o := w.libObject(at, 0, nil)
	if types := at.info().Types; len(types) > 0 && o.typ == "" {
		o.typ = trimPtr(types[0])
	}
	w.fillIn(o, filling{at, m})
	return o
}

// step is a field on the way from a filled struct to a value.
type step struct{ effects.Field }

// filledBy finds the calls that fill the struct which a field is a part of, and the way to the field from there.
func (w *world) filledBy(o *object) ([]filling, []step) {
	var way []step
	for ; o.kind == ptrObject; o = o.base {
		if strings.HasPrefix(o.name, "[") {
			return nil, nil
		}
		way = append([]step{w.stepTo(o)}, way...)
		if fs := w.fillings[o.base]; len(fs) > 0 {
			return fs, way
		}
	}
	return nil, nil
}

func (w *world) stepTo(o *object) step {
	if t := w.prog.types[o.owner]; t != nil {
		for _, f := range t.Fields {
			if f.Name == o.name {
				return step{f}
			}
		}
	}
	return step{effects.Field{Name: o.name}}
}

// fromFill is what the calls that fill a struct give to a field of it: its variables, then what a configuration file has
// for it, then its default. Nothing where no call is known to fill it.
func (w *world) fromFill(o *object) ([]*object, bool) {
	fills, way := w.filledBy(o)
	if len(fills) == 0 {
		return nil, false
	}
	var names []string
	var preset text
	key := ""
	literal := w.literalBefore(o, fills)
	for _, f := range fills {
		if literal != nil && f.keeps(way) {
			return one(w.textObject(literal)), true
		}
		names = append(names, w.variables(f, way)...)
		if preset == nil {
			if v, ok := tagValue(way[len(way)-1].Tag, f.model.Default); ok && (literal == nil || f.model.Kept == "") {
				preset = configText("", v)
			}
		}
		if !f.model.Key.IsZero() {
			prefix, ok := w.texts(w.expr(f.model.Key.Node, f.site))[0].constant()
			next := keyOf(prefix, way)
			if !ok || key != "" && key != next {
				return nil, true // below which key is known at run time only
			}
			key = next
		}
	}
	if preset == nil {
		preset = literal
	}
	file, found := "", any(nil)
	if key != "" {
		file, found = w.lookUpKey(key)
	} else {
		file, found = w.lookUpWay(o, len(way))
	}
	value := preset
	switch v := found.(type) {
	case string:
		value = configText(file, v)
	case []any:
		return w.configObjects(file, v), true
	}
	if key != "" {
		value = text{{Kind: holeKey, Name: key, Default: value}}
	}
	for i := len(names) - 1; i >= 0; i-- {
		value = text{{Kind: holeEnv, Name: names[i], Default: value}}
	}
	if value == nil {
		return nil, true
	}
	return one(w.textObject(value)), true
}

// refilled is what a field holds that the code sets to a constant first, as a default, before a library fills the struct.
func (w *world) refilled(o *object) []*object {
	fills, _ := w.filledBy(o)
	if len(fills) == 0 {
		fills = w.readInto(o)
	}
	if len(fills) == 0 || w.literalBefore(o, fills) == nil {
		return nil
	}
	return w.fromConfig(o)
}

// readInto lists the calls of decoders that fill a field from a configuration file which has a value for it, where the code
// sets the field, too.
func (w *world) readInto(o *object) []filling {
	if len(w.config) == 0 || len(w.storesTo(o))+len(w.storesTo(o.base)) == 0 {
		return nil
	}
	var out []filling
	if _, _, found := w.configValue(o); found {
		for _, t := range w.takersOf(rootOf(o)) {
			if w.fills(t) == fileSource {
				out = append(out, filling{site: t.site})
			}
		}
	}
	return out
}

// literalBefore is the text that the code puts into a field before any of some calls fills it, by itself or with a whole struct;
// nil where there is none, or where the code sets the field otherwise, too.
func (w *world) literalBefore(o *object, fills []filling) text {
	w.flush()
	var out text
	var below []*object
	for at := o; ; at = at.base {
		for _, s := range w.overridden(at) {
			if at != o && s.zero() {
				continue
			}
			held := w.eval(s.frame, s.frame.fn.Stores[s.index].Val)
			for _, field := range below {
				held = each(held, func(whole *object) []*object { return one(w.field(unbox(whole), field.name, field.owner)) })
			}
			if at != o {
				held = each(held, w.load)
			}
			value := w.texts(held)
			if len(value) != 1 || out != nil && out.key() != value[0].key() {
				return nil
			}
			if slices.ContainsFunc(fills, func(f filling) bool { return !s.precedes(f.site, rootOf(o)) }) {
				return nil
			}
			if value[0].known() || value[0].preset() {
				out = value[0]
			} else if at == o {
				return nil
			}
		}
		if at.kind != ptrObject {
			return out
		}
		below = append([]*object{at}, below...)
	}
}

// precedes reports whether a store into a variable has been done when a call is made: it stands before the call on every way
// to it, or in the constructor of the variable, which the call is not a part of.
func (s boundStore) precedes(at site, variable *object) bool {
	st := &s.frame.fn.Stores[s.index]
	for f, call := at.frame, at.call; f != nil && call >= 0; f, call = f.parent, f.call {
		if f != s.frame {
			continue
		}
		c := &f.fn.Calls[call]
		if st.Block == c.Block {
			return st.Pos.Line < c.Pos.Line || st.Pos.Line == c.Pos.Line && st.Pos.Col < c.Pos.Col
		}
		return f.fn.dominates(st.Block, c.Block)
	}
	return variable.frame == s.frame || variable.kind == globalObject && s.frame.fn.initializer()
}

// rootOf is the variable that an address leads into.
func rootOf(o *object) *object {
	for o.kind == ptrObject {
		o = o.base
	}
	return o
}

// keeps reports whether a call leaves a field alone that is set already.
func (f filling) keeps(way []step) bool {
	if f.model.Kept != "value" {
		return false
	}
	tag, _ := tagValue(way[len(way)-1].Tag, f.model.Env)
	return !slices.ContainsFunc(strings.Split(tag, ","), func(option string) bool { return strings.TrimSpace(option) == "overwrite" })
}

// keyOf is the configuration key of a field, in the spelling of its tags.
func keyOf(prefix string, way []step) string {
	keys := strings.FieldsFunc(prefix, func(r rune) bool { return r == '.' })
	for _, s := range way {
		name := s.Name
		squash := s.Embedded
		for _, tag := range configTags {
			value, options, _ := strings.Cut(reflect.StructTag(s.Tag).Get(tag), ",")
			if value != "" && value != "-" {
				name, squash = value, false
				break
			}
			squash = squash || strings.Contains(options, "squash") || strings.Contains(options, "inline")
		}
		if !squash {
			keys = append(keys, name)
		}
	}
	return strings.ToLower(strings.Join(keys, "."))
}

// lookUpWay is what a configuration file has at the place of a field, n fields below the struct that is filled from it.
func (w *world) lookUpWay(o *object, n int) (file string, value any) {
	keys := make([][]string, n)
	for i := n - 1; i >= 0; i, o = i-1, o.base {
		keys[i] = w.spellings(o)
	}
	for _, f := range w.config {
		if v, ok := lookUp(f.Root, keys); ok {
			return f.Path, v
		}
	}
	return "", nil
}

func (w *world) lookUpKey(key string) (file string, value any) {
	var keys [][]string
	for _, k := range strings.Split(key, ".") {
		keys = append(keys, []string{loose(k)})
	}
	for _, f := range w.config {
		if v, ok := lookUp(f.Root, keys); ok {
			return f.Path, v
		}
	}
	return "", nil
}

// tagValue reads TAG, or TAG,OPTION, of a struct tag.
func tagValue(tag, what string) (string, bool) {
	name, option, isOption := strings.Cut(what, ",")
	value, ok := reflect.StructTag(tag).Lookup(name)
	if what == "" || !ok {
		return "", false
	}
	if !isOption {
		return value, true
	}
	for _, part := range strings.Split(value, ",") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(part), option+"="); ok {
			return v, true
		}
	}
	return "", false
}

// variableName is what a tag lists beside options such as required.
var variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

// variables are the environment variables that a call fills a field from.
func (w *world) variables(f filling, way []step) []string {
	m := f.model
	if m.Env == "" {
		return nil
	}
	prefix := ""
	if !m.Prefix.IsZero() {
		if list := w.expr(m.Prefix.Node, f.site); len(list) > 0 {
			var ok bool
			if prefix, ok = w.texts(list)[0].constant(); !ok {
				return nil
			}
		}
	}
	if m.Named {
		return namedVariables(m, prefix, way)
	}
	for _, s := range way[:len(way)-1] {
		nested, _ := tagValue(s.Tag, m.Nested)
		prefix += nested
	}
	var out []string
	list, _ := tagValue(way[len(way)-1].Tag, m.Env)
	for i, name := range strings.Split(list, ",") {
		if name = strings.TrimSpace(name); name != "" && (i == 0 || variableName.MatchString(name)) && !strings.Contains(name, "=") {
			out = append(out, prefix+name)
		}
	}
	return out
}

// namedVariables are the variables of a field by the names of the fields that lead to it; the one in its tag also counts on
// its own, see https://pkg.go.dev/github.com/kelseyhightower/envconfig.
func namedVariables(m *catalog.Fill, prefix string, way []step) []string {
	key := prefix
	alone := ""
	for i, s := range way {
		tag, _ := tagValue(s.Tag, m.Env)
		if tag == "" && s.Embedded && i < len(way)-1 {
			continue
		}
		name := tag
		if name == "" {
			name = s.Name
			if v, _ := tagValue(s.Tag, m.Words); v == "true" {
				name = inWords(name)
			}
		}
		if key != "" {
			name = key + "_" + name
		}
		key, alone = name, tag
	}
	out := []string{strings.ToUpper(key)}
	if alone != "" && !strings.EqualFold(alone, key) {
		out = append(out, strings.ToUpper(alone))
	}
	return out
}

// inWords puts _ between the words of a Go name: OrdersBaseURL is Orders_Base_URL.
func inWords(name string) string {
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return b.String()
}
