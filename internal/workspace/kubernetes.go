package workspace

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A kubeObject is one document of a Kubernetes file.
type kubeObject struct {
	kind, name, namespace string
	apiVersion            string
	file                  string
	line                  int // of metadata.name, or of the document
	node                  *yaml.Node
	helm                  bool
}

// kubeKinds are the documents that are read. The rest of a file is not even parsed: repositories hold megabytes of CRDs.
var kubeKinds = regexp.MustCompile(`^["']?kind["']?:[ \t]*["']?(Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|Pod|Service|ConfigMap|Kustomization|Component|List|DeploymentConfig|Rollout|Config)["']?[ \t]*(#.*)?\r?$`)

// kustomizationName are files that need no kind.
func isKustomization(base string) bool {
	return base == "kustomization.yaml" || base == "kustomization.yml"
}

// kubeFile reads the documents of a YAML file that are of a known kind. Files that hold none are not looked at further.
func (r *manifestReader) kubeFile(file string, b []byte) []kubeObject {
	if !hasKey(b, "kind", kubeKinds) && !isKustomization(path.Base(file)) {
		return nil
	}
	text := string(b)
	helm := strings.Contains(text, "{{")
	if helm {
		text = r.withoutTemplate(file, text)
	}
	var out []kubeObject
	line := 0
	for _, doc := range splitDocs(text) {
		lines := strings.Count(doc, "\n")
		if hasKey([]byte(doc), "kind", kubeKinds) || isKustomization(path.Base(file)) {
			nodes, err := yamlDocs([]byte(doc))
			if err != nil && !helm {
				r.yamlProblem(file, line, err)
			}
			for _, n := range nodes {
				shiftLines(n, line)
				out = append(out, kubeObjects(file, n, helm, 0)...)
			}
		}
		line += lines
	}
	return out
}

// splitDocs cuts at lines that start with ---, keeping the newlines so that lines can be counted.
func splitDocs(text string) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); {
		end := strings.IndexByte(text[i:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += i + 1
		}
		if strings.HasPrefix(text[i:], "---") && i > start {
			out = append(out, text[start:i])
			start = i
		}
		i = end
	}
	return append(out, text[start:])
}

func kubeObjects(file string, n *yaml.Node, helm bool, depth int) []kubeObject {
	if n = deref(n); n == nil {
		return nil
	}
	o := kubeObject{kind: scalar(field(n, "kind")), apiVersion: scalar(field(n, "apiVersion")), file: file, line: n.Line, node: n, helm: helm}
	if o.kind == "List" && depth < 3 {
		var out []kubeObject
		for _, item := range list(field(n, "items")) {
			out = append(out, kubeObjects(file, item, helm, depth+1)...)
		}
		return out
	}
	if o.kind == "" && isKustomization(path.Base(file)) {
		o.kind = "Kustomization"
	}
	name := field(n, "metadata", "name")
	if o.name = scalar(name); o.name != "" {
		o.line = name.Line
	}
	o.namespace = known(scalar(field(n, "metadata", "namespace")))
	if strings.Contains(o.name, helmUnknown) {
		return nil
	}
	return []kubeObject{o}
}

// podOf is where the kinds keep their pod.
func podOf(o kubeObject) (pod *yaml.Node, job bool) {
	switch o.kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "DeploymentConfig", "Rollout":
		return field(o.node, "spec", "template"), false
	case "Job":
		return field(o.node, "spec", "template"), true
	case "CronJob":
		return field(o.node, "spec", "jobTemplate", "spec", "template"), true
	case "Pod":
		return o.node, false
	case "Service":
		if strings.HasPrefix(o.apiVersion, "serving.knative.dev/") {
			return field(o.node, "spec", "template"), false
		}
	}
	return nil, false
}

// kubernetes makes Deployments of the workloads, with what the other objects say about them.
func (r *manifestReader) kubernetes(objects []kubeObject) {
	maps := configMaps(r, objects)
	first := len(r.out.Deployments)
	for _, o := range objects {
		pod, job := podOf(o)
		if pod == nil {
			continue
		}
		r.pod(o, pod, job, maps)
	}
	r.patch(objects, first)
	added := r.out.Deployments[first:]
	for _, o := range objects {
		if o.kind == "Service" && !strings.HasPrefix(o.apiVersion, "serving.knative.dev/") {
			for i := range added {
				serviceOf(o, &added[i])
			}
		}
	}
	r.skaffold(objects)
}

