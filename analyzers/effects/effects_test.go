package effects

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// TestSummarize summarizes small packages, one per archive in testdata. Its comment says what to look at; want is the
// Summary in a form for readers (see print).
//
// An archive whose comment has a line "# fault: ..." wants what Summarize does not do yet. It is skipped while it fails, and
// fails once it would pass, so that the line goes when the fault does.
func TestSummarize(t *testing.T) {
	for _, file := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := len(a.Files) - 1
			got := print(summarize(t, a.Files[:n]))
			want := string(a.Files[n].Data)
			diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n"))
			if _, fault, ok := strings.Cut(string(a.Comment), "# fault: "); ok {
				if got == want {
					t.Fatalf("%s: the fault is mended: remove the line \"# fault: \"", file)
				}
				t.Skipf("known fault: %s(-want +got)\n%s", fault, diff)
			}
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("(-want +got)\n%s", diff)
			}
			a.Files[n].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// What the linker sees of a Summary from the cache must be what it saw when it was made.
func TestEncodeDecode(t *testing.T) {
	for _, file := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := summarize(t, a.Files[:len(a.Files)-1])
			var b bytes.Buffer
			if err := want.Encode(&b); err != nil {
				t.Fatal(err)
			}
			first := bytes.Clone(b.Bytes())
			got, err := Decode(&b)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("(-want +got)\n%s", cmp.Diff(want, got))
			}
			// A cache key may be taken of the bytes: they are the same each time.
			var again bytes.Buffer
			if err := got.Encode(&again); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first, again.Bytes()) {
				t.Error("two encodings of one Summary differ")
			}
		})
	}
}

func TestDecodeDamaged(t *testing.T) {
	var b bytes.Buffer
	if err := (&Summary{Path: "p", Funcs: []*Func{{ID: "p.f", Values: []Value{{Op: OpConst, Str: "x"}}}}}).Encode(&b); err != nil {
		t.Fatal(err)
	}
	for n := range b.Len() {
		if _, err := Decode(bytes.NewReader(b.Bytes()[:n])); err == nil {
			t.Errorf("%d of %d bytes decode without an error", n, b.Len())
		}
	}
}

// FuzzDecode holds that a damaged cache gives an error, never a panic.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte("not a summary"))
	for _, s := range []*Summary{{}, {Path: "p", Funcs: []*Func{{ID: "p.f", Calls: []Call{{Callee: "fmt.Println", Args: []int32{0}}}}}}} {
		var b bytes.Buffer
		if err := s.Encode(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(bytes.NewReader(data))
		if (s == nil) == (err == nil) {
			t.Errorf("Decode gives %v and %v; it must give one of them", s, err)
		}
	})
}

func TestPos(t *testing.T) {
	for text, want := range map[string]Pos{
		"":           {},
		"a.go":       {File: "a.go"},
		"a.go:3":     {File: "a.go", Line: 3},
		"a.go:3:5":   {File: "a.go", Line: 3, Col: 5},
		"c:/a.go:3":  {File: "c:/a.go", Line: 3},
		"a:b.go:3:5": {File: "a:b.go", Line: 3, Col: 5},
	} {
		var got Pos
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("UnmarshalText(%q) = %v, %v, want %v", text, got, err, want)
		}
		if text != "" && got.String() != text {
			if got.Line > 0 || got.String() != text+":0" {
				t.Errorf("%q is printed as %q", text, got)
			}
		}
	}
	order := []Pos{{}, {"a.go", 1, 1}, {"a.go", 1, 2}, {"a.go", 2, 1}, {"b.go", 1, 1}}
	for i, p := range order {
		for j, q := range order {
			if got := p.Compare(q); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%v.Compare(%v) = %d", p, q, got)
			}
		}
	}
}

func archives(t *testing.T) []string {
	t.Helper()
	out, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(out) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	return out
}

// std type-checks imports from source, once for all tests.
var std = sync.OnceValue(func() types.Importer { return importer.ForCompiler(token.NewFileSet(), "source", nil) })

// summarize is the Summary of a package p in the given files.
func summarize(t *testing.T, files []txtar.File) *Summary {
	t.Helper()
	fset := token.NewFileSet()
	var syntax []*ast.File
	for _, f := range files {
		parsed, err := parser.ParseFile(fset, f.Name, f.Data, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		syntax = append(syntax, parsed)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: std()}, fset, types.NewPackage("p", ""), syntax, ssa.BuilderMode(0))
	if err != nil {
		t.Fatal(err)
	}
	s := Summarize(Input{Path: "p", Dir: "p", Fset: fset, Files: syntax, SSA: pkg, Rel: func(file string) string { return file }})
	known := map[string]bool{}
	for _, fn := range s.Funcs {
		if known[fn.ID] {
			t.Errorf("two functions have the ID %s", fn.ID)
		}
		known[fn.ID] = true
	}
	return s
}

