package workspace

import (
	"bytes"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// compose reads a compose file (https://docs.docker.com/reference/compose-file/). Values are interpolated from the .env
// file beside it, never from the environment of this process.
func (r *manifestReader) compose(file string) {
	b, err := r.w.ReadFile(file)
	if err != nil {
		r.problem(file, 0, "cannot be read: "+reason(err), "make it readable")
		return
	}
	docs, err := yamlDocs(b)
	if err != nil {
		r.yamlProblem(file, 0, err)
		return
	}
	for _, doc := range docs {
		if services := field(doc, "services"); isMap(services) {
			c := r.composeFile(file)
			for _, p := range pairs(services) {
				if isMap(p.value) {
					d := c.service(p, services, 0)
					if !isCompose(path.Base(file)) {
						d.Kind = "stack"
					}
					r.out.Deployments = append(r.out.Deployments, d)
				}
			}
			continue
		}
		// A Kubernetes file may be called compose-post.yaml.
		r.kubernetes(r.kubeFile(file, b))
		return
	}
}

// servicesSection is a compose file's, also where the file has another name, as those of docker swarm do (stack.yml). That it
// is one shows in what the services have.
var servicesSection = regexp.MustCompile(`^services:[ \t]*(#.*)?\r?$`)

// holdsServices reports whether a YAML file is a compose file by what it holds.
func holdsServices(b []byte) bool {
	if !hasKey(b, "services", servicesSection) || bytes.Contains(b, []byte("{{")) {
		return false
	}
	docs, err := yamlDocs(b)
	if err != nil || len(docs) != 1 {
		return false
	}
	services := pairs(field(docs[0], "services"))
	for _, p := range services {
		if scalar(field(p.value, "image")) == "" && field(p.value, "build") == nil {
			return false
		}
	}
	return len(services) > 0
}

// composeFile holds what the values of one compose file are read against.
type composeFile struct {
	r    *manifestReader
	file string
	dir  string
	env  map[string]EnvVar // .env
}

func (r *manifestReader) composeFile(file string) *composeFile {
	c := &composeFile{r: r, file: file, dir: path.Dir(file)}
	c.env, _ = r.readDotenv(path.Join(c.dir, ".env"))
	return c
}

func (c *composeFile) str(n *yaml.Node) string {
	return interpolate(scalar(n), func(name string) (string, bool) { v, ok := c.env[name]; return v.Value, ok })
}

// strs reads a list, or a command line, which is split.
func (c *composeFile) strs(n *yaml.Node) []string {
	if n = deref(n); n != nil && n.Kind == yaml.ScalarNode {
		return words(c.str(n))
	}
	var out []string
	for _, x := range list(n) {
		out = append(out, c.str(x))
	}
	return out
}

// service reads one service. What it does not say itself is taken from the service it extends, or, in an override file, from
// the service of that name in the base file.
func (c *composeFile) service(p pair, services *yaml.Node, depth int) Deployment {
	n := p.value
	d := Deployment{Name: p.key, Kind: "compose", File: c.file, Line: p.name.Line, Hostnames: []string{p.key}}
	d.Image = c.str(field(n, "image"))
	c.build(&d, field(n, "build"))
	entry, cmd := field(n, "entrypoint"), field(n, "command")
	d.entrypoint, d.setsEntrypoint = c.strs(entry), entry != nil
	d.cmd = c.strs(cmd)
	d.WorkingDir = c.str(field(n, "working_dir"))
	if service, ok := strings.CutPrefix(c.str(field(n, "network_mode")), "service:"); ok {
		d.network = service
	}
	for _, key := range []string{"container_name", "hostname", "domainname"} {
		d.Hostnames = append(d.Hostnames, c.str(field(n, key)))
	}
	for _, network := range pairs(field(n, "networks")) {
		for _, a := range list(field(network.value, "aliases")) {
			d.Hostnames = append(d.Hostnames, c.str(a))
		}
	}
	c.environment(&d, n)
	for _, v := range list(field(n, "volumes")) {
		c.volume(&d, v)
	}
	for _, v := range list(field(n, "ports")) {
		c.port(&d, v)
	}
	for _, v := range list(field(n, "expose")) {
		port, _, _ := strings.Cut(c.str(v), "/")
		if i, err := strconv.Atoi(port); err == nil {
			d.Ports = append(d.Ports, Port{Container: i})
		}
	}
	if restart := field(n, "deploy", "mode"); scalar(restart) == "replicated-job" || scalar(restart) == "global-job" {
		d.Job = true
	}
	if depth < 5 {
		if base, ok := c.extended(n, p.key, services, depth); ok {
			d.inherit(&base)
		}
	}
	return d
}

// extended is the service that a service builds on.
func (c *composeFile) extended(n *yaml.Node, name string, services *yaml.Node, depth int) (Deployment, bool) {
	ext := field(n, "extends")
	file, service := "", c.str(ext)
	if isMap(ext) {
		file, service = c.str(field(ext, "file")), c.str(field(ext, "service"))
	}
	if ext != nil && file == "" {
		for _, p := range pairs(services) {
			if p.key == service && isMap(p.value) {
				return c.service(p, services, depth+1), true
			}
		}
		return Deployment{}, false
	}
	if ext == nil {
		if field(n, "image") != nil || field(n, "build") != nil {
			return Deployment{}, false
		}
		if file, service = c.baseFile(), name; file == "" {
			return Deployment{}, false
		}
	} else {
		file = c.r.relTo(c.dir, file)
	}
	b, err := c.r.w.ReadFile(file)
	if err != nil {
		return Deployment{}, false
	}
	docs, err := yamlDocs(b)
	if err != nil {
		return Deployment{}, false
	}
	base := c.r.composeFile(file)
	for _, doc := range docs {
		in := field(doc, "services")
		for _, p := range pairs(in) {
			if p.key == service && isMap(p.value) {
				return base.service(p, in, depth+1), true
			}
		}
	}
	return Deployment{}, false
}

// baseFile is the compose file that an override file is used together with; "" when this is one.
func (c *composeFile) baseFile() string {
	for _, name := range []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"} {
		if f := path.Join(c.dir, name); path.Base(c.file) != name && c.r.w.hasFile(f) {
			return f
		}
	}
	return ""
}