// patch lets the patches of kustomizations (files that hold parts of workloads) set the environment of what they patch, in
// the deployments from first on. Where overlays for several environments set different values, none is taken.
func (r *manifestReader) patch(objects []kubeObject, first int) {
	files := map[string]bool{}
	for _, o := range objects {
		if o.kind != "Kustomization" && o.kind != "Component" {
			continue
		}
		patches := list(field(o.node, "patchesStrategicMerge"))
		for _, p := range list(field(o.node, "patches")) {
			patches = append(patches, field(p, "path"))
		}
		for _, p := range patches {
			if name := scalar(p); name != "" && !strings.Contains(name, "\n") {
				files[r.relTo(path.Dir(o.file), name)] = true
			}
		}
	}
	if len(files) == 0 {
		return
	}
	bases := r.out.Deployments[:first:first]
	var patches []Deployment
	for _, d := range r.out.Deployments[first:] {
		if files[d.File] {
			patches = append(patches, d)
		} else {
			bases = append(bases, d)
		}
	}
	values := map[string]map[string]bool{} // workload and variable -> values
	for _, p := range patches {
		for name, v := range p.Env {
			key := p.Name + "\x00" + name
			if values[key] == nil {
				values[key] = map[string]bool{}
			}
			values[key][v.Value] = true
		}
	}
	for _, p := range patches {
		patched := false
		for i := range bases[first:] {
			base := &bases[first+i]
			if base.Name != p.Name {
				continue
			}
			patched = true
			for name, v := range p.Env {
				if len(values[p.Name+"\x00"+name]) == 1 {
					delete(base.Env, name)
					base.addEnv(v)
				}
			}
		}
		if !patched {
			bases = append(bases, p)
		}
	}
	r.out.Deployments = bases
}

// pod makes a Deployment per container. The one named like the workload, or else the first, carries the workload's name; the
// others (sidecars) are workload/container.
func (r *manifestReader) pod(o kubeObject, pod *yaml.Node, job bool, maps map[string]map[string]EnvVar) {
	containers := list(field(pod, "spec", "containers"))
	main := 0
	for i, c := range containers {
		if scalar(field(c, "name")) == o.name {
			main = i
		}
	}
	labels := map[string]string{}
	for _, p := range pairs(field(pod, "metadata", "labels")) {
		labels[p.key] = scalar(p.value)
	}
	for i, c := range containers {
		d := Deployment{Name: o.name, Kind: "kubernetes", File: o.file, Line: o.line, Job: job, namespace: o.namespace}
		if strings.HasPrefix(o.apiVersion, "serving.knative.dev/") {
			d.Kind, d.Hostnames = "knative", []string{o.name}
		}
		d.Image = known(scalar(field(c, "image")))
		d.WorkingDir = scalar(field(c, "workingDir"))
		if i == main {
			d.labels = labels
			d.Hostnames = append(d.Hostnames, scalar(field(pod, "spec", "hostname")), known(scalar(field(pod, "metadata", "annotations", daprAppID))))
		} else {
			d.Name += "/" + scalar(field(c, "name"))
			d.Line = c.Line
			d.Hostnames = nil
		}
		kubeEnv(&d, c, maps)
		get := func(name string) (string, bool) { v, ok := d.Env[name]; return v.Value, ok }
		for _, x := range list(field(c, "command")) {
			d.setsEntrypoint = true
			if s := known(scalar(x)); s != "" {
				d.entrypoint = append(d.entrypoint, expandParens(s, get))
			}
		}
		for _, x := range list(field(c, "args")) {
			if s := known(scalar(x)); s != "" {
				d.cmd = append(d.cmd, expandParens(s, get))
			}
		}
		for _, p := range list(field(c, "ports")) {
			if n, err := strconv.Atoi(scalar(field(p, "containerPort"))); err == nil {
				d.Ports = append(d.Ports, Port{Container: n, Name: scalar(field(p, "name"))})
			}
		}
		for _, m := range list(field(c, "volumeMounts")) {
			d.Volumes = append(d.Volumes, Mount{Host: scalar(field(m, "name")), Container: scalar(field(m, "mountPath")), Named: true})
		}
		r.out.Deployments = append(r.out.Deployments, d)
	}
}

// kubeEnv reads env, which wins, and envFrom, of which the last wins.
func kubeEnv(d *Deployment, c *yaml.Node, maps map[string]map[string]EnvVar) {
	get := func(name string) (string, bool) { v, ok := d.Env[name]; return v.Value, ok }
	for _, e := range list(field(c, "env")) {
		v := EnvVar{Name: scalar(field(e, "name")), File: d.File, Line: e.Line}
		v.Value = expandParens(scalar(field(e, "value")), get)
		from := field(e, "valueFrom")
		switch {
		case strings.Contains(v.Value, helmUnknown):
			v.Value, v.Unresolved = "", "set by a Helm template"
		case field(from, "configMapKeyRef") != nil:
			ref := field(from, "configMapKeyRef")
			name, key := scalar(field(ref, "name")), scalar(field(ref, "key"))
			if known, ok := findMap(maps, d.namespace, name)[key]; ok {
				v.Value, v.File, v.Line, v.Unresolved = known.Value, known.File, known.Line, known.Unresolved
			} else {
				v.Unresolved = "configMap " + name + "/" + key
			}
		case field(from, "secretKeyRef") != nil:
			ref := field(from, "secretKeyRef")
			v.Unresolved = "secret " + path.Join(d.namespace, scalar(field(ref, "name")), scalar(field(ref, "key")))
		case from != nil:
			v.Unresolved = "known when the pod runs"
		}
		if v.Name != "" {
			d.addEnv(v)
		}
	}
	sources := list(field(c, "envFrom"))
	for i := len(sources) - 1; i >= 0; i-- {
		prefix := scalar(field(sources[i], "prefix"))
		vars := findMap(maps, d.namespace, scalar(field(sources[i], "configMapRef", "name")))
		for _, key := range sortedKeys(vars) {
			v := vars[key]
			v.Name = prefix + v.Name
			d.addEnv(v)
		}
	}
}

