package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Expr is a value at a call of the symbol, in a small language. The reader parses it once, into Node; an expression that
// a model leaves out has no Node and says nothing.
//
//	recv           the receiver
//	arg0, arg1     an argument, counted without the receiver; a variadic argument is the list of its elements
//	args2          the list of all arguments from the third on
//	'text'         a constant; '' inside it stands for one quote
//	X.Name         the field Name of the struct X (or what X points to)
//	X.name         the attribute name of the object X
//	X#Method       the method Method of the value X, as a function value
//	X[*]           the elements of the list, slice or map X
//	keys(X)        the keys of the map X
//	result(X)      what the function X returns first
//	X[0], X[-1]    one element of the list X, from the front or from the end
//	X + Y          both, as text or as list
//	X | Y          X, or Y where X says nothing
//	enclosing      the function that holds the call
//	sent           what is sent to the channel that the call gives, also in a select
//	method         the called method's own name, as text
//	type(X)        the name of the Go type of X
//	join(X)        the elements of the list X, one after the other, as one text
//	funcname(X)    the name of the function or method X; a text as it is
//	typearg0       the name of the Go type that is the first type argument of the call
//	(X)            X, where + and | would bind otherwise: + binds tighter than |
type Expr struct {
	Source string
	Node   Node
}

// IsZero says that the model leaves the expression out.
func (e Expr) IsZero() bool { return e.Node == nil }

func (e Expr) String() string { return e.Source }

// UnmarshalYAML reads an expression from a string.
func (e *Expr) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("an expression is one line of text")
	}
	parsed, err := ParseExpr(n.Value)
	if err != nil {
		return err
	}
	*e = parsed
	return nil
}

// Node is a parsed expression: one of the types below. String gives it back in the language, with no more parentheses
// than are needed.
type Node interface {
	String() string
	node()
}

type (
	// Recv is the receiver of the call.
	Recv struct{}
	// Arg is one argument.
	Arg struct{ Index int }
	// Args is the list of the arguments from From on.
	Args struct{ From int }
	// Literal is a constant text.
	Literal struct{ Text string }
	// Field is an exported field of a struct, or of what X points to.
	Field struct {
		X    Node
		Name string
	}
	// Attr is an attribute of an object (see Object). Where X is a struct with a field of that name, which only a
	// repository's own packages can give, it is that field.
	Attr struct {
		X    Node
		Name string
	}
	// MethodOf is a method of X as a function value.
	MethodOf struct {
		X    Node
		Name string
	}
	// Elements is what the list, slice or map X holds.
	Elements struct{ X Node }
	// Index is one element of the list X; -1 is the last.
	Index struct {
		X Node
		N int
	}
	// Concat is X and Y, as text or as list.
	Concat struct{ X, Y Node }
	// Either is X, or Y where X says nothing.
	Either struct{ X, Y Node }
	// Enclosing is the function that holds the call.
	Enclosing struct{}
	// Sent is what the code sends to the channel that is the call's result.
	Sent struct{}
	// MethodName is the name of the called function or method.
	MethodName struct{}
	// Keys are the keys of a map.
	Keys struct{ X Node }
	// ResultOf is the first result of a function.
	ResultOf struct{ X Node }
	// FuncName is the name of a function.
	FuncName struct{ X Node }
	// TypeArg is the name of the Go type that is a type argument.
	TypeArg struct{ Index int }
	// TypeName is the name of the Go type of X.
	TypeName struct{ X Node }
	// Join is the text that the elements of the list X make, one after the other.
	Join struct{ X Node }
)

func (Recv) node()       {}
func (Arg) node()        {}
func (Args) node()       {}
func (Literal) node()    {}
func (Field) node()      {}
func (Attr) node()       {}
func (MethodOf) node()   {}
func (Elements) node()   {}
func (Index) node()      {}
func (Concat) node()     {}
func (Either) node()     {}
func (Enclosing) node()  {}
func (Sent) node()       {}
func (MethodName) node() {}
func (Keys) node()       {}
func (ResultOf) node()   {}
func (FuncName) node()   {}
func (TypeArg) node()    {}
func (TypeName) node()   {}
func (Join) node()       {}

