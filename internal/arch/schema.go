package arch

import (
	"path"
	"slices"
	"strings"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/sqltext"
)

// This file reads the SQL of the repository for the code's sake: which tables stand behind a stored function or a view, which
// tables the migrations make that a program runs, and what an embedded statement says.

// routine is a stored function, procedure or view, with the file that defines it.
type routine struct {
	sqltext.Routine
	file string
}

// findRoutines reads the definitions of the repository's SQL files.
func (l *linker) findRoutines() {
	l.routines = map[string][]routine{}
	for _, f := range l.in.SQL {
		if text := strings.ToLower(f.Text); !strings.Contains(text, "view") && !strings.Contains(text, "function") && !strings.Contains(text, "procedure") {
			continue // most files define neither, and dumps are long
		}
		for _, r := range sqltext.Routines(f.Text) {
			l.routines[r.Name] = append(l.routines[r.Name], routine{r, f.Path})
		}
	}
}

// routine finds the definition that a process means by a name: the one beside its code, else the only one there is. Later
// migrations replace earlier ones of their folder.
func (p *process) routine(name string) (routine, bool) {
	var found []routine
	all := p.unit.link.routines[name]
	for _, r := range all {
		if slices.Contains(p.unit.link.near(r.file), p.Name) {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		found = all
	}
	if len(found) == 0 || path.Dir(found[0].file) != path.Dir(found[len(found)-1].file) {
		return routine{}, false
	}
	return found[len(found)-1], true
}

const maxViews = 5 // views of views

// tablesBehind puts the tables of views and of called functions in the place of these.
func (p *process) tablesBehind(st *sqltext.Statement, text string) {
	if len(p.unit.link.routines) == 0 {
		return
	}
	for range maxViews {
		var tables []sqltext.Ref
		changed := false
		for _, ref := range st.Tables {
			if r, ok := p.routine(ref.Name); ok && r.View && ref.Op == "read" && len(r.Tables) > 0 {
				tables, changed = append(tables, r.Tables...), true
			} else {
				tables = append(tables, ref)
			}
		}
		st.Tables = uniqueRefs(tables)
		if !changed {
			break
		}
	}
	for _, name := range sqltext.Called(text) {
		if r, ok := p.routine(name); ok && !r.View {
			st.Tables = uniqueRefs(append(st.Tables, r.Tables...))
		}
	}
}

func uniqueRefs(refs []sqltext.Ref) []sqltext.Ref {
	var out []sqltext.Ref
	for _, r := range refs {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// embed reads the SQL files that are embedded as a text.
func (p *program) embed(files []SQLFile) {
	p.embedded = map[string]string{}
	for _, ps := range p.pkgs {
		for _, e := range ps.Embeds {
			if i := slices.IndexFunc(files, func(f SQLFile) bool { return f.Path == e.File }); i >= 0 {
				p.embedded[e.Var] = files[i].Text
				ps.embedded = append(ps.embedded, files[i].Text)
			}
		}
	}
}

// addMigrations makes an effect of each table that migrations define. Their statements stand in texts of the code, or in the
// files of a folder that the program gives to the library that runs them: file://db/migrations, or a folder in an embed.FS.
func (fl *flow) addMigrations(e effect, d *catalog.Data, at site) {
	w := fl.process.w
	known := false
	for _, elem := range w.list(d.SQL.Node, at) {
		for _, t := range w.texts(elem) {
			if t = fl.process.fill(t); t.known() {
				known = true
				fl.addDefinitions(e, t.String(), true)
			}
		}
	}
	for _, elem := range w.list(d.Name.Node, at) {
		for _, t := range w.texts(elem) {
			t = fl.process.fill(t)
			folder := strings.TrimPrefix(t.String(), "file://")
			if folder == "" || !t.known() || strings.Contains(folder, "{") {
				continue
			}
			for _, f := range fl.process.migrations(folder, at) {
				known = true
				if !strings.HasSuffix(f.Path, ".down.sql") {
					fl.addDefinitions(e, f.Text, false)
				}
			}
		}
	}
	if !known {
		fl.unresolved(e, "where the migrations are that "+calledName(at.frame, at.call)+" runs")
	}
}

// addDefinitions makes an effect of each table that the statements of a migration define.
func (fl *flow) addDefinitions(e effect, text string, inCode bool) {
	for _, st := range sqltext.Parse(text) {
		if st.Verb != "create" && st.Verb != "alter" || st.Object == "view" {
			continue
		}
		for _, ref := range st.Tables {
			if ref.Op != "ddl" {
				continue
			}
			i := slices.IndexFunc(fl.effects, func(o *effect) bool { return o.Name == ref.Name && o.Op == "ddl" && o.at == e.at })
			if i < 0 {
				one := e
				one.Name, one.Op, one.Verb = ref.Name, "ddl", st.Verb
				fl.effects = append(fl.effects, &one)
				i = len(fl.effects) - 1
			}
			if inCode { // the keys that files declare are known from the files
				fl.effects[i].defines = append(fl.effects[i].defines, st)
			}
		}
	}
}

// migrations are the SQL files of a folder that is named relative to the working directory or to the package that embeds
// it. Of several folders of that name the one counts that is nearest to the program; none does where that is not clear.
func (p *process) migrations(folder string, at site) []SQLFile {
	folder = strings.Trim(path.Clean(strings.TrimPrefix(folder, "./")), "/")
	for strings.HasPrefix(folder, "../") {
		folder = folder[len("../"):]
	}
	byDir := map[string][]SQLFile{}
	best, dirs := -1, []string(nil)
	for _, f := range p.unit.link.in.SQL {
		dir := path.Dir(f.Path)
		if dir != folder && !strings.HasSuffix(dir, "/"+folder) && folder != "." {
			continue
		}
		if byDir[dir] == nil {
			near := max(sharedSegments(dir, p.Entry), sharedSegments(dir, at.frame.fn.pkg.Dir))
			if folder == "." && dir != at.frame.fn.pkg.Dir {
				continue
			}
			switch {
			case near > best:
				best, dirs = near, []string{dir}
			case near == best:
				dirs = append(dirs, dir)
			}
		}
		byDir[dir] = append(byDir[dir], f)
	}
	if len(dirs) != 1 {
		return nil
	}
	return byDir[dirs[0]]
}

// noteMigrations adds the definition of a table to what its owner does to it: migrations that a tool runs belong to the
// service whose folder they lie in.
func (m *Model) noteMigrations() {
	for _, o := range m.Owners {
		if o.How != "migration" {
			continue
		}
		for i := range m.Data {
			d := &m.Data[i]
			if d.Service != o.Service || d.Name != o.Name || d.Store != o.Store {
				continue
			}
			d.Sites = addPos(d.Sites, effects.Pos{File: o.Site.File, Line: o.Site.Line})
			if !slices.Contains(d.Ops, "ddl") {
				d.Ops = append(d.Ops, "ddl")
				slices.Sort(d.Ops)
			}
		}
	}
}
