package workspace

import (
	"encoding/json"
	"path"
	"strconv"
	"strings"
)

// image is the state of an image while its stage is followed.
type image struct {
	env        map[string]EnvVar
	vars       map[string]string // ARG and ENV
	workdir    string
	entrypoint []string
	cmd        []string
	ports      []int
	copies     []copied
	builds     []goBuild
	renames    map[string]string // COPY --from: file in this image -> file in the stage it comes from
}

// copied maps a path in the image to one relative to the repository root.
type copied struct{ to, from string }

// completes fills a deployment with what its image says and the manifest does not override.
func (df *dockerfile) completes(d *Deployment) {
	im := df.build(d.BuildTarget, d.BuildContext, d.BuildArgs)
	if im == nil {
		return
	}
	switch {
	case !d.setsEntrypoint && len(d.cmd) > 0:
		d.Command = append(append([]string(nil), im.entrypoint...), d.cmd...)
	case !d.setsEntrypoint:
		d.Command = append(append([]string(nil), im.entrypoint...), im.cmd...)
	}
	if d.WorkingDir == "" {
		d.WorkingDir = im.workdir
	} else if !path.IsAbs(d.WorkingDir) {
		d.WorkingDir = path.Join("/", im.workdir, d.WorkingDir)
	}
	for _, name := range sortedKeys(im.env) {
		d.addEnv(im.env[name])
	}
	if len(d.Ports) == 0 {
		for _, p := range im.ports {
			d.Ports = append(d.Ports, Port{Container: p})
		}
	}
	d.builds = append(d.builds, im.builds...)
	d.renames = im.renames
	d.copies = append(d.copies, im.copies...)
}

// build follows the stages up to target ("" is the last); nil when there is no such stage.
func (df *dockerfile) build(target, context string, args map[string]string) *image {
	last := -1
	for i, st := range df.stages {
		if target == "" || strings.EqualFold(st.name, target) || strconv.Itoa(i) == target {
			last = i
		}
	}
	if last < 0 {
		return nil
	}
	done := map[string]*image{}
	var im *image
	for i := 0; i <= last; i++ {
		st := df.stages[i]
		base := done[strings.ToLower(st.from)]
		im = df.follow(st, base, done, context, args)
		done[strconv.Itoa(i)] = im
		if st.name != "" {
			done[strings.ToLower(st.name)] = im
		}
	}
	return im
}

func (df *dockerfile) follow(st *stage, base *image, done map[string]*image, context string, args map[string]string) *image {
	im := &image{env: map[string]EnvVar{}, vars: map[string]string{}, workdir: "/", renames: map[string]string{}}
	if base != nil {
		for k, v := range base.env {
			im.env[k] = v
		}
		for k, v := range base.vars {
			im.vars[k] = v
		}
		for k, v := range base.renames {
			im.renames[k] = v
		}
		im.workdir, im.entrypoint, im.cmd = base.workdir, base.entrypoint, base.cmd
		im.copies = append(im.copies, base.copies...)
		im.builds = append(im.builds, base.builds...)
	}
	get := func(name string) (string, bool) { v, ok := im.vars[name]; return v, ok }
	for _, in := range st.steps {
		switch in.name {
		case "ARG":
			for _, a := range words(in.text) {
				name, value, _ := strings.Cut(a, "=")
				value = interpolate(value, get)
				if v, ok := df.args[name]; ok && value == "" {
					value = v
				}
				if v, ok := args[name]; ok {
					value = v
				}
				im.vars[name] = value
			}
		case "ENV":
			for name, value := range envPairs(in.text) {
				value = interpolate(value, get)
				im.env[name] = EnvVar{Name: name, Value: value, File: df.file, Line: in.line}
				im.vars[name] = value
			}
		case "WORKDIR":
			im.workdir = resolvePath(im.workdir, interpolate(unquote(in.text), get))
		case "ENTRYPOINT":
			// A new entrypoint resets the command of the base image.
			im.entrypoint, im.cmd = execForm(interpolate(in.text, get)), nil
		case "CMD":
			im.cmd = execForm(interpolate(in.text, get))
		case "EXPOSE":
			for _, p := range words(interpolate(in.text, get)) {
				p, _, _ = strings.Cut(p, "/")
				if n, err := strconv.Atoi(p); err == nil {
					im.ports = append(im.ports, n)
				}
			}
		case "COPY", "ADD":
			df.copy(im, done, context, interpolate(in.text, get))
		case "RUN":
			df.run(im, context, interpolate(in.text, get))
		}
	}
	return im
}

