package workspace

import (
	"path"
	"strings"
)

// Dapr's sidecars call each other by application id. It stands in an annotation of a pod, in the command of a sidecar or of
// dapr run, or in a multi-app run file.

// daprAppID is the pod annotation; see https://docs.dapr.io/reference/arguments-annotations-overview.
const daprAppID = "dapr.io/app-id"

// isDapr names multi-app run files (https://docs.dapr.io/developing-applications/local-development/multi-app-dapr-run).
func isDapr(base string) bool { return base == "dapr.yaml" || base == "dapr.yml" }

// dapr reads the applications of a multi-app run file.
func (r *manifestReader) dapr(file string) {
	b, err := r.w.ReadFile(file)
	if err != nil || len(b) > maxManifest {
		return
	}
	docs, err := yamlDocs(b)
	if err != nil {
		r.yamlProblem(file, 0, err)
		return
	}
	for _, doc := range docs {
		for _, app := range list(field(doc, "apps")) {
			dir := r.relTo(path.Dir(file), scalar(field(app, "appDirPath")))
			d := Deployment{Name: scalar(field(app, "appID")), Kind: "dapr", File: file, Line: app.Line, WorkingDir: dir}
			if d.Name == "" {
				d.Name = path.Base(dir) // as dapr does
			}
			d.Hostnames = []string{d.Name}
			for _, word := range list(field(app, "command")) {
				d.cmd = append(d.cmd, scalar(word))
			}
			for _, p := range append(pairs(field(app, "env")), pairs(field(doc, "common", "env"))...) {
				d.addEnv(EnvVar{Name: p.key, Value: scalar(p.value), File: file, Line: p.name.Line})
			}
			d.builds = r.localBuilds(d.cmd, dir)
			r.out.Deployments = append(r.out.Deployments, d)
		}
	}
}

// sidecars gives services the application ids that commands set: their own, through dapr run, or those of a sidecar in their
// network.
func (r *manifestReader) sidecars() {
	for i := range r.out.Deployments {
		d := &r.out.Deployments[i]
		id := appID(append(append([]string(nil), d.entrypoint...), d.cmd...))
		if id == "" {
			continue
		}
		d.Hostnames = append(d.Hostnames, id)
		for k := range r.out.Deployments {
			if app := &r.out.Deployments[k]; d.network != "" && app.File == d.File && app.Name == d.network {
				app.Hostnames = append(app.Hostnames, id)
				d.Hostnames = nil // the id is the application's
			}
		}
	}
}

// appID is the application id in a command line of dapr or daprd.
func appID(command []string) string {
	var list []string
	for _, w := range command {
		list = append(list, strings.Fields(w)...)
	}
	dapr := false
	for i, w := range list {
		switch base := path.Base(w); {
		case base == "dapr" || base == "daprd":
			dapr = true
		case !dapr:
		case strings.HasPrefix(w, "--app-id="), strings.HasPrefix(w, "-app-id="):
			_, id, _ := strings.Cut(w, "=")
			return id
		case (w == "--app-id" || w == "-app-id" || w == "-a") && i+1 < len(list):
			return list[i+1]
		}
	}
	return ""
}
