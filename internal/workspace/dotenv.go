package workspace

import (
	"path"
	"strings"
)

// readDotenv reads a .env file: NAME=value lines, with "export", quotes and # comments, and ${NAME} of earlier lines.
func (r *manifestReader) readDotenv(file string) (map[string]EnvVar, bool) {
	if vars, ok := r.dotenv[file]; ok {
		return vars, vars != nil
	}
	b, err := r.w.ReadFile(file)
	if err != nil {
		r.dotenv[file] = nil
		return nil, false
	}
	vars := parseDotenv(file, string(b))
	r.dotenv[file] = vars
	return vars, true
}

func parseDotenv(file, text string) map[string]EnvVar {
	vars := map[string]EnvVar{}
	get := func(name string) (string, bool) { v, ok := vars[name]; return v.Value, ok }
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		at := i + 1
		line := strings.TrimSpace(strings.TrimSuffix(lines[i], "\r"))
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(line, "\ufeff"), "export "))
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			name, value, ok = strings.Cut(line, ": ")
		}
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || strings.ContainsAny(name, " \t\"'") {
			continue
		}
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			q := value[0]
			// A quoted value may go on over lines.
			for strings.IndexByte(value[1:], q) < 0 && i+1 < len(lines) && i-at < 100 {
				i++
				value += "\n" + strings.TrimSuffix(lines[i], "\r")
			}
			if end := strings.IndexByte(value[1:], q); end >= 0 {
				value = value[1 : 1+end]
			}
			if q == '"' {
				value = interpolate(strings.ReplaceAll(value, `\n`, "\n"), get)
			}
		} else {
			if c := strings.Index(value, " #"); c >= 0 {
				value = strings.TrimSpace(value[:c])
			} else if strings.HasPrefix(value, "#") {
				value = ""
			}
			value = interpolate(value, get)
		}
		vars[name] = EnvVar{Name: name, Value: value, File: file, Line: at}
	}
	return vars
}

// DotEnv are the variables of the .env files (.env, .env.local, app.env; not examples) that stand in a folder, for programs
// that read the file themselves.
func (w *Workspace) DotEnv(dir string) map[string]EnvVar {
	r := &manifestReader{w: w, out: &Manifests{}, dotenv: map[string]map[string]EnvVar{}}
	out := map[string]EnvVar{}
	for _, f := range w.files {
		base := path.Base(f)
		if path.Dir(f) != dir || !strings.HasPrefix(base, ".env") && path.Ext(base) != ".env" || isExample(base) {
			continue
		}
		vars, _ := r.readDotenv(f)
		for name, v := range vars {
			if _, ok := out[name]; !ok {
				out[name] = v
			}
		}
	}
	return out
}

func isExample(base string) bool {
	for _, s := range []string{"example", "sample", "template", "dist"} {
		if strings.Contains(base, s) {
			return true
		}
	}
	return false
}
