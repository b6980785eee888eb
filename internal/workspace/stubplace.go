package workspace

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/protostub"
)

// A place is how .proto files come to be the Go package of an import path.
type place struct {
	files []*protostub.File // of the package, sorted by path

	// Packages of other files stand beside this one: what is below root generates the package at prefix and the same folder.
	// Not so where prefix is empty: there every file says its path itself.
	root, prefix string
	// managed: buf decides on the paths and names, whatever the files say.
	managed bool
}

// name is that of the Go package.
func (p place) name() string {
	for _, f := range p.files {
		if f.Err != nil && len(p.files) > 1 {
			continue
		}
		if p.managed {
			if name := bufPackageName(f.Package); name != "" {
				return name
			}
			return path.Base(path.Join(p.prefix, folderIn(p.root, f.Dir())))
		}
		return f.GoName()
	}
	return p.files[0].GoName()
}

// pathOf is the import path of what another file generates; "" when nothing says.
func (p place) pathOf(f *protostub.File) string {
	if p.prefix != "" && (f.Dir() == p.root || p.root == "." || strings.HasPrefix(f.Dir(), p.root+"/")) {
		return path.Join(p.prefix, folderIn(p.root, f.Dir()))
	}
	if goPath := f.GoPath(); isImportPath(goPath) {
		return goPath
	}
	return ""
}

// paths are the files that declare something.
func (p place) paths() []string {
	var out []string
	for _, f := range p.files {
		if !f.Empty() {
			out = append(out, f.Path)
		}
	}
	return out
}

func folderIn(root, dir string) string {
	if root == "." {
		return dir
	}
	return strings.TrimPrefix(strings.TrimPrefix(dir, root), "/")
}

// isImportPath says whether a go_package option gives a path that other code can import it by, and not a folder to write to.
func isImportPath(goPath string) bool {
	return strings.Contains(goPath, "/") && goPath[0] != '.' && goPath[0] != '/'
}

// place finds the files that generate the package of an import path, which would stand in dir; used tells how other
// code uses it.
func (x *protoIndex) place(importPath, dir string, used uses) (place, bool) {
	exact := place{}
	for _, f := range x.files {
		if f.GoPath() == importPath {
			exact.files = append(exact.files, f)
		}
	}
	if len(exact.files) > 0 {
		return exact, true
	}
	var found []candidate
	for _, b := range x.prefixes {
		if importPath != b.prefix && !strings.HasPrefix(importPath, b.prefix+"/") {
			continue
		}
		rel := strings.Trim(strings.TrimPrefix(importPath, b.prefix), "/")
		for _, group := range x.byFolder() {
			folder := group[0].Dir()
			root, ok := strings.CutSuffix("/"+folder, strings.TrimSuffix("/"+rel, "/"))
			if root = cmp.Or(strings.Trim(root, "/"), "."); !ok || rel == "" && folder != b.dir {
				continue
			}
			found = append(found, candidate{place: place{files: group, root: root, prefix: b.prefix, managed: true}, segments: len(rel)})
		}
	}
	if best, ok := x.best(found, dir, used); ok {
		return best, true
	}
	found = nil
	for _, group := range x.byFolder() {
		// protoc-gen-go puts files of one folder into several packages, where they say so.
		for _, files := range byGoPath(group) {
			folder := files[0].Dir()
			n := commonEnd(importPath, folder)
			if n == 0 {
				continue
			}
			p := place{files: files, root: up(folder, n), prefix: up(importPath, n)}
			if p.prefix == "." {
				continue
			}
			found = append(found, candidate{place: p, segments: n})
		}
	}
	for _, files := range byGoPath(x.files) {
		if n := commonEnd(importPath, plainPath(files[0].GoPath())); n > 0 {
			found = append(found, candidate{place: place{files: files}, segments: n})
		}
	}
	return x.best(found, dir, used)
}

// beside is the place of a package that only other stubs need.
func (x *protoIndex) beside(p place, importPath string) place {
	out := place{root: p.root, prefix: p.prefix, managed: p.managed}
	for _, f := range x.files {
		if p.pathOf(f) == importPath {
			out.files = append(out.files, f)
		}
	}
	return out
}

// A candidate is a place that the paths allow.
type candidate struct {
	place
	segments int      // how much of the paths agrees
	declares []string // sorted
	uses     int      // how many of the used names it declares
	near     int      // how many folders it shares with the importing code's module folder
}

