package workspace

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// A Library is a package outside of the repository that own code imports.
type Library struct {
	Module string // path of its module
	Names  string // the symbol that it names: "net.Dial", or "net.Dial in example.com/lib/transport"
}

// Naming gives, by import path, the libraries that own code imports and that name certain symbols in their source. It is what
// can be known of a library without reading its bodies: one that names net.Dial talks to somebody. A package counts too
// when another of its module that it imports does: there the client of an SDK stands. Deeper, and in other modules,
// it says little. Call it after Load.
//
// Marks gives the names of a package that count. Packages for which known is true are not asked.
func (w *Workspace) Naming(known func(importPath string) bool, marks func(importPath string) []string) map[string]Library {
	out := map[string]Library{}
	if w.graph == nil {
		return out
	}
	named := map[*node]string{}
	names := func(n *node) string {
		symbol, done := named[n]
		if !done {
			symbol = n.names(marks)
			named[n] = symbol
		}
		return symbol
	}
	for _, own := range w.graph.own {
		for _, lib := range own.imports {
			if lib == nil || lib.own || lib.meta.Standard || known(lib.meta.ImportPath) {
				continue
			}
			path := lib.meta.ImportPath
			if _, done := out[path]; done {
				continue
			}
			l := Library{Module: lib.module(), Names: names(lib)}
			for _, imp := range sortedPaths(lib.imports) {
				if m := lib.imports[imp]; l.Names == "" && m != nil && m.module() == l.Module && !known(imp) {
					if symbol := names(m); symbol != "" {
						l.Names = symbol + " in " + imp
					}
				}
			}
			out[path] = l
		}
	}
	for path, l := range out {
		if l.Names == "" {
			delete(out, path)
		}
	}
	return out
}

// module is the path of the node's module, that of the package itself where none is known, "" in the standard library.
func (n *node) module() string {
	switch {
	case n.meta.Standard:
		return ""
	case n.meta.Module == nil:
		return n.meta.ImportPath
	}
	return n.meta.Module.Path
}

func sortedPaths(imports map[string]*node) []string {
	paths := make([]string, 0, len(imports))
	for path := range imports {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// names is the first marked symbol that a file of the package names, "" for none.
func (n *node) names(marks func(string) []string) string {
	marked := false
	for path := range n.imports {
		marked = marked || len(marks(path)) > 0
	}
	if !marked {
		return ""
	}
	for _, name := range n.goFiles() {
		src, err := os.ReadFile(filepath.Join(n.meta.Dir, name))
		if err != nil {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			alias := n.nameOf(path)
			if spec.Name != nil {
				alias = spec.Name.Name
			}
			for _, symbol := range marks(path) {
				if mentions(src, alias+"."+symbol) {
					return path + "." + symbol
				}
			}
		}
	}
	return ""
}

// mentions reports whether a selector stands in Go source, outside of line comments.
func mentions(src []byte, selector string) bool {
	for at := 0; ; {
		i := bytes.Index(src[at:], []byte(selector))
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(selector)
		line := src[bytes.LastIndexByte(src[:start], '\n')+1 : start]
		if (start == 0 || !inName(src[start-1]) && src[start-1] != '.') && (end == len(src) || !inName(src[end])) && !bytes.Contains(line, []byte("//")) {
			return true
		}
		at = end
	}
}

func inName(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}