func (Recv) String() string       { return "recv" }
func (n Arg) String() string      { return "arg" + strconv.Itoa(n.Index) }
func (n Args) String() string     { return "args" + strconv.Itoa(n.From) }
func (n Literal) String() string  { return "'" + strings.ReplaceAll(n.Text, "'", "''") + "'" }
func (n Field) String() string    { return operand(n.X) + "." + n.Name }
func (n Attr) String() string     { return operand(n.X) + "." + n.Name }
func (n MethodOf) String() string { return operand(n.X) + "#" + n.Name }
func (n Elements) String() string { return operand(n.X) + "[*]" }
func (n Index) String() string    { return operand(n.X) + "[" + strconv.Itoa(n.N) + "]" }
func (n Concat) String() string {
	right := n.Y.String()
	switch n.Y.(type) {
	case Concat, Either:
		right = "(" + right + ")"
	}
	left := n.X.String()
	if _, ok := n.X.(Either); ok {
		left = "(" + left + ")"
	}
	return left + " + " + right
}
func (n Either) String() string {
	right := n.Y.String()
	if _, ok := n.Y.(Either); ok {
		right = "(" + right + ")"
	}
	return n.X.String() + " | " + right
}
func (Enclosing) String() string  { return "enclosing" }
func (Sent) String() string       { return "sent" }
func (MethodName) String() string { return "method" }
func (n Keys) String() string     { return "keys(" + n.X.String() + ")" }
func (n ResultOf) String() string { return "result(" + n.X.String() + ")" }
func (n FuncName) String() string { return "funcname(" + n.X.String() + ")" }
func (n TypeArg) String() string  { return "typearg" + strconv.Itoa(n.Index) }
func (n TypeName) String() string { return "type(" + n.X.String() + ")" }
func (n Join) String() string     { return "join(" + n.X.String() + ")" }

// operand is the text of n where a selection follows.
func operand(n Node) string {
	switch n.(type) {
	case Concat, Either:
		return "(" + n.String() + ")"
	}
	return n.String()
}

// maxDepth bounds nesting, and maxArg an index: no model comes near, and a hostile one must not exhaust the stack.
const (
	maxDepth = 50
	maxArg   = 99
)

// ParseExpr reads an expression; its errors name the column, counted from 1.
func ParseExpr(source string) (Expr, error) {
	if strings.TrimSpace(source) == "" {
		return Expr{}, fmt.Errorf("empty expression: leave the key out instead")
	}
	p := &exprParser{src: source}
	n, err := p.either(0)
	if err != nil {
		return Expr{}, err
	}
	if p.space(); p.pos < len(p.src) {
		return Expr{}, p.errorf(p.pos, "unexpected %q after %s", p.rest(), n)
	}
	return Expr{Source: source, Node: n}, nil
}

type exprParser struct {
	src string
	pos int
}

func (p *exprParser) errorf(at int, format string, args ...any) error {
	return fmt.Errorf("expression %q, column %d: %s", p.src, at+1, fmt.Sprintf(format, args...))
}

func (p *exprParser) rest() string {
	r := p.src[p.pos:]
	if len(r) > 12 {
		r = r[:12]
	}
	return r
}

func (p *exprParser) space() {
	for p.pos < len(p.src) && (p.src[p.pos] == ' ' || p.src[p.pos] == '\t' || p.src[p.pos] == '\n') {
		p.pos++
	}
}