// inherit takes from base what d does not say.
func (d *Deployment) inherit(base *Deployment) {
	if d.Image == "" {
		d.Image = base.Image
	}
	if d.BuildContext == "" {
		d.BuildContext, d.Dockerfile, d.BuildTarget = base.BuildContext, base.Dockerfile, base.BuildTarget
	}
	for name, v := range base.BuildArgs {
		if _, ok := d.BuildArgs[name]; !ok {
			d.setBuildArg(name, v)
		}
	}
	if !d.setsEntrypoint {
		d.entrypoint, d.setsEntrypoint = base.entrypoint, base.setsEntrypoint
	}
	if d.cmd == nil {
		d.cmd = base.cmd
	}
	if d.WorkingDir == "" {
		d.WorkingDir = base.WorkingDir
	}
	for _, v := range base.Env {
		d.addEnv(v)
	}
	d.Volumes = append(d.Volumes, base.Volumes...)
	d.Ports = append(d.Ports, base.Ports...)
	if base.Name == d.Name {
		d.Hostnames = append(d.Hostnames, base.Hostnames...)
	}
}

func (d *Deployment) setBuildArg(name, value string) {
	if d.BuildArgs == nil {
		d.BuildArgs = map[string]string{}
	}
	d.BuildArgs[name] = value
}

func (c *composeFile) build(d *Deployment, n *yaml.Node) {
	if n == nil {
		return
	}
	ctx, file := c.str(n), ""
	if isMap(n) {
		ctx, file = c.str(field(n, "context")), c.str(field(n, "dockerfile"))
		if ctx == "" {
			ctx = "."
		}
		d.BuildTarget = c.str(field(n, "target"))
		args := field(n, "args")
		for _, p := range pairs(args) {
			d.setBuildArg(p.key, c.str(p.value))
		}
		if !isMap(args) {
			for _, a := range list(args) {
				name, value, ok := strings.Cut(c.str(a), "=")
				if !ok {
					value = c.env[name].Value
				}
				d.setBuildArg(name, value)
			}
		}
	}
	if ctx == "" || strings.Contains(ctx, "://") || strings.HasPrefix(ctx, "git@") {
		return // built from another repository
	}
	if d.BuildContext = c.r.relTo(c.dir, ctx); d.BuildContext == "" {
		return
	}
	if file == "" {
		file = "Dockerfile"
	}
	d.Dockerfile = c.r.relTo(d.BuildContext, file)
}

