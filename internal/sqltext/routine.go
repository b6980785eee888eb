package sqltext

import (
	"regexp"
	"strings"
)

// Routine is a stored function or procedure, or a view, and the tables behind it.
type Routine struct {
	Name   string // without schema
	View   bool
	Tables []Ref // for a view all are read
	Line   int   // where it is defined, from 1
}

var (
	routineHead = regexp.MustCompile("(?i)\\bcreate\\s+(?:or\\s+replace\\s+)?(?:definer\\s*=\\s*\\S+\\s+)?(?:function|procedure)\\s+(?:if\\s+not\\s+exists\\s+)?([\\w.\"`\\[\\]]+)\\s*\\(")
	dollarTag   = regexp.MustCompile(`\$\w*\$`)
	blockBegin  = regexp.MustCompile(`(?i)\bbegin\b`)
	blockEnd    = regexp.MustCompile(`(?i)\bend\b[ \t]*\w*\s*(?:;?\s*(?://|;;|\$\$|$)|;\s*(?:delimiter|create)\b)`)
	// control are the words of a procedural language behind which a statement begins.
	control    = regexp.MustCompile(`(?i)\b(?:begin(?:\s+atomic)?|then|else|loop|do|return\s+query|perform)\b`)
	controlEnd = regexp.MustCompile(`(?i)^\s*(?:declare|if|elsif|case|while|for|end|return|raise|exception|set|open|fetch|close)\b`)
)

// Routines finds the stored functions, procedures and views that SQL text defines.
func Routines(sql string) []Routine {
	var out []Routine
	for _, m := range routineHead.FindAllStringSubmatchIndex(sql, -1) {
		r := Routine{Name: bare(sql[m[2]:m[3]]), Line: 1 + strings.Count(sql[:m[0]], "\n")}
		for _, st := range Parse(statements(body(sql[m[1]:]))) {
			for _, t := range st.Tables {
				r.add(t)
			}
		}
		out = append(out, r)
	}
	for _, st := range Parse(sql) {
		if st.Verb != "create" || st.Object != "view" || len(st.Tables) == 0 {
			continue
		}
		view := Routine{Name: st.Tables[0].Name, View: true}
		if i := strings.Index(sql, view.Name); i >= 0 {
			view.Line = 1 + strings.Count(sql[:i], "\n")
		}
		for _, t := range st.Tables[1:] {
			if t.Op == "read" {
				view.add(t)
			}
		}
		out = append(out, view)
	}
	return out
}

func (r *Routine) add(t Ref) {
	for _, have := range r.Tables {
		if have == t {
			return
		}
	}
	r.Tables = append(r.Tables, t)
}

// body is what stands between the delimiters of a routine's definition, which begins behind its parameters' parenthesis.
func body(rest string) string {
	next := len(rest)
	if m := routineHead.FindStringIndex(rest); m != nil {
		next = m[0]
	}
	if open := dollarTag.FindStringIndex(rest[:next]); open != nil {
		tag := rest[open[0]:open[1]]
		if end := strings.Index(rest[open[1]:], tag); end >= 0 {
			return rest[open[1] : open[1]+end]
		}
	}
	open := blockBegin.FindStringIndex(rest[:next])
	if open == nil {
		return ""
	}
	text := rest[open[0]:next]
	if end := blockEnd.FindStringIndex(text); end != nil {
		text = text[:end[0]]
	}
	return text
}

// statements leaves of a routine's body the SQL statements, each ended by a semicolon.
func statements(body string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(control.ReplaceAllString(body, ";"), ";") {
		if !controlEnd.MatchString(part) {
			b.WriteString(part + ";")
		}
	}
	return b.String()
}

func bare(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	return strings.Trim(name, "\"`[]")
}

var called = regexp.MustCompile(`([A-Za-z_][\w.]*)\s*\(`)

// Called lists the names that stand before a parenthesis: functions and procedures that SQL text may call.
func Called(sql string) []string {
	var out []string
	for _, m := range called.FindAllStringSubmatch(sql, -1) {
		out = append(out, bare(m[1]))
	}
	return out
}
