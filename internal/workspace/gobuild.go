package workspace

import (
	"os"
	"path"
	"strings"
)

// A goBuild is a go build, go install or go run in a command line.
type goBuild struct {
	packages []string // folders, absolute in the image or relative to the root; "x/..." means all below
	imports  []string // import paths, which have no folder yet
	out      string   // -o, resolved; "" when it is not given
	run      bool
}

// goBuilds finds the go commands in a command line that starts in dir. Words that are command lines themselves
// (sh -c "go run .", CompileDaemon --build="go build ./x") are looked into.
func goBuilds(list []string, dir string) []goBuild { return goBuildsDepth(list, dir, 0) }

func goBuildsDepth(list []string, dir string, depth int) []goBuild {
	var out []goBuild
	for _, cmd := range simpleCommands(list) {
		if cmd[0] == "cd" && len(cmd) > 1 {
			dir = resolvePath(dir, cmd[1])
			continue
		}
		if b, ok := goCommand(cmd, dir); ok {
			out = append(out, b)
			continue
		}
		for _, w := range cmd {
			if i := strings.Index(w, "go "); i >= 0 && depth < 3 {
				if i > 0 && w[i-1] == '=' {
					w = w[i:] // --build=go build, COMMAND=go run
				}
				out = append(out, goBuildsDepth(words(w), dir, depth+1)...)
			}
		}
	}
	return out
}

// valueFlags are the flags of go build and go run whose value is the next word.
var valueFlags = map[string]bool{"o": true, "p": true, "asmflags": true, "buildmode": true, "compiler": true, "gccgoflags": true,
	"gcflags": true, "installsuffix": true, "ldflags": true, "mod": true, "modfile": true, "overlay": true, "pgo": true,
	"pkgdir": true, "tags": true, "toolexec": true, "exec": true, "C": true, "covermode": true, "coverpkg": true}

func goCommand(cmd []string, dir string) (goBuild, bool) {
	at := -1
	for i, w := range cmd {
		if path.Base(w) == "go" && i+1 < len(cmd) && (cmd[i+1] == "build" || cmd[i+1] == "install" || cmd[i+1] == "run") {
			at = i
			break
		}
	}
	if at < 0 {
		return goBuild{}, false
	}
	b := goBuild{run: cmd[at+1] == "run"}
	rest := cmd[at+2:]
	for i := 0; i < len(rest); i++ {
		w := rest[i]
		if !strings.HasPrefix(w, "-") {
			if strings.Contains(w, "@") {
				return goBuild{}, false // a tool of another module
			}
			switch {
			case strings.HasSuffix(w, ".go"):
				w = path.Dir(w)
			case !strings.HasPrefix(w, ".") && !path.IsAbs(w) && strings.Contains(firstElement(w), "."):
				b.imports = append(b.imports, w)
				continue
			}
			if p := resolvePath(dir, w); !contains(b.packages, p) {
				b.packages = append(b.packages, p)
			}
			if b.run {
				break
			}
			continue
		}
		if b.run && len(b.imports) > 0 {
			break
		}
		name, value, given := strings.Cut(strings.TrimLeft(w, "-"), "=")
		if !given && valueFlags[name] && i+1 < len(rest) {
			i++
			value = rest[i]
		}
		switch name {
		case "o":
			b.out = resolvePath(dir, value)
			if strings.HasSuffix(value, "/") {
				b.out = ""
			}
		case "C":
			dir = resolvePath(dir, value)
		}
	}
	if len(b.packages)+len(b.imports) == 0 {
		b.packages = []string{dir}
	}
	return b, true
}

func firstElement(p string) string {
	first, _, _ := strings.Cut(p, "/")
	return first
}

// mapped replaces the folders of packages, and import paths of the repository's modules; those that cannot be mapped go.
func (b goBuild) mapped(w *Workspace, to func(string) (string, bool)) goBuild {
	var packages []string
	for _, p := range b.imports {
		if rel, ok := w.importDir(p); ok {
			packages = append(packages, rel)
		}
	}
	for _, p := range b.packages {
		dir, all := strings.CutSuffix(p, "/...")
		if dir == "" {
			dir = "/"
		}
		if rel, ok := to(dir); ok {
			if all {
				rel = joinRel(rel, "...")
			}
			packages = append(packages, rel)
		}
	}
	b.packages = packages
	return b
}

// importDir is the folder of an import path of one of the repository's modules.
func (w *Workspace) importDir(p string) (string, bool) {
	for _, u := range w.units {
		for _, m := range u.Modules {
			if rest, ok := below(m.Path, p); ok && m.Path != "" {
				return path.Join(m.Dir, rest), true
			}
		}
	}
	return "", false
}

// mains are the given main packages that the build names.
func (b goBuild) mains(mains []string) []string {
	var out []string
	for _, m := range mains {
		for _, p := range b.packages {
			dir, all := strings.CutSuffix(p, "...")
			dir = strings.TrimSuffix(dir, "/")
			_, in := below(dir, m)
			if m == p || all && (in || dir == "") {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

func (w *Workspace) isDir(rel string) bool {
	st, err := os.Stat(w.Abs(rel))
	return err == nil && st.IsDir()
}
