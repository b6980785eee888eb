package workspace

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Entries are the main packages, of the given ones (folders relative to the root), that a deployment runs. The evidence, in
// the order it is looked for:
//
//  1. what its Dockerfile, or its prep step, builds with go; of several targets the one the command names;
//  2. a go run, go build or reloader in its command, or a working folder, mapped to the repository through its volumes;
//  3. the name of the command's binary;
//  4. a build context or a Dockerfile's folder with exactly one main package at or below it;
//  5. the name of the image or of the deployment.
//
// What remains may be told by another deployment of the same image, see [Workspace.EntriesOf].
//
// The result is sorted, has more than one element only if the deployment runs several, and is nil when nothing tells.
func (w *Workspace) Entries(d *Deployment, mains []string) []string {
	mains = sortedSet(append([]string(nil), mains...))
	repo := path.Base(w.root)
	named := make(map[string]string, len(mains))
	for _, m := range mains {
		named[m] = w.moduleName(m, repo)
	}
	var built []string
	for _, b := range d.builds {
		built = append(built, b.mains(mains)...)
	}
	built = sortedSet(built)
	if len(built) == 1 {
		return built
	}
	if len(built) > 1 {
		if m := w.namedByCommand(d, built); m != "" {
			return []string{m}
		}
	}
	if m := w.mountedEntry(d, mains); m != nil {
		return m
	}
	if len(built) == 0 {
		if m := w.namedByCommand(d, mains); m != "" {
			return []string{m}
		}
		for _, dir := range []string{d.BuildContext, path.Dir(d.Dockerfile)} {
			if in := mainsBelow(dir, mains); d.BuildContext != "" && len(in) == 1 {
				return in
			}
		}
	}
	candidates := mains
	if len(built) > 1 {
		candidates = built
	}
	for _, name := range []string{path.Base(imageName(d.Image)), d.Name} {
		if name == "." || name == "" {
			continue
		}
		if m := bestNamed(name, candidates, named, repo); m != "" {
			return []string{m}
		}
	}
	return nil
}

// EntriesOf are the Entries of each deployment. An image holds the same programs wherever it is deployed: where one
// deployment tells what it runs, and all that tell agree, it holds for those that add only a command (chat, worker) to it.
func (w *Workspace) EntriesOf(ds []Deployment, mains []string) [][]string {
	out := make([][]string, len(ds))
	image := map[string][]string{}
	for i := range ds {
		out[i] = w.Entries(&ds[i], mains)
		if name := imageName(ds[i].Image); name != "" && len(out[i]) > 0 {
			if known, ok := image[name]; ok && !slices.Equal(known, out[i]) {
				image[name] = nil // several programs in one image
			} else {
				image[name] = out[i]
			}
		}
	}
	for i := range ds {
		if len(out[i]) == 0 && ds[i].BuildContext == "" && ds[i].Image != "" {
			out[i] = image[imageName(ds[i].Image)]
		}
	}
	return out
}

// namedByCommand finds the main package that the command's binary was built from: by the -o of a build, by the file a COPY
// --from took it from, and by its name.
func (w *Workspace) namedByCommand(d *Deployment, mains []string) string {
	for _, bin := range programs(d.Command, 0) {
		file := bin
		if !path.IsAbs(file) && strings.Contains(file, "/") {
			file = resolvePath(d.WorkingDir, file)
		}
		for range 5 {
			from, ok := d.renames[file]
			if !ok || from == file {
				break
			}
			file = from
		}
		for _, b := range d.builds {
			if b.out == "" || b.out != file && path.Base(b.out) != path.Base(bin) {
				continue
			}
			if in := b.mains(mains); len(in) == 1 {
				return in[0]
			}
		}
		for _, name := range []string{path.Base(file), path.Base(bin)} {
			var found []string
			for _, m := range mains {
				if path.Base(m) == name {
					found = append(found, m)
				}
			}
			if len(found) == 1 {
				return found[0]
			}
		}
	}
	return ""
}

// wrappers start another program.
var wrappers = map[string]bool{"sh": true, "bash": true, "ash": true, "exec": true, "env": true, "tini": true, "dumb-init": true,
	"time": true, "nohup": true, "su-exec": true, "gosu": true, "sudo": true}

// programs are the programs that a command line starts, behind env settings and wrappers, and within sh -c "...".
func programs(list []string, depth int) []string {
	var out []string
	for _, cmd := range simpleCommands(list) {
		for _, w := range cmd {
			if wrappers[path.Base(w)] || strings.HasPrefix(w, "-") || strings.Contains(w, "=") && !strings.ContainsAny(w, "/ ") {
				continue
			}
			if strings.ContainsAny(w, " \t") && depth < 3 {
				out = append(out, programs(words(w), depth+1)...)
			} else {
				out = append(out, w)
			}
			break
		}
	}
	return out
}

