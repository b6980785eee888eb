package effects

// Summary is one package, reduced to what the linker needs.
type Summary struct {
	Path    string // import path
	Name    string
	Dir     string // relative to the repository root
	Funcs   []*Func
	Types   []Type
	Ifaces  []Iface
	Imports []Import
	// Outside: of a first-party module outside the repository. What happens there is told where the repository calls it.
	Outside bool
	// Directives are the comments that ask svclint to be quiet about something, in the order of their places.
	Directives []Directive
	Embeds     []Embed
}

// Embed is a package variable that holds the text of one file, by go:embed.
type Embed struct {
	Var  string // path.Name
	File string // relative to the repository root
}

// Import is an import declaration.
type Import struct {
	Path string
	Pos  Pos
}

// Func is one function, method or closure with a body. Its ID is unique within a program: path.Name, path.Type.Name
// (without pointer or type arguments), and the enclosing function's ID with $n for closures.
type Func struct {
	ID        string
	Name      string // as a Go programmer says it: (*Server).GetUser
	Pos       Pos
	Generated bool // in a file with a "Code generated" header
	Method    bool // Params[0] is the receiver
	Variadic  bool
	Yield     bool // body of a range-over-func loop: runs once per element
	Params    []Param
	Free      []string // names of captured variables
	Results   []string // types
	Values    []Value
	Calls     []Call
	Stores    []Store
	Returns   []Return
	Blocks    []Block
}

// Param is a parameter with the ID of its type.
type Param struct {
	Name string
	Type string
}

// Block is a basic block. Blocks[0] is the entry.
type Block struct {
	Succs []int32
	Idom  int32 // immediate dominator, -1 for the entry
	Loop  int16 // how many loops over a collection hold the block
	Cycle bool  // some loop holds the block, whatever it loops over
	Cond  int32 // the Value that decides between Succs[0] (true) and Succs[1], -1 if the block does not branch
}

// Call is a call instruction.
type Call struct {
	Block  int32
	Pos    Pos
	Callee string // ID of the function where it is known statically, also of library functions
	// Iface and Method are set for a call through an interface; Args[0] is then the interface value.
	Iface  string
	Method string
	Sig    string
	// Func is the called function value where it is not known statically, -1 otherwise.
	Func  int32
	Args  []int32  // the receiver first, for methods
	Recv  bool     // Args[0] is a receiver
	Types []string // the types of type arguments, for generic functions
	Go    bool
	Defer bool
	Ctx   int16 // index in Args of the first context.Context, -1 if there is none
}

// Store is an assignment through a pointer, to a map element, or a send on a channel.
type Store struct {
	Block int32
	Pos   Pos
	Addr  int32
	Val   int32
}

// Return is a return instruction.
type Return struct {
	Block int32
	Vals  []int32
}

// Op says how a Value is made of its Args.
type Op uint8

const (
	OpUnknown  Op = iota
	OpConst       // Str is the constant, as text; Type its type. The nil constant has Str "nil"
	OpParam       // N is its index
	OpFree        // N is its index; the value is a pointer to the captured variable where Go captures by reference
	OpGlobal      // address of the package variable Str (path.Name)
	OpFunc        // function Str, of type Type
	OpClosure     // function Str with Args captured
	OpBound       // method Str of the value Args[0], as a function value; Type is the interface, for an interface method
	OpAlloc       // new variable of type Type; its address. N is 1 in a loop, where each round has its own, 2 for the zero value T{} itself
	OpField       // field Str of the struct Args[0]; N is 1 for a string, 2 for a number or bool
	OpFieldPtr    // address of the field Str of the struct that Args[0] points to
	OpIndex       // element Args[1] of Args[0]: slice, array, map
	OpIndexPtr    // address of element Args[1] of Args[0]
	OpElem        // some element of Args[0]: range over a slice or map, receive from a channel
	OpKey         // some key of the map Args[0]
	OpLoad        // what Args[0] points to; N as for OpField
	OpPhi         // one of Args, by the predecessor block (Blocks)
	OpCall        // result N of Calls[Args[0]] (not a Value index)
	OpBinary      // Args[0] Str Args[1]
	OpNot         // Args[0] negated
	OpConvert     // Args[0] in another type, Type; or a part of it: from byte Str to its end, where Str is set
	OpIface       // Args[0], of the concrete type Type, as an interface value
	OpAssert      // Args[0] as Type; N is 1 for the ok result
	OpList        // slice or array with exactly the elements Args
	OpAppend      // the list Args[0] followed by the list Args[1]
	OpMake        // empty map, channel or slice of type Type
	OpBuiltin     // builtin Str of Args
)

// Value is a symbolic value; Args are indices into Func.Values (but see OpCall).
type Value struct {
	Op     Op
	N      int32
	Str    string
	Type   string
	Args   []int32
	Blocks []int32 // OpPhi: the predecessor block that each of Args comes from
	Line   int32   // where it is made, for messages; 0 if nowhere
}

// Type is a named type that is not an interface, with the method set of its pointer. Types that functions declare are among
// them unless two of a package have the same name, since their IDs would be the same. A
// struct type without a name that has tags has an ID made of its fields.
type Type struct {
	ID      string
	Kind    string // struct, func, map, ...
	Methods []Method
	Fields  []Field
	Foreign bool // of another package, noted because this one uses it as an interface
}

// Method is one method of a method set.
type Method struct {
	Name string
	Sig  string
	Func string   // ID of the function that implements it, or of the interface method for an embedded interface
	Path []string // embedded fields that lead to it, for a promoted method
	// Iface is the embedded interface's ID when the method is promoted from one.
	Iface string
}

// Field is a struct field.
type Field struct {
	Name     string
	Type     string
	Tag      string
	Embedded bool
}

// Iface is an interface type with its complete method set.
type Iface struct {
	ID      string
	Methods []Method
}