// environment reads environment and env_file; environment wins.
func (c *composeFile) environment(d *Deployment, n *yaml.Node) {
	env := field(n, "environment")
	if isMap(env) {
		for _, p := range pairs(env) {
			c.setEnv(d, p.key, c.str(p.value), scalar(p.value) != "" || p.value.Tag != "!!null", p.name.Line)
		}
	} else {
		for _, x := range list(env) {
			name, value, ok := strings.Cut(c.str(x), "=")
			c.setEnv(d, name, value, ok, x.Line)
		}
	}
	files := list(field(n, "env_file"))
	// A later file wins over an earlier one, and addEnv keeps the first.
	for i := len(files) - 1; i >= 0; i-- {
		name := c.str(files[i])
		if isMap(files[i]) {
			name = c.str(field(files[i], "path"))
		}
		vars, _ := c.r.readDotenv(c.r.relTo(c.dir, name))
		for _, key := range sortedKeys(vars) {
			d.addEnv(vars[key])
		}
	}
}

// setEnv sets a variable. One without a value is handed through from the shell that runs compose, or from .env.
func (c *composeFile) setEnv(d *Deployment, name, value string, given bool, line int) {
	v := EnvVar{Name: name, Value: value, File: c.file, Line: line}
	if !given {
		if known, ok := c.env[name]; ok {
			v.Value = known.Value
		} else {
			v.Unresolved = "taken from the environment that starts compose"
		}
	}
	if name != "" {
		d.addEnv(v)
	}
}

func (c *composeFile) volume(d *Deployment, n *yaml.Node) {
	if isMap(n) {
		m := Mount{Host: c.str(field(n, "source")), Container: c.str(field(n, "target"))}
		if m.Named = c.str(field(n, "type")) == "volume"; !m.Named && m.Host != "" {
			if m.Host = c.r.relTo(c.dir, m.Host); m.Host == "" {
				return
			}
		}
		d.Volumes = append(d.Volumes, m)
		return
	}
	s := c.str(n)
	host, container, two := strings.Cut(s, ":")
	if !two {
		d.Volumes = append(d.Volumes, Mount{Container: s})
		return
	}
	container, _, _ = strings.Cut(container, ":")
	if !strings.ContainsAny(host, "./~\\") {
		d.Volumes = append(d.Volumes, Mount{Host: host, Container: container, Named: true})
		return
	}
	if strings.HasPrefix(host, "~") {
		return
	}
	if rel := c.r.relTo(c.dir, host); rel != "" {
		d.Volumes = append(d.Volumes, Mount{Host: rel, Container: container})
	}
}

// port reads "127.0.0.1:8080:80/tcp", "8080-8090:80", 80 and the long form.
func (c *composeFile) port(d *Deployment, n *yaml.Node) {
	if isMap(n) {
		target, _ := strconv.Atoi(c.str(field(n, "target")))
		published, _ := strconv.Atoi(c.str(field(n, "published")))
		if target > 0 {
			d.Ports = append(d.Ports, Port{Container: target, Published: published})
		}
		return
	}
	s, _, _ := strings.Cut(c.str(n), "/")
	parts := strings.Split(s, ":")
	number := func(s string) int {
		s, _, _ = strings.Cut(s, "-")
		i, _ := strconv.Atoi(s)
		return i
	}
	p := Port{Container: number(parts[len(parts)-1])}
	if len(parts) > 1 {
		p.Published = number(parts[len(parts)-2])
	}
	if p.Container > 0 {
		d.Ports = append(d.Ports, p)
	}
}
