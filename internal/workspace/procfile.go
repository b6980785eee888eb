package workspace

import (
	"path"
	"regexp"
	"strings"
)

// procfileLine is "name: command" (https://devcenter.heroku.com/articles/procfile#procfile-format).
var procfileLine = regexp.MustCompile(`^([A-Za-z0-9_-]+):\s*(\S.*)$`)

// procfile reads a Procfile, as foreman, goreman and Heroku do.
func (r *manifestReader) procfile(file string) {
	b, err := r.w.ReadFile(file)
	if err != nil {
		r.problem(file, 0, "cannot be read: "+reason(err), "make it readable")
		return
	}
	env, _ := r.readDotenv(joinRel(path.Dir(file), ".env"))
	for i, line := range strings.Split(string(b), "\n") {
		m := procfileLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		d := Deployment{Name: m[1], Kind: "procfile", File: file, Line: i + 1, WorkingDir: path.Dir(file), Hostnames: []string{m[1]}}
		d.cmd = words(m[2])
		// Leading NAME=value words set the environment.
		for len(d.cmd) > 0 {
			name, value, ok := strings.Cut(d.cmd[0], "=")
			if !ok || name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
				break
			}
			d.addEnv(EnvVar{Name: name, Value: value, File: file, Line: i + 1})
			d.cmd = d.cmd[1:]
		}
		for _, key := range sortedKeys(env) {
			d.addEnv(env[key])
		}
		d.builds = r.localBuilds(d.cmd, path.Dir(file))
		r.out.Deployments = append(r.out.Deployments, d)
	}
}

// localBuilds finds the go commands of a command line that runs in a folder of the repository.
func (r *manifestReader) localBuilds(list []string, dir string) []goBuild {
	var out []goBuild
	for _, b := range goBuilds(list, "/"+dir) {
		out = append(out, b.mapped(r.w, func(p string) (string, bool) {
			rel := path.Clean(strings.TrimPrefix(p, "/"))
			return rel, r.w.isDir(rel)
		}))
	}
	return out
}

// modd reads the blocks of a modd.conf (https://github.com/cortesi/modd) that have a daemon: each runs a service, named
// after its binary.
func (r *manifestReader) modd(file string) {
	b, err := r.w.ReadFile(file)
	if err != nil {
		return
	}
	dir := path.Dir(file)
	var builds []goBuild
	for i, line := range strings.Split(string(b), "\n") {
		t := strings.TrimSpace(line)
		name, rest, _ := strings.Cut(t, ":")
		switch verb, _, _ := strings.Cut(name, " "); {
		case strings.HasSuffix(t, "{"):
			builds = nil
		case verb == "prep":
			builds = append(builds, r.localBuilds(words(rest), dir)...)
		case verb == "daemon":
			cmd := words(rest)
			if len(cmd) == 0 {
				continue
			}
			d := Deployment{Name: path.Base(cmd[0]), Kind: "modd", File: file, Line: i + 1, WorkingDir: dir, cmd: cmd}
			d.builds = append(append([]goBuild(nil), builds...), r.localBuilds(cmd, dir)...)
			r.out.Deployments = append(r.out.Deployments, d)
		}
	}
}
