package fix

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"github.com/svclint/svclint/internal/finding"
)

const (
	httpPackage = "net/http"
	grpcPackage = "google.golang.org/grpc"
	otelhttp    = "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	otelgrpc    = "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
)

// instrumentServer mends a server that is made, or begins to serve, at the place of the finding.
func instrumentServer(file *File, f *finding.Finding) *Fix {
	name := "server"
	if len(f.Services) == 1 {
		name = f.Services[0]
	}
	nodes := file.path(func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		return ok && file.isAt(call, f.Pos) && file.servesBy(call) != ""
	})
	if nodes == nil {
		if nodes = file.path(func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			return ok && file.literalIsAt(lit, f.Pos) && file.isLiteral(lit, httpPackage, "Server")
		}); nodes == nil {
			return nil
		}
		return file.wrapHandlerOf(nodes[len(nodes)-1].(*ast.CompositeLit), name)
	}
	call := nodes[len(nodes)-1].(*ast.CallExpr)
	switch file.servesBy(call) {
	case "grpc":
		pkg, _ := call.Fun.(*ast.SelectorExpr).X.(*ast.Ident)
		return file.addOption(call, pkg.Name+".StatsHandler(%s.NewServerHandler())", "give the server the OpenTelemetry stats handler")
	case "http":
		return file.wrapHandler(call.Args[len(call.Args)-1], name)
	}
	return file.wrapHandlerOf(file.literalOf(call, nodes), name)
}

// servesBy says how a call makes or starts a server: grpc for grpc.NewServer, http for a function whose last argument is
// the handler, method for a method of an http.Server, "" for anything else.
func (f *File) servesBy(call *ast.CallExpr) string {
	switch p, name := f.callee(call); {
	case p == grpcPackage && name == "NewServer":
		return "grpc"
	case p == httpPackage && len(call.Args) > 0 && !call.Ellipsis.IsValid():
		switch name {
		case "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
			return "http"
		}
	case p == "":
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		switch sel.Sel.Name {
		case "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
			return "method"
		}
	}
	return ""
}

// literalOf is the http.Server literal that the receiver of a call was defined by in the same function, nil when it was
// not, or is assigned again.
func (f *File) literalOf(call *ast.CallExpr, nodes []ast.Node) *ast.CompositeLit {
	recv, ok := call.Fun.(*ast.SelectorExpr).X.(*ast.Ident)
	if !ok {
		return nil
	}
	var decl *ast.FuncDecl
	for _, n := range nodes {
		if fn, ok := n.(*ast.FuncDecl); ok {
			decl = fn
		}
	}
	if decl == nil {
		return nil
	}
	var found *ast.CompositeLit
	definitions := 0
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Name == recv.Name {
					definitions++
					if len(n.Rhs) == len(n.Lhs) {
						found = f.serverLiteral(n.Rhs[i])
					}
				}
				// A handler that is set later would replace the wrapped one.
				if sel, ok := l.(*ast.SelectorExpr); ok && sel.Sel.Name == "Handler" {
					if id, ok := sel.X.(*ast.Ident); ok && id.Name == recv.Name {
						definitions++
					}
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if id.Name == recv.Name {
					definitions++
					if i < len(n.Values) {
						found = f.serverLiteral(n.Values[i])
					}
				}
			}
		case *ast.Field:
			for _, id := range n.Names {
				if id.Name == recv.Name {
					definitions++
				}
			}
		}
		return true
	})
	if definitions != 1 {
		return nil
	}
	return found
}

func (f *File) serverLiteral(e ast.Expr) *ast.CompositeLit {
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	if lit, ok := e.(*ast.CompositeLit); ok && f.isLiteral(lit, httpPackage, "Server") {
		return lit
	}
	return nil
}

func (f *File) isLiteral(lit *ast.CompositeLit, path, name string) bool {
	if lit.Type == nil {
		return false
	}
	p, n := f.member(lit.Type)
	return p == path && n == name
}

// wrapHandlerOf wraps the Handler of an http.Server literal.
func (f *File) wrapHandlerOf(lit *ast.CompositeLit, name string) *Fix {
	if v := field(lit, "Handler"); v != nil {
		return f.wrapHandler(v, name)
	}
	return nil
}

