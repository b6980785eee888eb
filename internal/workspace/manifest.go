package workspace

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Manifests are what the repository says about how its programs are run.
type Manifests struct {
	Deployments []Deployment // sorted by File, Line, Name
	Problems    []Problem    // manifests that could not be read
}

// A Deployment is one description of one running thing: a compose service, a Kubernetes workload, a Procfile line. Two
// descriptions of the same service stay two Deployments. A database is a Deployment with an Image and no build.
type Deployment struct {
	Name string
	Kind string // "compose", "stack" (compose by content), "kubernetes", "knative", "procfile", "modd", "dapr"
	File string
	Line int

	Image        string
	BuildContext string            // relative to the root; "" when nothing is built
	Dockerfile   string            // relative to the root; "" when there is none
	BuildTarget  string            // stage of the Dockerfile; "" is the last
	BuildArgs    map[string]string // compose build.args

	Command    []string // entrypoint and command, merged with the Dockerfile's; a shell form is split into words
	Env        map[string]EnvVar
	WorkingDir string
	Volumes    []Mount
	Hostnames  []string // names other deployments reach it by, sorted
	Ports      []Port
	Job        bool // runs to its end: a Kubernetes Job or CronJob

	entrypoint, cmd []string // as the manifest says; Command is what comes of them
	setsEntrypoint  bool
	labels          map[string]string // Kubernetes pod labels, to find its Services
	namespace       string
	network         string            // compose: the service whose network it uses
	builds          []goBuild         // what is built for it, in paths relative to the root
	copies          []copied          // where the image has which part of the repository
	renames         map[string]string // file in the image -> file in the stage that built it
}

// EnvVar is an environment variable and where it is set.
type EnvVar struct {
	Name, Value string
	File        string
	Line        int
	Unresolved  string // why the value is not known ("secret NAMESPACE/db/password"); Value is then empty
}

// A Mount maps a folder of the repository (relative to the root) or a named volume into the container.
type Mount struct {
	Host      string // "" for an anonymous volume
	Container string
	Named     bool // Host is the name of a volume, not a path
}

// A Port is what a deployment listens on, and under what name and number others see it.
type Port struct {
	Container int
	Published int    // 0: not published
	Name      string // Kubernetes port name
}