// configMaps are the values of ConfigMaps and of kustomize's configMapGenerator, by "namespace/name".
func configMaps(r *manifestReader, objects []kubeObject) map[string]map[string]EnvVar {
	out := map[string]map[string]EnvVar{}
	set := func(namespace, name string, v EnvVar) {
		key := namespace + "/" + name
		if out[key] == nil {
			out[key] = map[string]EnvVar{}
		}
		if _, ok := out[key][v.Name]; !ok {
			out[key][v.Name] = v
		}
	}
	for _, o := range objects {
		switch o.kind {
		case "ConfigMap":
			for _, p := range pairs(field(o.node, "data")) {
				v := EnvVar{Name: p.key, Value: scalar(p.value), File: o.file, Line: p.name.Line}
				if strings.Contains(v.Value, helmUnknown) {
					v.Value, v.Unresolved = "", "set by a Helm template"
				}
				set(o.namespace, o.name, v)
			}
		case "Kustomization", "Component":
			namespace := scalar(field(o.node, "namespace"))
			for _, g := range list(field(o.node, "configMapGenerator")) {
				name := scalar(field(g, "name"))
				for _, lit := range list(field(g, "literals")) {
					if k, val, ok := strings.Cut(scalar(lit), "="); ok {
						set(namespace, name, EnvVar{Name: k, Value: unquote(val), File: o.file, Line: lit.Line})
					}
				}
				for _, f := range append(list(field(g, "envs")), list(field(g, "env"))...) {
					vars, _ := r.readDotenv(r.relTo(path.Dir(o.file), scalar(f)))
					for _, key := range sortedKeys(vars) {
						set(namespace, name, vars[key])
					}
				}
			}
		}
	}
	return out
}

// findMap looks a ConfigMap up in the workload's namespace. Which namespace a file without one is applied to is not known,
// so a map without one fits everywhere, and a workload without one takes the only map of that name.
func findMap(maps map[string]map[string]EnvVar, namespace, name string) map[string]EnvVar {
	if name == "" {
		return nil
	}
	if m := maps[namespace+"/"+name]; m != nil {
		return m
	}
	if m := maps["/"+name]; m != nil {
		return m
	}
	var found map[string]EnvVar
	if namespace == "" {
		for _, key := range sortedKeys(maps) {
			if strings.HasSuffix(key, "/"+name) {
				if found != nil {
					return nil
				}
				found = maps[key]
			}
		}
	}
	return found
}

// serviceOf adds the names and ports of a Service whose selector matches.
func serviceOf(o kubeObject, d *Deployment) {
	selector := pairs(field(o.node, "spec", "selector"))
	if len(selector) == 0 || len(d.labels) == 0 || o.namespace != "" && d.namespace != "" && o.namespace != d.namespace {
		return
	}
	for _, p := range selector {
		if d.labels[p.key] != scalar(p.value) {
			return
		}
	}
	namespace := o.namespace
	if namespace == "" {
		namespace = d.namespace
	}
	d.Hostnames = append(d.Hostnames, o.name)
	if namespace != "" {
		d.Hostnames = append(d.Hostnames, o.name+"."+namespace, o.name+"."+namespace+".svc", o.name+"."+namespace+".svc.cluster.local")
	}
	for _, p := range list(field(o.node, "spec", "ports")) {
		port, _ := strconv.Atoi(scalar(field(p, "port")))
		target := scalar(field(p, "targetPort"))
		number, err := strconv.Atoi(target)
		if target == "" {
			number = port
		} else if err != nil {
			number = port
			for _, have := range d.Ports {
				if have.Name == target {
					number = have.Container
				}
			}
		}
		set := false
		for i := range d.Ports {
			if d.Ports[i].Container == number && (d.Ports[i].Published == 0 || d.Ports[i].Published == port) {
				d.Ports[i].Published, set = port, true
				break
			}
		}
		if !set && port > 0 {
			d.Ports = append(d.Ports, Port{Container: number, Published: port, Name: scalar(field(p, "name"))})
		}
	}
}

// expandParens replaces $(NAME) as Kubernetes does in command, args and env; a name that is not known stays.
func expandParens(s string, get func(string) (string, bool)) string {
	if !strings.Contains(s, "$(") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "$(")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, ")")
		if v, ok := get(name); closed && ok {
			b.WriteString(v)
		} else if closed {
			b.WriteString("$(" + name + ")")
		} else {
			b.WriteString("$(" + rest)
			return b.String()
		}
		s = after
	}
}

// imageName is an image without its tag and digest.
func imageName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		image = image[:i]
	}
	return image
}