// print writes a Summary for readers. Values are written out where they are used:
//
//	"x" 3 nil    constants               name      a parameter; ^name a captured variable
//	&p.V         a package variable      T#1       a variable or literal that is made here, its address
//	x.f &x.f     field, its address      x[i] &x[i] element, its address
//	*x           what x points to        elem(x) key(x)  what a range or a receive gives
//	f#2          result of call 2        f#2.1     its result 1
//	[a, b]       a list                  b3:x|b4:y a phi: x when the control comes from block 3
//	func f, closure f{captured}, x.M as func      function values
//
// Functions without blocks to speak of have one line per call, store and return; others say first where control goes.
func print(s *Summary) string {
	var b strings.Builder
	for _, d := range s.Directives {
		fmt.Fprintf(&b, "directive %s: lines %d to %d, in %s: %s\n", d.Pos, d.First, d.Last, d.Scope, d.Text)
	}
	for _, e := range s.Embeds {
		fmt.Fprintf(&b, "embed %s: %s\n", e.Var, e.File)
	}
	for _, t := range s.Types {
		fmt.Fprintf(&b, "type %s %s", t.ID, t.Kind)
		for _, f := range t.Fields {
			fmt.Fprintf(&b, "; %s %s", f.Name, f.Type)
			if f.Embedded {
				b.WriteString(" embedded")
			}
			if f.Tag != "" {
				b.WriteString(" " + strconv.Quote(f.Tag))
			}
		}
		b.WriteString("\n")
		for _, m := range t.Methods {
			fmt.Fprintf(&b, "  method %s%s = %s", m.Name, m.Sig, m.Func)
			if len(m.Path) > 0 {
				b.WriteString(" through " + strings.Join(m.Path, "."))
			}
			if m.Iface != "" {
				b.WriteString(" of the interface " + m.Iface)
			}
			b.WriteString("\n")
		}
	}
	for _, i := range s.Ifaces {
		fmt.Fprintf(&b, "interface %s\n", i.ID)
		for _, m := range i.Methods {
			fmt.Fprintf(&b, "  method %s%s\n", m.Name, m.Sig)
		}
	}
	for _, f := range s.Funcs {
		if f.ID != "p.init" || len(f.Stores) > 1 { // more than the guard that makes it run once
			printer{&b, f}.function()
		}
	}
	return b.String()
}

type printer struct {
	*strings.Builder
	f *Func
}

func (p printer) function() {
	f := p.f
	var params []string
	for _, param := range f.Params {
		params = append(params, strings.TrimSpace(param.Name+" "+param.Type))
	}
	fmt.Fprintf(p, "func %s(%s)", f.ID, strings.Join(params, ", "))
	for _, flag := range []struct {
		is   bool
		name string
	}{{f.Method, "method"}, {f.Variadic, "variadic"}, {f.Yield, "yield"}, {f.Generated, "generated"}} {
		if flag.is {
			p.WriteString(" " + flag.name)
		}
	}
	p.WriteString("\n")
	for i, b := range f.Blocks {
		if len(f.Blocks) == 1 {
			break
		}
		fmt.Fprintf(p, "  block %d", i)
		if b.Idom >= 0 {
			fmt.Fprintf(p, " under %d", b.Idom)
		}
		if b.Loop > 0 {
			fmt.Fprintf(p, " loop %d", b.Loop)
		} else if b.Cycle {
			p.WriteString(" cycle")
		}
		if b.Cond >= 0 {
			fmt.Fprintf(p, ": if %s", p.value(b.Cond, nil))
		}
		for n, s := range b.Succs {
			fmt.Fprintf(p, "%s%d", map[bool]string{true: " -> ", false: ", "}[n == 0], s)
		}
		p.WriteString("\n")
	}
	block := func(b int32) string {
		if len(f.Blocks) == 1 {
			return ""
		}
		return fmt.Sprintf("b%d ", b)
	}
	for i, c := range f.Calls {
		fmt.Fprintf(p, "  %scall#%d %d:%d %s", block(c.Block), i, c.Pos.Line, c.Pos.Col, p.callee(&c))
		if len(c.Types) > 0 {
			fmt.Fprintf(p, "[%s]", strings.Join(c.Types, ", "))
		}
		p.WriteString(p.list(c.Args, nil, "(", ")"))
		for _, flag := range []struct {
			is   bool
			name string
		}{{c.Go, "go"}, {c.Defer, "defer"}, {c.Recv, "receiver"}, {c.Ctx >= 0, "ctx=" + strconv.Itoa(int(c.Ctx))}} {
			if flag.is {
				p.WriteString(" " + flag.name)
			}
		}
		p.WriteString("\n")
	}
	for _, s := range f.Stores {
		fmt.Fprintf(p, "  %sstore %s = %s\n", block(s.Block), p.value(s.Addr, nil), p.value(s.Val, nil))
	}
	received := map[string]bool{}
	for i := range f.Values {
		v := &f.Values[i]
		if v.Op != OpElem || !strings.HasPrefix(f.Values[v.Args[0]].Type, "chan ") {
			continue
		}
		if from := p.value(int32(i), nil); !received[from] {
			received[from] = true
			fmt.Fprintf(p, "  receive %s\n", from)
		}
	}
	for _, r := range f.Returns {
		if len(r.Vals) > 0 {
			fmt.Fprintf(p, "  %sreturn %s\n", block(r.Block), p.list(r.Vals, nil, "", ""))
		}
	}
}

