package arch

import (
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/catalog"
)

// commandLibrary is a library of subcommands: a tree of structs that hold a name and functions, and a call that runs the
// one that the command line selects.
type commandLibrary struct {
	typ      string   // the command struct
	name     string   // field that begins with the command's name
	run      []string // fields that hold functions which run for the command
	setUp    []string // fields that hold functions which also run for the commands below
	children string   // field that lists subcommands, "" if there is none
	execute  []string // symbols that run the tree, on the root as receiver
	add      string   // symbol that adds its arguments below its receiver, "" if there is none
}

var commandLibraries = [...]commandLibrary{
	{
		typ: "github.com/spf13/cobra.Command", name: "Use",
		run:     []string{"PreRun", "PreRunE", "Run", "RunE", "PostRun", "PostRunE"},
		setUp:   []string{"PersistentPreRun", "PersistentPreRunE", "PersistentPostRun", "PersistentPostRunE"},
		execute: []string{"Execute", "ExecuteC", "ExecuteContext", "ExecuteContextC"},
		add:     "github.com/spf13/cobra.Command.AddCommand",
	},
	{
		typ: "github.com/urfave/cli.Command", name: "Name", run: []string{"Before", "Action", "After"}, children: "Commands",
		execute: []string{"Run"},
	},
	{
		typ: "github.com/urfave/cli.App", name: "Name", run: []string{"Before", "Action", "After"}, children: "Commands",
		execute: []string{"Run", "RunContext", "RunAndExitOnError"},
	},
}

// commandSwitch is the role switch that stands for the subcommand.
var commandSwitch = part{Kind: holeCommand}

// adds reports whether a method adds subcommands.
func (l *commandLibrary) adds(typ, method string) bool {
	of, name := cutMethod(l.add)
	return name == method && of == catalog.Canonical(typ)
}

// runsCommands finds the library whose tree a call runs.
func runsCommands(symbol string) *commandLibrary {
	for i := range commandLibraries {
		l := &commandLibraries[i]
		typ, method := cutMethod(symbol)
		if slices.Contains(l.execute, method) && catalog.Canonical(typ) == l.typ {
			return l
		}
	}
	return nil
}

func cutMethod(symbol string) (typ, method string) {
	if i := strings.LastIndexByte(symbol, '.'); i >= 0 {
		return symbol[:i], symbol[i+1:]
	}
	return symbol, ""
}

// commands enters the functions of the commands that a call may run. In a world that assumes a subcommand, only its.
func (k *walk) commands(at site, l *commandLibrary) {
	for _, root := range k.w.expr(catalog.Recv{}, at) {
		k.command(at, l, root, nil, nil, map[*object]bool{})
	}
}

func (k *walk) command(at site, l *commandLibrary, cmd *object, path []string, setUps []*object, seen map[*object]bool) {
	w := k.w
	if seen[cmd] || cmd.kind != allocObject && cmd.kind != ptrObject {
		return
	}
	seen[cmd] = true
	for _, field := range l.setUp {
		setUps = append(slices.Clone(setUps), w.fieldOf(cmd, field)...)
	}
	children := k.subcommands(l, cmd)
	if runs := w.fieldsOf(cmd, l.run); len(runs) > 0 {
		name := strings.Join(path, " ")
		w.noteSwitch(commandSwitch, name)
		if want, assumed := w.assume[commandSwitch.id()]; !assumed || want == name {
			for _, fn := range append(slices.Clone(setUps), runs...) {
				if fn = unbox(fn); fn.kind == funcObject {
					k.enterCallback(at, fn, nil, nil)
				}
			}
		}
	}
	for _, child := range children {
		name, _, _ := strings.Cut(w.texts(w.fieldOf(child, l.name))[0].String(), " ")
		k.command(at, l, child, append(slices.Clone(path), name), setUps, seen)
	}
}

func (w *world) fieldsOf(o *object, names []string) []*object {
	var out []*object
	for _, name := range names {
		for _, v := range w.fieldOf(o, name) {
			if unbox(v).kind == funcObject {
				out = add(out, one(v))
			}
		}
	}
	return out
}

func (k *walk) subcommands(l *commandLibrary, cmd *object) []*object {
	w := k.w
	var out []*object
	if l.children != "" {
		out = each(w.fieldOf(cmd, l.children), w.elements)
	}
	for _, at := range w.added[cmd] {
		for _, child := range w.expr(catalog.Args{From: 0}, at) {
			out = add(out, one(child))
		}
	}
	return out
}

// noteCommand keeps that a call adds subcommands to a command.
func (w *world) noteCommand(at site, symbol string) {
	typ, method := cutMethod(symbol)
	for i := range commandLibraries {
		if l := &commandLibraries[i]; l.adds(typ, method) {
			for _, cmd := range w.expr(catalog.Recv{}, at) {
				if !slices.Contains(w.added[cmd], at) {
					w.added[cmd] = append(w.added[cmd], at)
				}
			}
		}
	}
}

// runsOrAdds reports whether a library function belongs to a command library, so that walks must not pass it by.
func runsOrAdds(symbol string) bool {
	if runsCommands(symbol) != nil {
		return true
	}
	typ, method := cutMethod(symbol)
	for i := range commandLibraries {
		if commandLibraries[i].adds(typ, method) {
			return true
		}
	}
	return false
}