// Manifests reads every manifest of the workspace. One that cannot be read becomes a Problem.
func (w *Workspace) Manifests() *Manifests {
	r := &manifestReader{w: w, out: &Manifests{}, dockerfiles: map[string]*dockerfile{}, dotenv: map[string]map[string]EnvVar{}, built: map[string]builtImage{}}
	var kube []kubeObject
	for _, f := range w.files {
		base := path.Base(f)
		switch {
		case isCompose(base):
			r.compose(f)
		case base == "Procfile" || strings.HasPrefix(base, "Procfile."):
			r.procfile(f)
		case base == "modd.conf":
			r.modd(f)
		case isDapr(base):
			r.dapr(f)
		case isYAML(base):
			if b, err := w.ReadFile(f); err != nil || len(b) > maxManifest {
				continue
			} else if holdsServices(b) {
				r.compose(f)
			} else {
				kube = append(kube, r.kubeFile(f, b)...)
			}
		}
	}
	r.kubernetes(kube)
	r.sidecars()
	r.linkImages()
	for i := range r.out.Deployments {
		r.complete(&r.out.Deployments[i])
	}
	sort.SliceStable(r.out.Deployments, func(i, j int) bool {
		a, b := &r.out.Deployments[i], &r.out.Deployments[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Name < b.Name
	})
	r.out.Problems = sortProblems(r.out.Problems)
	return r.out
}

type manifestReader struct {
	w           *Workspace
	out         *Manifests
	dockerfiles map[string]*dockerfile
	dotenv      map[string]map[string]EnvVar
	built       map[string]builtImage // by image name
}

// A builtImage is an image that the repository builds.
type builtImage struct{ context, dockerfile string }

// linkImages gives deployments that only name an image the build that another manifest has for it. The name has to be
// the same, or its last element when that is so for one built image alone.
func (r *manifestReader) linkImages() {
	for _, d := range r.out.Deployments {
		if d.BuildContext != "" && d.Image != "" {
			if _, ok := r.built[imageName(d.Image)]; !ok {
				r.built[imageName(d.Image)] = builtImage{d.BuildContext, d.Dockerfile}
			}
		}
	}
	short := map[string][]builtImage{}
	for _, name := range sortedKeys(r.built) {
		short[path.Base(name)] = append(short[path.Base(name)], r.built[name])
	}
	for i := range r.out.Deployments {
		d := &r.out.Deployments[i]
		if d.BuildContext != "" || d.Image == "" || d.Kind == "compose" {
			continue
		}
		b, ok := r.built[imageName(d.Image)]
		if same := short[path.Base(imageName(d.Image))]; !ok && len(same) == 1 {
			b, ok = same[0], true
		}
		if ok {
			d.BuildContext, d.Dockerfile = b.context, b.dockerfile
		}
	}
}

func (r *manifestReader) problem(file string, line int, msg, hint string) {
	r.out.Problems = append(r.out.Problems, Problem{File: file, Line: line, Msg: msg, Hint: hint})
}

// yamlLine finds "line 12:" in an error of the YAML library.
var yamlLine = regexp.MustCompile(`line (\d+): ?`)

// yamlProblem reports an error of a document that starts behind line before.
func (r *manifestReader) yamlProblem(file string, before int, err error) {
	msg, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		line += before
		if strings.Contains(msg, "did not find expected") {
			line++ // for these the library counts from 0
		}
		msg = strings.Replace(msg, m[0], "", 1)
	}
	r.problem(file, line, "is not valid YAML: "+msg, "correct it; the file was left out")
}

func isYAML(base string) bool {
	ext := strings.ToLower(path.Ext(base))
	return ext == ".yaml" || ext == ".yml"
}

// composeName matches docker-compose.yml, compose.yaml, docker-compose.dev.yml, compose-env.yaml.
var composeName = regexp.MustCompile(`(?i)^(docker-)?compose([._-][^/]*)?\.ya?ml$`)

func isCompose(base string) bool { return composeName.MatchString(base) }

// complete adds what the Dockerfile says to a deployment, and puts lists in order.
func (r *manifestReader) complete(d *Deployment) {
	if d.Env == nil {
		d.Env = map[string]EnvVar{}
	}
	d.Command = append(append([]string(nil), d.entrypoint...), d.cmd...)
	if d.Dockerfile != "" {
		if df := r.dockerfile(d.Dockerfile); df != nil {
			df.completes(d)
		}
	}
	d.Hostnames = sortedSet(d.Hostnames)
}

// addEnv sets a variable unless it is set.
func (d *Deployment) addEnv(v EnvVar) {
	if d.Env == nil {
		d.Env = map[string]EnvVar{}
	}
	if _, ok := d.Env[v.Name]; !ok {
		d.Env[v.Name] = v
	}
}

func (d *Deployment) String() string {
	return fmt.Sprintf("%s:%d: %s %s", d.File, d.Line, d.Kind, d.Name)
}

func sortedSet(list []string) []string {
	sort.Strings(list)
	out := list[:0]
	for i, s := range list {
		if s != "" && (i == 0 || s != list[i-1]) {
			out = append(out, s)
		}
	}
	return out
}

// relTo joins a path of a manifest with the folder of that manifest. Paths out of the repository give "".
func (r *manifestReader) relTo(dir, p string) string {
	p = strings.ReplaceAll(p, "\\", "/")
	if filepath.IsAbs(p) {
		rel := r.w.Rel(filepath.Clean(p))
		if filepath.IsAbs(rel) {
			return ""
		}
		return rel
	}
	p = path.Join(dir, p)
	if p == ".." || strings.HasPrefix(p, "../") {
		return ""
	}
	return p
}
