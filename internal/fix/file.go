package fix

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// File is a Go file with what a fix has to know of it.
type File struct {
	Name     string
	text     []byte
	fset     *token.FileSet
	syntax   *ast.File
	imported map[string]string // name in the file -> import path
	module   module
}

// Parse reads a file. Name is its place on disk, from where the module that it belongs to is found.
func Parse(name string, text []byte) (*File, error) {
	f := &File{Name: name, text: text, fset: token.NewFileSet(), imported: map[string]string{}, module: moduleOf(filepath.Dir(name))}
	var err error
	if f.syntax, err = parser.ParseFile(f.fset, name, text, parser.ParseComments); err != nil {
		return nil, err
	}
	for _, spec := range f.syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			f.imported[importName(spec, p)] = p
		}
	}
	return f, nil
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// importName is the name that an import has in its file. Without types the package's own name is the last element of its
// path that is no version, which holds for all packages that fixes ask for.
func importName(spec *ast.ImportSpec, p string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	if base := path.Base(p); !majorVersion.MatchString(base) {
		return base
	}
	return path.Base(path.Dir(p))
}

// imports is the name by which the file imports a package, "" when it does not.
func (f *File) imports(p string) string {
	for name, imported := range f.imported {
		if imported == p && name != "_" && name != "." {
			return name
		}
	}
	return ""
}

// use is the name for a package in the file, and the imports that it needs. It is "" when the name is taken.
func (f *File) use(p string) (name string, imports []string) {
	if name := f.imports(p); name != "" {
		return name, nil
	}
	name = path.Base(p)
	taken := false
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			taken = true
		}
		return !taken
	})
	if taken {
		return "", nil
	}
	return name, []string{p}
}

// module is the module of a file.
type module struct {
	dir  string
	mod  *modfile.File // nil when there is none that can be read
	sums []byte
}

func moduleOf(dir string) module {
	for {
		name := filepath.Join(dir, "go.mod")
		if text, err := os.ReadFile(name); err == nil {
			m := module{dir: dir}
			m.mod, _ = modfile.Parse(name, text, nil)
			m.sums, _ = os.ReadFile(filepath.Join(dir, "go.sum"))
			return m
		}
		up := filepath.Dir(dir)
		if up == dir {
			return module{}
		}
		dir = up
	}
}

// has reports whether a package can be imported as go.mod stands: a module that holds it is required, and its content is
// known to go.sum, vendored, or replaced by a directory.
func (m module) has(pkg string) bool {
	if m.mod == nil {
		return false
	}
	if _, err := os.Stat(filepath.Join(m.dir, "vendor", "modules.txt")); err == nil {
		_, err := os.Stat(filepath.Join(m.dir, "vendor", filepath.FromSlash(pkg)))
		return err == nil
	}
	for _, r := range m.mod.Require {
		if r.Mod.Path != pkg && !strings.HasPrefix(pkg, r.Mod.Path+"/") {
			continue
		}
		content := r.Mod
		if i := slices.IndexFunc(m.mod.Replace, func(re *modfile.Replace) bool {
			return re.Old.Path == content.Path && (re.Old.Version == "" || re.Old.Version == content.Version)
		}); i >= 0 {
			content = m.mod.Replace[i].New
			if content.Version == "" {
				return true // a directory
			}
		}
		if bytes.Contains(m.sums, fmt.Appendf(nil, "%s %s h1:", content.Path, content.Version)) {
			return true
		}
	}
	return false
}

// atLeast reports whether the module's language version is 1.minor or later.
func (m module) atLeast(minor int) bool {
	if m.mod == nil || m.mod.Go == nil {
		return false
	}
	var major, got int
	if n, _ := fmt.Sscanf(m.mod.Go.Version, "%d.%d", &major, &got); n != 2 {
		return false
	}
	return major > 1 || got >= minor
}