// mountedEntry maps what the command builds or runs, or else the working folder, through the volumes and the copies of the
// image.
func (w *Workspace) mountedEntry(d *Deployment, mains []string) []string {
	if d.Kind == "procfile" || d.Kind == "modd" {
		return nil // these run in the repository; their builds are known
	}
	copies := append([]copied(nil), d.copies...)
	mounted := false
	for _, v := range d.Volumes {
		if !v.Named && v.Host != "" && w.isDir(v.Host) {
			copies = append(copies, copied{to: path.Clean(v.Container), from: v.Host})
			mounted = true
		}
	}
	to := func(p string) (string, bool) { return w.mapped(copies, d.WorkingDir, d.BuildContext, p) }
	var found []string
	for _, b := range goBuilds(d.Command, resolvePath("/", d.WorkingDir)) {
		found = append(found, b.mapped(w, to).mains(mains)...)
	}
	if found = sortedSet(found); len(found) > 0 {
		return found
	}
	if mounted && d.WorkingDir != "" {
		if rel, ok := to(resolvePath("/", d.WorkingDir)); ok {
			if in := mainsBelow(rel, mains); len(in) == 1 {
				return in
			}
		}
	}
	return nil
}

func mainsBelow(dir string, mains []string) []string {
	var in []string
	for _, m := range mains {
		if _, ok := below(dir, m); ok || dir == "." {
			in = append(in, m)
		}
	}
	return in
}

// bestNamed is the one main package that a name fits best; "" when none does, or several do equally.
func bestNamed(name string, mains []string, named map[string]string, repo string) string {
	best, score, tie := "", 0, false
	for _, m := range mains {
		s := nameFit(name, m, named[m], repo)
		switch {
		case s > score:
			best, score, tie = m, s, false
		case s == score && s > 0:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

// layoutWords are path elements that tell where code lies, not what it is.
var layoutWords = map[string]bool{"cmd": true, "main": true, "src": true, "app": true, "apps": true, "services": true,
	"service": true, "internal": true, "pkg": true, "server": true, "svc": true, "bin": true, "go": true, "backend": true,
	"microservices": true, ".": true}

// roleWords are path elements that say how a program answers.
var roleWords = map[string]bool{"api": true, "web": true, "rpc": true, "grpc": true, "http": true, "rest": true, "worker": true}

// nameFit says how well a deployment or image name fits a main package's path; 0 is not at all. All words of the name must
// stand in the path, and the last telling element of the path must be in the name: "order-api" fits
// app/order/cmd/api, and neither app/order/cmd/rpc nor app/usercenter/cmd/api.
//
// A main package whose path tells nothing, such as cmd, is called what its module is called.
func nameFit(name, main, modName, repo string) int {
	base := path.Base(main)
	if name == base {
		return 5
	}
	want, short := nameKey(name), nameKey(strip(name, repo))
	var telling []string
	for _, e := range strings.Split(main, "/") {
		if !layoutWords[strings.ToLower(e)] {
			telling = append(telling, e)
		}
	}
	if len(telling) == 0 {
		if telling = []string{modName}; nameKey(name) == nameKey(repo) {
			return 4
		}
	}
	last := telling[len(telling)-1]
	switch k := nameKey(last); {
	case k == want:
		return 4
	case nameKey(strip(last, repo)) == short && short != "":
		return 3
	}
	// orders/cmd/api is orders when nothing else says more: how a process answers is no name of its own.
	if n := len(telling); n > 1 && roleWords[strings.ToLower(last)] {
		if k := nameKey(telling[n-2]); k == want || nameKey(strip(telling[n-2], repo)) == short && short != "" {
			return 1
		}
	}
	for n := 2; n <= len(telling); n++ {
		tail := strings.Join(telling[len(telling)-n:], "-")
		if k := nameKey(tail); k == want || nameKey(strip(tail, repo)) == short && short != "" {
			return 2
		}
	}
	return 0
}

// moduleName is the last telling element of the path of the module a folder is in.
func (w *Workspace) moduleName(dir, repo string) string {
	name, length := repo, -1
	for _, u := range w.units {
		for _, m := range u.Modules {
			if _, ok := below(m.Dir, dir); (ok || m.Dir == ".") && len(m.Dir) > length && m.Path != "" {
				prefix, _, _ := module.SplitPathVersion(m.Path)
				name, length = path.Base(prefix), len(m.Dir)
			}
		}
	}
	return name
}

var (
	noSeparators   = strings.NewReplacer("-", "", "_", "", ".", "")
	oneSeparator   = strings.NewReplacer("_", "-", ".", "-")
	serviceEndings = []string{"-service", "service", "-server", "-svc", "-srv", "-app", "svc"} // longest first
)

// nameKey makes names comparable that differ in case and separators.
func nameKey(s string) string {
	return noSeparators.Replace(strings.ToLower(s))
}

// strip drops the repository's name in front and the usual endings.
func strip(name, repo string) string {
	s := strings.ToLower(oneSeparator.Replace(name))
	r := strings.ToLower(oneSeparator.Replace(repo))
	if rest, ok := strings.CutPrefix(s, r+"-"); ok && r != "" {
		s = rest
	}
	for _, e := range serviceEndings {
		if rest, ok := strings.CutSuffix(s, e); ok && rest != "" {
			return rest
		}
	}
	return s
}
