package pipeline

import (
	"fmt"
	"path"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/workspace"
)

// maxConfig is the size in bytes above which a file is data, not configuration.
const maxConfig = 256 << 10

// configFiles reads the YAML, JSON and TOML files that services may read their configuration from. Manifests have been read for
// what they say already, and a file that does not parse is somebody else's format: neither is a problem here.
func configFiles(w *workspace.Workspace) []arch.ConfigFile {
	var out []arch.ConfigFile
	for _, f := range w.Files() {
		switch strings.ToLower(path.Ext(f)) {
		case ".yaml", ".yml", ".json", ".toml":
		default:
			continue
		}
		if strings.Contains(path.Base(f), "compose") || strings.HasPrefix(path.Base(f), "package") || strings.HasPrefix(path.Base(f), ".svclint") {
			continue
		}
		text, err := w.ReadFile(f)
		if err != nil || len(text) > maxConfig {
			continue
		}
		var root map[string]any
		read := yaml.Unmarshal
		if strings.EqualFold(path.Ext(f), ".toml") {
			read = toml.Unmarshal
		}
		if read(text, &root) != nil || root["apiVersion"] != nil || root["swagger"] != nil || root["openapi"] != nil || isPostman(root) {
			continue
		}
		out = append(out, arch.ConfigFile{Path: f, Root: plain(root, 0)})
	}
	return out
}

// isPostman recognizes a collection of requests, and the variables of one, as https://schema.getpostman.com describes them.
func isPostman(root map[string]any) bool {
	info, _ := root["info"].(map[string]any)
	return info["_postman_id"] != nil || root["_postman_variable_scope"] != nil || root["_postman_exported_at"] != nil
}

// plain turns what the YAML library gives into maps by string, lists and strings.
func plain(v any, depth int) any {
	if depth > 20 {
		return nil
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = plain(e, depth+1)
		}
		return out
	case map[any]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[fmt.Sprint(k)] = plain(e, depth+1)
		}
		return out
	case []map[string]any: // an array of tables, in TOML
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(e, depth+1)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(e, depth+1)
		}
		return out
	case nil:
		return nil
	}
	return fmt.Sprint(v)
}

// dotEnv reads the .env files beside main packages and at the top of their modules: what the programs load when nothing
// else sets a variable.
func dotEnv(w *workspace.Workspace, mains []string) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, dir := range mains {
		out[dir] = map[string]string{}
		for _, from := range append([]string{dir}, modulesAbove(w, dir)...) {
			for name, v := range w.DotEnv(from) {
				if _, ok := out[dir][name]; !ok && v.Value != "" {
					out[dir][name] = v.Value
				}
			}
		}
	}
	return out
}

// modulesAbove lists the folders of the modules that hold a directory.
func modulesAbove(w *workspace.Workspace, dir string) []string {
	var out []string
	for _, u := range w.Units() {
		for _, m := range u.Modules {
			if m.Dir == "." || dir == m.Dir || strings.HasPrefix(dir, m.Dir+"/") {
				out = append(out, m.Dir)
			}
		}
	}
	return out
}
