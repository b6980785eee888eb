package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// goEnv is what the go command says about itself and its user's settings.
type goEnv struct {
	root, modCache, version, goos, goarch, cgo string

	workOff bool     // the user set GOWORK=off
	tags    []string // the user's -tags flag, as given
	// toolTags and releaseTags are the build tags that the go command sets by itself; empty where it does not say.
	toolTags, releaseTags []string
	environ               []string // for every further go command
}

// readGoEnv asks the go command once, and prepares an environment in which it neither builds, nor writes into the tree, nor
// runs a program that a flag or the tree names: of GOFLAGS only -tags is kept (a vendor folder is used wherever there
// is one), and the toolchain is the installed one, whatever go.mod says.
func readGoEnv(ctx context.Context, dir string, environ []string) (*goEnv, error) {
	environ = withEnv(environ, "GOTOOLCHAIN=local")
	var tool, release []string
	var tags sync.WaitGroup
	top := filepath.VolumeName(dir) + string(filepath.Separator) // no module, so a broken go.mod cannot make these fail
	tags.Go(func() { tool, release = buildTags(ctx, top, environ) })
	defer tags.Wait()
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOROOT", "GOMODCACHE", "GOVERSION", "GOOS", "GOARCH", "CGO_ENABLED", "GOFLAGS", "GO111MODULE", "GOCACHE")
	cmd.Dir, cmd.Env = top, environ
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("the go command is not in PATH; install Go, or add it to PATH: modules are resolved with it")
	}
	var v struct {
		GOROOT, GOMODCACHE, GOVERSION, GOOS, GOARCH, GOFLAGS, GOCACHE string

		CgoEnabled string `json:"CGO_ENABLED"`
	}
	if err == nil {
		err = json.Unmarshal(out, &v)
	}
	if err != nil {
		return nil, fmt.Errorf("go env: %w%s; check that \"go env\" works", err, stderrOf(err))
	}
	e := &goEnv{root: v.GOROOT, modCache: v.GOMODCACHE, version: v.GOVERSION, goos: v.GOOS, goarch: v.GOARCH, cgo: v.CgoEnabled}
	for _, f := range strings.Fields(v.GOFLAGS) {
		if f = "-" + strings.TrimLeft(f, "-"); strings.HasPrefix(f, "-tags=") {
			e.tags = append(e.tags, f)
		}
	}
	for _, kv := range environ {
		if kv == "GOWORK=off" {
			e.workOff = true
		}
	}
	// An empty GOFLAGS would let the go command fall back to the user's configuration file.
	e.environ = withEnv(environ, "GOFLAGS="+strings.Join(append([]string{"-buildvcs=false"}, e.tags...), " "), "GO111MODULE=on", "GOWORK=off", "GOPACKAGESDRIVER=off")
	e.environ = quickGoList(e.environ, isCold(v.GOCACHE))
	tags.Wait()
	e.toolTags, e.releaseTags = tool, release
	return e, nil
}

// quickGoList makes go list quicker; neither setting changes what it says. It lives for a second or two, so its garbage
// may stay: a quarter less work for 40 MB. And with an empty build cache it would index every package of every module it
// meets, to save work in later calls; without that it reads the ones it lists, for half the work. A cache that
// is in use has the index already.
func quickGoList(environ []string, cold bool) []string {
	var set []string
	if value(environ, "GOGC") == "" {
		set = append(set, "GOGC=400")
	}
	if debug := value(environ, "GODEBUG"); cold && !strings.Contains(debug, "goindex=") {
		set = append(set, "GODEBUG="+strings.TrimPrefix(debug+",goindex=0", ","))
	}
	return withEnv(environ, set...)
}

// isCold says whether a build cache is empty. Its entries are spread evenly over 256 folders, so a few tell.
func isCold(cache string) bool {
	for _, dir := range []string{"00", "55", "aa", "ff"} {
		if entries, err := os.ReadDir(filepath.Join(cache, dir)); err == nil && len(entries) > 0 {
			return false
		}
	}
	return true
}

// value is that of a variable; the last one given counts.
func value(environ []string, name string) string {
	for i := len(environ) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(environ[i], name+"="); ok {
			return v
		}
	}
	return ""
}