// accept takes c, after space, if it comes next.
func (p *exprParser) accept(c byte) bool {
	p.space()
	if p.pos < len(p.src) && p.src[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *exprParser) either(depth int) (Node, error) {
	x, err := p.concat(depth)
	for err == nil && p.accept('|') {
		var y Node
		if y, err = p.concat(depth); err == nil {
			x = Either{x, y}
		}
	}
	return x, err
}

func (p *exprParser) concat(depth int) (Node, error) {
	x, err := p.selection(depth)
	for err == nil && p.accept('+') {
		var y Node
		if y, err = p.selection(depth); err == nil {
			x = Concat{x, y}
		}
	}
	return x, err
}

func (p *exprParser) selection(depth int) (Node, error) {
	x, err := p.primary(depth)
	if err != nil {
		return nil, err
	}
	for {
		switch {
		case p.accept('.'):
			at := p.pos
			name := p.name()
			if name == "" {
				return nil, p.errorf(at, "expected the name of a field or attribute after %s.", operand(x))
			}
			if r, _ := utf8.DecodeRuneInString(name); unicode.IsUpper(r) {
				x = Field{x, name}
			} else {
				x = Attr{x, name}
			}
		case p.accept('#'):
			at := p.pos
			name := p.name()
			if name == "" {
				return nil, p.errorf(at, "expected the name of a method after %s#", operand(x))
			}
			x = MethodOf{x, name}
		case p.accept('['):
			at := p.pos
			end := strings.IndexByte(p.src[p.pos:], ']')
			if end < 0 {
				return nil, p.errorf(at, "[ without ]")
			}
			inside := strings.TrimSpace(p.src[p.pos : p.pos+end])
			p.pos += end + 1
			if inside == "*" {
				x = Elements{x}
				break
			}
			n, err := strconv.Atoi(inside)
			if err != nil || n > maxArg || n < -maxArg {
				return nil, p.errorf(at, "expected [*] for all elements, or an index such as [0] or [-1], not [%s]", inside)
			}
			x = Index{x, n}
		default:
			return x, nil
		}
	}
}

func (p *exprParser) primary(depth int) (Node, error) {
	if depth > maxDepth {
		return nil, p.errorf(p.pos, "nested too deeply")
	}
	if p.accept('(') {
		at := p.pos
		x, err := p.either(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.accept(')') {
			return nil, p.errorf(at, "( without )")
		}
		return x, nil
	}
	if p.accept('\'') {
		return p.literal()
	}
	at := p.pos
	name := p.name()
	switch {
	case name == "recv":
		return Recv{}, nil
	case name == "enclosing":
		return Enclosing{}, nil
	case name == "sent":
		return Sent{}, nil
	case name == "method":
		return MethodName{}, nil
	case name == "type", name == "join", name == "funcname", name == "keys", name == "result":
		if !p.accept('(') {
			return nil, p.errorf(p.pos, "expected %s(X)", name)
		}
		x, err := p.either(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.accept(')') {
			return nil, p.errorf(p.pos, "%s( without )", name)
		}
		switch name {
		case "join":
			return Join{x}, nil
		case "funcname":
			return FuncName{x}, nil
		case "keys":
			return Keys{x}, nil
		case "result":
			return ResultOf{x}, nil
		}
		return TypeName{x}, nil
	case name == "":
		return nil, p.errorf(at, "expected a value, such as recv, arg0 or 'text'")
	}
	if n, ok := numbered(name, "typearg"); ok {
		return TypeArg{n}, nil
	}
	if n, ok := numbered(name, "args"); ok {
		return Args{n}, nil
	}
	if n, ok := numbered(name, "arg"); ok {
		return Arg{n}, nil
	}
	return nil, p.errorf(at, "%s is not a value: there are recv, arg0, args0, typearg0, enclosing, sent, method, type(X), join(X), funcname(X), keys(X) and result(X); a constant "+
		"needs quotes inside those of YAML, \"'%s'\"", name, name)
}

// literal reads on behind the opening quote.
func (p *exprParser) literal() (Node, error) {
	at := p.pos - 1
	var text strings.Builder
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		p.pos++
		if c != '\'' {
			text.WriteByte(c)
			continue
		}
		if p.pos < len(p.src) && p.src[p.pos] == '\'' {
			p.pos++
			text.WriteByte('\'')
			continue
		}
		return Literal{text.String()}, nil
	}
	return nil, p.errorf(at, "' without its end")
}

func (p *exprParser) name() string {
	start := p.pos
	for p.pos < len(p.src) {
		r, size := utf8.DecodeRuneInString(p.src[p.pos:])
		if r == utf8.RuneError || r != '_' && !unicode.IsLetter(r) && (p.pos == start || !unicode.IsDigit(r)) {
			break
		}
		p.pos += size
	}
	return p.src[start:p.pos]
}

// numbered splits arg3 into its number.
func numbered(name, word string) (int, bool) {
	digits, ok := strings.CutPrefix(name, word)
	if !ok || digits == "" || len(digits) > 2 || digits[0] == '0' && digits != "0" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}
