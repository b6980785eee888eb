package protostub

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/emicklei/proto"
)

// A File is a .proto file. Of one with syntax errors only GoPackage is known.
type File struct {
	Path      string   // as given to Parse
	Package   string   // of protobuf; "" when it has none
	GoPackage string   // the option, as written: "import/path", "import/path;name", "./folder"
	Imports   []string // the public ones too
	Err       error    // the first syntax error, of type *SyntaxError

	explicit bool // fields without a label tell whether they are set: proto2, and editions from 2023
	tops     []proto.Visitee
}

// A SyntaxError says where a .proto file cannot be read.
type SyntaxError struct {
	Line int // 0 when not known
	Msg  string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// The parser's messages start with "<input>:line:column: ".
var position = regexp.MustCompile(`^[^:]*:(\d+):\d+:? *`)

var goPackageOption = regexp.MustCompile(`(?m)^\s*option\s+go_package\s*=\s*["']([^"']+)["']`)

// Parse reads a .proto file. It never fails: File.Err says what is wrong.
func Parse(file string, src []byte) *File {
	f := &File{Path: file}
	def, err := parse(src)
	if err != nil {
		f.Err = err
		if m := goPackageOption.FindSubmatch(src); m != nil {
			f.GoPackage = string(m[1])
		}
		return f
	}
	f.explicit = true // without a syntax line it is proto2
	for _, e := range def.Elements {
		switch e := e.(type) {
		case *proto.Syntax:
			f.explicit = e.Value != "proto3"
		case *proto.Package:
			f.Package = e.Name
		case *proto.Import:
			f.Imports = append(f.Imports, e.Filename)
		case *proto.Option:
			switch e.Name {
			case "go_package":
				f.GoPackage = e.Constant.Source
			case "features.field_presence":
				f.explicit = e.Constant.Source != "IMPLICIT"
			}
		case *proto.Message, *proto.Enum, *proto.Service:
			f.tops = append(f.tops, e)
		}
	}
	return f
}

func parse(src []byte) (def *proto.Proto, err error) {
	text := &endless{src: src}
	defer func() {
		if r := recover(); r != nil {
			err = &SyntaxError{Line: text.end(), Msg: "unexpected end of file"}
			if e, ok := r.(error); !ok || !errors.Is(e, errEndless) {
				err = &SyntaxError{Msg: fmt.Sprint(r)}
			}
		}
	}()
	def, err = proto.NewParser(text).Parse()
	if err == nil {
		return def, nil
	}
	bad := &SyntaxError{Msg: err.Error()}
	if m := position.FindStringSubmatch(bad.Msg); m != nil {
		bad.Line, _ = strconv.Atoi(m[1])
		bad.Msg = strings.TrimSpace(strings.TrimPrefix(bad.Msg, m[0]))
	}
	switch {
	case bad.Line == text.end()+1 && def != nil:
		return def, nil // the first brace behind the end
	case bad.Line > text.end():
		bad.Line, bad.Msg = text.end(), "unexpected end of file"
	}
	return nil, bad
}

// endless is a text with many closing braces behind it, each on a line of its own, at whose end reading panics. The parser
// does not look for the end of the file everywhere: in a method that is not closed it waits for a brace for ever. At the
// top level a brace is an error, so a good file has exactly that one, on the line behind its end.
type endless struct {
	src  []byte
	read int // of src; beyond its length when the braces were given
}

var errEndless = errors.New("read beyond the end")

func (e *endless) Read(p []byte) (int, error) {
	switch {
	case e.read < len(e.src):
		n := copy(p, e.src[e.read:])
		e.read += n
		return n, nil
	case e.read == len(e.src):
		e.read++
		return copy(p, strings.Repeat("\n}", 64)), nil
	}
	panic(errEndless)
}

// end is the last line of the text.
func (e *endless) end() int { return bytes.Count(e.src, []byte("\n")) + 1 }

// Dir is the folder of the file.
func (f *File) Dir() string { return path.Dir(f.Path) }

// GoPath is the import path that the go_package option gives; it may be a relative folder such as "./pb". "" without the
// option, or where that only gives a name.
func (f *File) GoPath() string {
	p, _, named := strings.Cut(f.GoPackage, ";")
	if !named && !strings.ContainsAny(p, "/.") {
		return p // protoc-gen-go before 1.20 took it for a name, later ones for a path; both end in the folder of that name
	}
	return p
}

// GoName is the name of the Go package: what the go_package option says, else what protoc-gen-go makes of its path, else
// of the protobuf package.
func (f *File) GoName() string {
	p, name, named := strings.Cut(f.GoPackage, ";")
	switch {
	case named && name != "":
		return goPackageName(name)
	case strings.Trim(p, "./") != "":
		return goPackageName(path.Base(p))
	case f.Package != "":
		return goPackageName(f.Package)
	}
	return goPackageName(strings.TrimSuffix(path.Base(f.Path), ".proto"))
}

// Empty says whether there is nothing in the file to make stubs of.
func (f *File) Empty() bool { return len(f.tops) == 0 }
