package arch

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// text is a string as far as it is known: constants and holes in a row.
type text []part

// part is a constant piece of a text, or a hole when Kind is set.
type part struct {
	Lit  string
	Kind holeKind
	// Name is what fills the hole: the variable's, flag's or key's name. Of a constant piece it is the configuration file
	// that it stands in, "" for the code.
	Name string
	// Default fills the hole where nothing outside the code does.
	Default text
}

type holeKind string

const (
	holeEnv   holeKind = "env"
	holeFlag  holeKind = "flag"
	holeKey   holeKind = "key" // configuration file
	holeArg   holeKind = "arg" // command line argument
	holeValue holeKind = "value"
)

func lit(s string) text { return text{{Lit: s}} }

func hole(kind holeKind, name string) text { return text{{Kind: kind, Name: name}} }

// String shows holes as {NAME}, the form of ids and names in the Model. Holes that data fills are {}.
func (t text) String() string {
	var b strings.Builder
	for _, p := range t {
		switch {
		case p.Kind == "":
			b.WriteString(p.Lit)
		case p.Kind == holeValue:
			b.WriteString("{}")
		default:
			b.WriteString("{" + p.Name + "}")
		}
	}
	return b.String()
}

// key tells texts apart, also by the kind of their holes.
func (t text) key() string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(string(p.Kind) + "\x00" + p.Lit + p.Name + "\x01")
		if p.Default != nil {
			b.WriteString("(" + p.Default.key() + ")")
		}
	}
	return b.String()
}

// constant is the text when it has no hole.
func (t text) constant() (string, bool) {
	var b strings.Builder
	for _, p := range t {
		if p.Kind != "" {
			return "", false
		}
		b.WriteString(p.Lit)
	}
	return b.String(), true
}

// coded is the text when every piece of it stands in the code: no environment, flag or file has a say in it.
func (t text) coded() (string, bool) {
	for _, p := range t {
		if p.Kind != "" || p.Name != "" {
			return "", false
		}
	}
	return t.String(), true
}

// source is the one hole that the text consists of.
func (t text) source() (part, bool) {
	if len(t) == 1 && t[0].Kind != "" && t[0].Kind != holeValue {
		return t[0], true
	}
	return part{}, false
}

// known reports whether any piece of the text is constant.
func (t text) known() bool {
	return slices.ContainsFunc(t, func(p part) bool { return p.Kind == "" && p.Lit != "" })
}

// preset reports whether a hole of the text has a default.
func (t text) preset() bool {
	return slices.ContainsFunc(t, func(p part) bool { return p.Default.known() || p.Default.preset() })
}

// fill replaces the holes by what a deployment sets, else by their defaults.
func (t text) fill(value func(part) (text, bool)) text { return t.fillBelow(value, maxNesting) }

// fillBelow is fill for what fills a hole in another: a setting may name a variable, and that a default.
func (t text) fillBelow(value func(part) (text, bool), depth int) text {
	var out text
	for _, p := range t {
		if p.Kind == "" {
			out = append(out, p)
			continue
		}
		if v, ok := value(p); ok && depth > 0 {
			out = append(out, v.fillBelow(value, depth-1)...)
			continue
		}
		if p.Default != nil && depth > 0 {
			out = append(out, p.Default.fillBelow(value, depth-1)...)
			continue
		}
		out = append(out, p)
	}
	return out.join()
}

// join melts neighbouring constants.
func (t text) join() text {
	var out text
	for _, p := range t {
		if n := len(out); p.Kind == "" && n > 0 && out[n-1].Kind == "" {
			out[n-1].Lit += p.Lit
			out[n-1].Name = cmp.Or(out[n-1].Name, p.Name)
			continue
		}
		if p.Kind == "" && p.Lit == "" {
			continue
		}
		out = append(out, p)
	}
	return out
}

func concat(a, b text) text { return append(slices.Clone(a), b...).join() }

// printf fills a format with operands; verbs without an operand and widths are holes.
func printf(format text, operand func(i int) text) text {
	var out text
	n := 0
	for _, p := range format {
		if p.Kind != "" {
			out = append(out, p)
			continue
		}
		s := p.Lit
		for {
			i := strings.IndexByte(s, '%')
			if i < 0 || i == len(s)-1 {
				out = append(out, part{Lit: s})
				break
			}
			out = append(out, part{Lit: s[:i]})
			j := i + 1
			for j < len(s)-1 && strings.IndexByte("+-# 0123456789.*[]", s[j]) >= 0 {
				j++
			}
			// %[2]s is the second operand, and the next verb takes the third.
			if k := strings.IndexByte(s[i:j], '['); k >= 0 {
				if index, _, ok := strings.Cut(s[i+k+1:j], "]"); ok {
					if at, err := strconv.Atoi(index); err == nil && at > 0 {
						n = at - 1
					}
				}
			}
			if s[j] == '%' {
				out = append(out, part{Lit: "%"})
			} else {
				out = append(out, operand(n)...)
				n++
			}
			s = s[j+1:]
		}
	}
	return out.join()
}