// withEnv sets variables; later ones win.
func withEnv(environ []string, set ...string) []string {
	out := make([]string, 0, len(environ)+len(set))
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		keep := true
		for _, s := range set {
			keep = keep && !strings.HasPrefix(s, name+"=")
		}
		if keep {
			out = append(out, kv)
		}
	}
	return append(out, set...)
}

func stderrOf(err error) string {
	var ee *exec.ExitError
	if errors.As(err, &ee) && len(ee.Stderr) > 0 {
		return ": " + strings.TrimSpace(string(ee.Stderr))
	}
	return ""
}

// listedPackage is the metadata asked for. Nothing in it needs a build.
type listedPackage struct {
	Dir, ImportPath, Name string
	Standard, DepOnly     bool
	GoFiles, CgoFiles     []string
	EmbedFiles            []string
	Imports               []string
	ImportMap             map[string]string
	Module                *listedModule
	Error                 *listedError

	made map[string][]byte // the content of GoFiles where it is made up and stands in no file
}

// readGo reads one of the package's files.
func (p *listedPackage) readGo(name string) ([]byte, error) {
	if src, ok := p.made[name]; ok {
		return src, nil
	}
	return readGo(filepath.Join(p.Dir, name))
}

type listedModule struct{ Path, Version, Dir, GoVersion string }

type listedError struct {
	ImportStack []string
	Pos, Err    string
}

const listFields = "-json=Dir,ImportPath,Name,Standard,DepOnly,GoFiles,CgoFiles,EmbedFiles,Imports,ImportMap,Module,Error"

// A listing is one go list call: how, and what came of it.
type listing struct {
	dir      string   // absolute
	work     string   // GOWORK: "off" or a file
	flags    []string // -mod=..., -modfile=...
	patterns []string

	packages []*listedPackage
	stderr   string
	err      error // the command failed as a whole
}

// run calls go list. Cancelling ctx kills it.
func (l *listing) run(ctx context.Context, env *goEnv) {
	args := append([]string{"list", "-e", "-deps", listFields}, l.flags...)
	cmd := exec.CommandContext(ctx, "go", append(append(args, "--"), l.patterns...)...)
	cmd.Dir = l.dir
	cmd.Env = withEnv(env.environ, "GOWORK="+l.work, "PWD="+l.dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		l.err = err
		return
	}
	dec := json.NewDecoder(stdout)
	for {
		p := new(listedPackage)
		if err := dec.Decode(p); err != nil {
			if !errors.Is(err, io.EOF) {
				l.err = err
				_, _ = io.Copy(io.Discard, stdout)
			}
			break
		}
		l.packages = append(l.packages, p)
	}
	if err := cmd.Wait(); err != nil && l.err == nil {
		l.err = err
	}
	l.stderr = stderr.String()
	if ctx.Err() != nil {
		l.err = ctx.Err()
	}
}

// failure is the first line of what the go command said when it failed as a whole; "" when it did not.
func (l *listing) failure() string {
	if len(l.packages) > 0 || l.err == nil && strings.TrimSpace(l.stderr) == "" {
		return ""
	}
	var first []string
	for _, line := range strings.Split(l.stderr, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "go: downloading ") || strings.HasPrefix(line, "go: warning:") {
			continue
		}
		first = append(first, strings.TrimPrefix(line, "go: "))
		// "errors parsing go.mod:" says what on the next line.
		if !strings.HasSuffix(line, ":") {
			break
		}
	}
	if len(first) == 0 {
		if l.err == nil {
			return "" // only warnings: an empty module
		}
		return l.err.Error()
	}
	return strings.Join(first, " ")
}

// text is everything the go command complained about, to look for reasons in.
func (l *listing) text() string {
	var b strings.Builder
	b.WriteString(l.stderr)
	for _, p := range l.packages {
		if p.Error != nil {
			b.WriteString(p.Error.Err)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// broken counts the packages that could not be found or read; of two listings of a unit the one with fewer is used.
func (l *listing) broken() int {
	n := 0
	for _, p := range l.packages {
		if p.Error != nil && len(p.GoFiles)+len(p.CgoFiles) == 0 {
			n++
		}
	}
	return n
}

// hasVendor says whether dir has a vendor folder that the go command made.
func hasVendor(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "vendor", "modules.txt"))
	return err == nil
}
