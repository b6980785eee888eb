package finding

import (
	"fmt"
	"go/parser"
	"go/token"
	"strings"
)

// PassDoc returns the documentation of a pass from the source of its doc.go: the section "# Analyzer NAME" of the
// package comment, from its summary on. So `go doc`, `svclint help` and the source say the same words. It panics when
// the section is not there, which the pass's own test would show.
//
// It is the form of golang.org/x/tools/internal/analysis/analyzerutil.MustExtractDoc, which other modules cannot import.
func PassDoc(source, name string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", source, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		panic(fmt.Sprintf("doc.go of pass %s: %v", name, err))
	}
	for section := range strings.SplitSeq(f.Doc.Text(), "\n# ") {
		heading, body, _ := strings.Cut(section, "\n")
		if heading != "Analyzer "+name {
			continue
		}
		if doc, ok := strings.CutPrefix(strings.TrimSpace(body), name+": "); ok {
			return doc
		}
	}
	panic(fmt.Sprintf("doc.go of pass %s: no section %q that begins with %q", name, "# Analyzer "+name, name+": "))
}
