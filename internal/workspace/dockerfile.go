package workspace

import (
	"regexp"
	"strings"
)

// A dockerfile is a parsed Dockerfile (https://docs.docker.com/reference/dockerfile/).
type dockerfile struct {
	w      *Workspace
	file   string
	args   map[string]string // ARG before the first FROM
	stages []*stage
}

type stage struct {
	name, from string
	steps      []instruction
}

type instruction struct {
	name string // upper case
	text string
	line int
}

// dockerfile reads and keeps a Dockerfile; nil when there is none.
func (r *manifestReader) dockerfile(file string) *dockerfile {
	if df, ok := r.dockerfiles[file]; ok {
		return df
	}
	r.dockerfiles[file] = nil
	b, err := r.w.ReadFile(file)
	if err != nil || len(b) > maxManifest {
		return nil
	}
	df := parseDockerfile(string(b))
	df.w, df.file = r.w, file
	r.dockerfiles[file] = df
	return df
}

// heredoc finds <<EOF, <<-EOF and <<"EOF" in a RUN or COPY.
var heredoc = regexp.MustCompile(`<<-?["']?([A-Za-z_][A-Za-z0-9_]*)["']?`)

func parseDockerfile(text string) *dockerfile {
	df := &dockerfile{args: map[string]string{}}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	escape := "\\"
	for i := 0; i < len(lines); i++ {
		at := i + 1
		line := strings.TrimSpace(lines[i])
		if strings.HasPrefix(line, "#") {
			if d := strings.ReplaceAll(strings.ToLower(line), " ", ""); d == "#escape=`" {
				escape = "`"
			}
			continue
		}
		var b strings.Builder
		for {
			cut, more := strings.CutSuffix(line, escape)
			b.WriteString(cut)
			if !more || i+1 >= len(lines) {
				break
			}
			b.WriteByte(' ')
			// Comments and empty lines within a continued instruction are skipped.
			for i++; i < len(lines); i++ {
				line = strings.TrimSpace(lines[i])
				if line != "" && !strings.HasPrefix(line, "#") {
					break
				}
			}
			if i >= len(lines) {
				break
			}
		}
		name, rest, _ := strings.Cut(strings.TrimSpace(b.String()), " ")
		in := instruction{name: strings.ToUpper(name), text: strings.TrimSpace(rest), line: at}
		if in.name == "RUN" || in.name == "COPY" {
			for _, m := range heredoc.FindAllStringSubmatch(in.text, -1) {
				for i++; i < len(lines) && strings.TrimSpace(lines[i]) != m[1]; i++ {
					in.text += "\n" + lines[i]
				}
			}
		}
		df.take(in)
	}
	return df
}

func (df *dockerfile) take(in instruction) {
	switch {
	case in.name == "FROM":
		st := &stage{}
		var ws []string
		for _, w := range words(in.text) {
			if !strings.HasPrefix(w, "--") {
				ws = append(ws, w)
			}
		}
		if len(ws) > 0 {
			st.from = interpolate(ws[0], df.arg)
		}
		if len(ws) > 2 && strings.EqualFold(ws[1], "as") {
			st.name = ws[2]
		}
		df.stages = append(df.stages, st)
	case len(df.stages) == 0:
		if name, value, ok := strings.Cut(in.text, "="); in.name == "ARG" && ok {
			df.args[strings.TrimSpace(name)] = unquote(value)
		}
	case in.name != "":
		st := df.stages[len(df.stages)-1]
		st.steps = append(st.steps, in)
	}
}

func (df *dockerfile) arg(name string) (string, bool) { v, ok := df.args[name]; return v, ok }

func unquote(s string) string {
	if w := words(s); len(w) > 0 {
		return w[0]
	}
	return ""
}
