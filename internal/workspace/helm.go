package workspace

import (
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// helmUnknown stands for what a template would give and is not known here.
const helmUnknown = "svclint-helm-unknown"

var (
	helmAction = regexp.MustCompile(`(?s)\{\{-?.*?-?\}\}`)
	helmValue  = regexp.MustCompile(`^\{\{-?\s*\.Values\.([A-Za-z0-9_.-]+?)\s*(?:\|\s*(?:quote|squote|toString)\s*)?-?\}\}$`)
)

// known drops text in which something is not known.
func known(s string) string {
	if strings.Contains(s, helmUnknown) {
		return ""
	}
	return s
}

// withoutTemplate makes plain YAML of a Helm template, as far as that goes without running it: lines that only control go,
// {{ .Values.x }} is taken from the chart's values.yaml, and anything else becomes helmUnknown. Both branches of an if
// are kept. Lines keep their numbers.
func (r *manifestReader) withoutTemplate(file, text string) string {
	values := r.helmValues(file)
	text = helmAction.ReplaceAllStringFunc(text, func(a string) string {
		newlines := strings.Repeat("\n", strings.Count(a, "\n"))
		if m := helmValue.FindStringSubmatch(a); m != nil && values != nil {
			n := field(values, strings.Split(m[1], ".")...)
			if v := scalar(n); v != "" && !strings.ContainsAny(v, "\n\"'#{}[]") {
				return v
			}
		}
		return helmUnknown + newlines
	})
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		t := strings.TrimSpace(strings.ReplaceAll(l, helmUnknown, ""))
		if strings.Contains(l, helmUnknown) && t == "" {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// helmValues is the values.yaml of the chart a template is in.
func (r *manifestReader) helmValues(file string) *yaml.Node {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if r.w.hasFile(joinRel(dir, "Chart.yaml")) {
			b, err := r.w.ReadFile(joinRel(dir, "values.yaml"))
			if err != nil {
				return nil
			}
			if docs, err := yamlDocs(b); err == nil && len(docs) > 0 {
				return docs[0]
			}
			return nil
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}