// envPairs reads ENV a=b c="d e", and the old form ENV a b c.
func envPairs(text string) map[string]string {
	out := map[string]string{}
	name, rest, _ := strings.Cut(text, " ")
	if !strings.Contains(name, "=") {
		out[name] = strings.TrimSpace(rest)
		return out
	}
	for _, w := range words(text) {
		if name, value, ok := strings.Cut(w, "="); ok {
			out[name] = value
		}
	}
	return out
}

// execForm reads ["a", "b"], or a shell form, which is split into words.
func execForm(text string) []string {
	if strings.HasPrefix(text, "[") {
		var list []string
		if json.Unmarshal([]byte(text), &list) == nil {
			return list
		}
	}
	return words(text)
}

func resolvePath(dir, p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join("/", dir, p)
}

func (df *dockerfile) copy(im *image, done map[string]*image, context, text string) {
	from := ""
	var ws []string
	text, _, _ = strings.Cut(text, "\n")
	list := words(text)
	if i := strings.Index(text, "["); i >= 0 && strings.HasSuffix(text, "]") {
		list = append(words(text[:i]), execForm(text[i:])...)
	}
	for _, w := range list {
		if f, ok := strings.CutPrefix(w, "--from="); ok {
			from = strings.ToLower(f)
		} else if !strings.HasPrefix(w, "--") {
			ws = append(ws, w)
		}
	}
	if len(ws) < 2 {
		return
	}
	dst := ws[len(ws)-1]
	to := resolvePath(im.workdir, dst)
	intoDir := strings.HasSuffix(dst, "/") || dst == "." || len(ws) > 2
	for _, src := range ws[:len(ws)-1] {
		if from == "" {
			rel := path.Join(context, path.Clean("/" + src)[1:])
			im.copies = append(im.copies, copied{to: to, from: rel})
			continue
		}
		if other := done[from]; other != nil {
			src = resolvePath("/", src)
			file := to
			if intoDir {
				file = path.Join(to, path.Base(src))
			}
			im.renames[file] = src
			for k, v := range other.renames {
				if _, ok := im.renames[k]; !ok {
					im.renames[k] = v
				}
			}
			// What the other stage copied or built there comes along.
			for _, c := range other.copies {
				if rest, ok := below(src, c.to); ok {
					im.copies = append(im.copies, copied{to: path.Join(to, rest), from: c.from})
				} else if rest, ok := below(c.to, src); ok && df.w.isDir(path.Join(c.from, rest)) {
					im.copies = append(im.copies, copied{to: to, from: path.Join(c.from, rest)})
				}
			}
			im.builds = append(im.builds, other.builds...)
		}
	}
}

// below says whether p is dir or under it, and the rest.
func below(dir, p string) (string, bool) {
	if p == dir {
		return "", true
	}
	if dir == "/" {
		return strings.TrimPrefix(p, "/"), true
	}
	return strings.CutPrefix(p, dir+"/")
}

// run looks for go builds. A --mount=type=bind counts as a copy for this step.
func (df *dockerfile) run(im *image, context, text string) {
	copies := im.copies
	list := words(text)
	if strings.HasPrefix(text, "[") {
		list = execForm(text)
	}
	for len(list) > 0 && strings.HasPrefix(list[0], "--") {
		if m, ok := strings.CutPrefix(list[0], "--mount="); ok && strings.Contains(m, "type=bind") && !strings.Contains(m, "from=") {
			src, dst := "", ""
			for _, kv := range strings.Split(m, ",") {
				k, v, _ := strings.Cut(kv, "=")
				switch k {
				case "source", "src":
					src = v
				case "target", "dst", "destination":
					dst = v
				}
			}
			copies = append(copies[:len(copies):len(copies)], copied{to: resolvePath(im.workdir, dst), from: path.Join(context, src)})
		}
		list = list[1:]
	}
	for _, b := range goBuilds(list, im.workdir) {
		im.builds = append(im.builds, b.mapped(df.w, func(p string) (string, bool) {
			return df.w.mapped(copies, im.workdir, context, p)
		}))
	}
}

// mapped turns a path in an image into one of the repository, by the copy with the longest target.
func (w *Workspace) mapped(copies []copied, workdir, context, p string) (string, bool) {
	best, found, length := "", false, -1
	for _, c := range copies {
		if rest, ok := below(c.to, p); ok && len(c.to) >= length {
			if rel := path.Join(c.from, rest); w.isDir(rel) {
				best, found, length = rel, true, len(c.to)
			}
		}
	}
	if found {
		return best, true
	}
	// Mounted, fetched or copied in a way that is not understood: take the working folder for the context.
	if rest, ok := below(workdir, p); ok && context != "" && len(copies) == 0 && w.isDir(path.Join(context, rest)) {
		return path.Join(context, rest), true
	}
	return "", false
}