// best takes the candidate that declares most of the used names; it must be more than half of them. Then the paths decide.
// Of several that are equal in everything one is taken only if they declare the same: copies of one file.
func (x *protoIndex) best(found []candidate, dir string, used uses) (place, bool) {
	var fit []candidate
	for _, c := range found {
		c.declares = x.declares(c.files)
		names := used.of(c.name())
		for _, n := range names {
			if _, ok := slices.BinarySearch(c.declares, n); ok {
				c.uses++
			}
		}
		c.near = commonStart(dir, c.files[0].Dir())
		if c.uses*2 > len(names) {
			fit = append(fit, c)
		}
	}
	order := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.uses, a.uses), cmp.Compare(b.segments, a.segments), cmp.Compare(b.near, a.near))
	}
	slices.SortStableFunc(fit, order)
	if len(fit) == 0 || len(fit) > 1 && order(fit[0], fit[1]) == 0 && !slices.Equal(fit[0].declares, fit[1].declares) {
		return place{}, false
	}
	return fit[0].place, true
}

// declares are the names that stubs of the files would have.
func (x *protoIndex) declares(files []*protostub.File) []string {
	yes := func(string) bool { return true }
	t := &protostub.Target{Files: files, Index: x.types, Has: yes, PathOf: (*protostub.File).GoPath,
		Declares: func(string, string) bool { return true }}
	stubs, err := t.Generate("stub")
	if err != nil {
		return nil
	}
	var out []string
	for _, s := range stubs {
		out = append(out, s.Declared...)
	}
	slices.Sort(out)
	return out
}

// byFolder groups the files by folder.
func (x *protoIndex) byFolder() [][]*protostub.File {
	return grouped(x.files, (*protostub.File).Dir)
}

// byGoPath groups files by the path in their go_package option. Those without stay together.
func byGoPath(files []*protostub.File) [][]*protostub.File {
	return grouped(files, (*protostub.File).GoPath)
}

// grouped keeps the order of the files, and that in which groups begin.
func grouped(files []*protostub.File, by func(*protostub.File) string) [][]*protostub.File {
	at := map[string]int{}
	var out [][]*protostub.File
	for _, f := range files {
		key := by(f)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], f)
	}
	return out
}

// plainPath is a go_package path without the steps that say where protoc was run: "../gen/stock" is gen/stock.
func plainPath(goPath string) string {
	p := strings.TrimPrefix(path.Clean("/"+goPath), "/")
	for strings.HasPrefix(goPath, "../") {
		goPath = goPath[len("../"):]
	}
	return cmp.Or(strings.Trim(path.Clean("/"+goPath), "/"), p)
}

// commonEnd counts the path elements at the end that two paths share.
func commonEnd(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	slices.Reverse(as)
	slices.Reverse(bs)
	return agree(as, bs)
}

func commonStart(a, b string) int { return agree(strings.Split(a, "/"), strings.Split(b, "/")) }

func agree(as, bs []string) int {
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] && as[n] != "" && as[n] != "." {
		n++
	}
	return n
}

// up goes n folders up; "." at the top.
func up(p string, n int) string {
	for range n {
		p = path.Dir(p)
	}
	return p
}

// A bufPrefix is the start of all import paths in buf's managed mode: the folder of a .proto file in its buf module comes
// behind it.
type bufPrefix struct {
	dir    string // of the buf.gen.yaml
	prefix string
}

// bufGen says whether a file configures buf generate (https://buf.build/docs/configuration/v2/buf-gen-yaml/).
func bufGen(name string) bool {
	return strings.HasPrefix(name, "buf.gen") && (path.Ext(name) == ".yaml" || path.Ext(name) == ".yml")
}

// goPackagePrefixes reads the prefixes of managed mode. A file that cannot be read gives none.
func goPackagePrefixes(dir string, src []byte) []bufPrefix {
	var config struct {
		Managed struct {
			Enabled  bool
			V1       yaml.Node `yaml:"go_package_prefix"` // {default: PREFIX, except: ...}
			Override []struct {
				Option string `yaml:"file_option"`
				Value  yaml.Node
			}
		}
	}
	if yaml.Unmarshal(src, &config) != nil || !config.Managed.Enabled {
		return nil
	}
	var out []bufPrefix
	add := func(prefix string) {
		if prefix = strings.Trim(prefix, "/"); prefix != "" {
			out = append(out, bufPrefix{dir, prefix})
		}
	}
	var v1 struct{ Default string }
	if config.Managed.V1.Kind == yaml.MappingNode && config.Managed.V1.Decode(&v1) == nil {
		add(v1.Default)
	}
	for _, o := range config.Managed.Override {
		if o.Option == "go_package_prefix" && o.Value.Kind == yaml.ScalarNode {
			add(o.Value.Value)
		}
	}
	return out
}

var versioned = regexp.MustCompile(`^v[1-9][0-9]*((alpha|beta|test|p[1-9])[0-9]*)*$`)

// bufPackageName is the name that buf's managed mode gives to the Go package of a protobuf package with a version: stockv1
// for shop.stock.v1. "" for others: their folder gives the name.
func bufPackageName(pkg string) string {
	parts := strings.Split(pkg, ".")
	if n := len(parts); n > 1 && versioned.MatchString(parts[n-1]) {
		return parts[n-2] + parts[n-1]
	}
	return ""
}