func (f *File) wrapHandler(h ast.Expr, name string) *Fix {
	pkg, imports := f.use(otelhttp)
	if pkg == "" {
		return nil
	}
	fix := &Fix{Message: "wrap the handler with otelhttp.NewHandler", Imports: imports}
	if id, ok := h.(*ast.Ident); ok && id.Name == "nil" {
		std := f.imports(httpPackage)
		fix.Edits = []Edit{{f.offset(h.Pos()), f.offset(h.End()), fmt.Sprintf("%s.NewHandler(%s.DefaultServeMux, %s)", pkg, std, strconv.Quote(name))}}
		return fix
	}
	fix.Edits = f.wrap(h, pkg+".NewHandler(", ", "+strconv.Quote(name)+")")
	return fix
}

// instrumentClient mends a client that is made at the place of the finding.
func instrumentClient(file *File, f *finding.Finding) *Fix {
	nodes := file.path(func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if p, name := file.callee(n); p == grpcPackage && file.isAt(n, f.Pos) {
				return name == "NewClient" || name == "Dial" || name == "DialContext"
			}
		case *ast.CompositeLit:
			return file.literalIsAt(n, f.Pos) && file.isLiteral(n, httpPackage, "Client")
		}
		return false
	})
	if nodes == nil {
		return nil
	}
	switch n := nodes[len(nodes)-1].(type) {
	case *ast.CallExpr:
		pkg, _ := n.Fun.(*ast.SelectorExpr).X.(*ast.Ident)
		return file.addOption(n, pkg.Name+".WithStatsHandler(%s.NewClientHandler())", "give the client the OpenTelemetry stats handler")
	case *ast.CompositeLit:
		return file.wrapTransport(n)
	}
	return nil
}

func (f *File) wrapTransport(lit *ast.CompositeLit) *Fix {
	pkg, imports := f.use(otelhttp)
	if pkg == "" {
		return nil
	}
	fix := &Fix{Message: "wrap the transport with otelhttp.NewTransport", Imports: imports}
	if v := field(lit, "Transport"); v != nil {
		fix.Edits = f.wrap(v, pkg+".NewTransport(", ")")
		return fix
	}
	if len(lit.Elts) > 0 {
		if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); !keyed {
			return nil
		}
	}
	std := f.imports(httpPackage)
	fix.Edits = []Edit{f.append(lit.Elts, lit.Lbrace, lit.Rbrace, fmt.Sprintf("Transport: %s.NewTransport(%s.DefaultTransport)", pkg, std))}
	return fix
}

// addOption gives a call one more argument at its end; format takes the name of otelgrpc.
func (f *File) addOption(call *ast.CallExpr, format, message string) *Fix {
	pkg, imports := f.use(otelgrpc)
	if pkg == "" {
		return nil
	}
	option := fmt.Sprintf(format, pkg)
	fix := &Fix{Message: message, Imports: imports}
	if call.Ellipsis.IsValid() {
		fix.Edits = f.wrap(call.Args[len(call.Args)-1], "append(", ", "+option+")")
		return fix
	}
	fix.Edits = []Edit{f.append(call.Args, call.Lparen, call.Rparen, option)}
	return fix
}

// append adds an element to a list between two brackets, on a line of its own when the last one has its line to itself.
func (f *File) append(list []ast.Expr, open, end token.Pos, element string) Edit {
	if len(list) == 0 {
		at := f.offset(open) + 1
		return Edit{at, at, element}
	}
	last := f.offset(list[len(list)-1].End())
	between := string(f.text[last:f.offset(end)])
	if comma, _, ok := strings.Cut(between, ","); ok && strings.TrimSpace(comma) == "" && strings.Contains(between, "\n") {
		at := last + len(comma) + 1
		return Edit{at, at, "\n" + f.indent(list[len(list)-1].Pos()) + element + ","}
	}
	return Edit{last, last, ", " + element}
}

// indent is the white space before the line of a position.
func (f *File) indent(pos token.Pos) string {
	at := f.offset(pos)
	line := string(f.text[strings.LastIndexByte(string(f.text[:at]), '\n')+1 : at])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// field is the value of a key of a struct literal.
func field(lit *ast.CompositeLit, key string) ast.Expr {
	if lit == nil {
		return nil
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == key {
				return kv.Value
			}
		}
	}
	return nil
}