func (p printer) callee(c *Call) string {
	switch {
	case c.Iface != "":
		return c.Iface + "→" + c.Method
	case c.Callee != "":
		return c.Callee
	}
	return "<" + p.value(c.Func, nil) + ">"
}

func (p printer) list(vs []int32, path []int32, left, right string) string {
	var out []string
	for _, v := range vs {
		out = append(out, p.value(v, path))
	}
	return left + strings.Join(out, ", ") + right
}

// value writes a Value out; path holds the values around it, because phis refer to themselves.
func (p printer) value(i int32, path []int32) string {
	v := &p.f.Values[i]
	for _, outer := range path {
		if outer == i {
			return "…"
		}
	}
	path = append(path[:len(path):len(path)], i)
	arg := func(n int) string { return p.value(v.Args[n], path) }
	switch v.Op {
	case OpConst:
		if v.Type == "string" || v.Type == "untyped string" {
			return strconv.Quote(v.Str)
		}
		return v.Str
	case OpParam:
		return p.f.Params[v.N].Name
	case OpFree:
		return "^" + p.f.Free[v.N]
	case OpGlobal:
		return "&" + v.Str
	case OpFunc:
		return "func " + v.Str
	case OpClosure:
		return "closure " + v.Str + p.list(v.Args, path, "{", "}")
	case OpBound:
		return arg(0) + "." + v.Str + " as func"
	case OpAlloc, OpMake:
		n := 0
		for _, other := range p.f.Values[:i+1] {
			if other.Op == v.Op {
				n++
			}
		}
		if v.Op == OpMake {
			return fmt.Sprintf("make(%s)#%d", v.Type, n)
		}
		return fmt.Sprintf("%s#%d", v.Type, n)
	case OpField:
		return arg(0) + "." + v.Str
	case OpFieldPtr:
		return "&" + arg(0) + "." + v.Str
	case OpIndex:
		return arg(0) + "[" + arg(1) + "]"
	case OpIndexPtr:
		if len(v.Args) == 1 {
			return "&" + arg(0) + "[]"
		}
		return "&" + arg(0) + "[" + arg(1) + "]"
	case OpElem:
		return "elem(" + arg(0) + ")"
	case OpKey:
		return "key(" + arg(0) + ")"
	case OpLoad:
		return "*" + arg(0)
	case OpPhi:
		var out []string
		for n := range v.Args {
			out = append(out, fmt.Sprintf("b%d:%s", v.Blocks[n], arg(n)))
		}
		return "(" + strings.Join(out, "|") + ")"
	case OpCall:
		if v.N > 0 {
			return fmt.Sprintf("call#%d.%d", v.Args[0], v.N)
		}
		return fmt.Sprintf("call#%d", v.Args[0])
	case OpBinary:
		return "(" + arg(0) + " " + v.Str + " " + arg(1) + ")"
	case OpNot:
		return "!" + arg(0)
	case OpConvert:
		return v.Type + "(" + arg(0) + ")"
	case OpIface:
		return "iface[" + v.Type + "](" + arg(0) + ")"
	case OpAssert:
		return arg(0) + ".(" + v.Type + ")"
	case OpList:
		return p.list(v.Args, path, "[", "]")
	case OpAppend, OpBuiltin:
		return v.Str + p.list(v.Args, path, "(", ")")
	}
	return "?"
}
