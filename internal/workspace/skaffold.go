package workspace

import (
	"path"
	"strings"
)

// skaffold links images to what they are built from (https://skaffold.dev/docs/references/yaml/).
func (r *manifestReader) skaffold(objects []kubeObject) {
	for _, o := range objects {
		if o.kind != "Config" || !strings.HasPrefix(o.apiVersion, "skaffold/") {
			continue
		}
		for _, a := range list(field(o.node, "build", "artifacts")) {
			image, ctx := scalar(field(a, "image")), scalar(field(a, "context"))
			if ctx == "" {
				ctx = "."
			}
			file := scalar(field(a, "docker", "dockerfile"))
			if file == "" {
				file = "Dockerfile"
			}
			if rel := r.relTo(path.Dir(o.file), ctx); rel != "" && image != "" {
				r.built[imageName(image)] = builtImage{context: rel, dockerfile: r.relTo(rel, file)}
			}
		}
	}
}
