package arch

import (
	"cmp"
	"slices"
	"time"

	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/catalog"
)

// A world is one service's view of its program: the functions that its main can reach, in the contexts in which it
// reaches them, and what its memory holds after start-up. Everything in a world is hash-consed, so identity is pointer
// equality.
type world struct {
	prog *program
	// config are the configuration files that the main package may read, nearest first.
	config []ConfigFile
	// fromFiles remembers what the configuration files give to an object.
	fromFiles map[*object][]*object
	// readers remembers of variables whether they are filled from configuration files.
	readers map[*object]bool
	// assume gives role switches a value: hole -> constant. Branches that it contradicts are dead.
	assume map[string]string

	frames    map[frameKey]*frame
	framesOf  map[*function][]*frame
	objects   map[objectKey]*object
	ids       int                         // objects made
	answers   []answer                    // room for more
	round     int32                       // what was concluded in an earlier one is concluded anew
	bare      map[string]map[*object]int8 // by side: see forSide
	bareRound int32
	cut       int // lowest depth at which a cycle was cut since the value at hand was begun
	depth     int

	pending  []*frame
	fresh    []*frame // of pending: made since, never registered
	flushing bool
	// deadlineFound is how long the last time limit is that was found around a request, 0 where that is not known.
	deadlineFound time.Duration
	variants      int                     // of frames, for the elements of loops
	work          int                     // evaluations so far
	exhausted     bool                    // a limit was reached: not every way was followed
	stores        int                     // known to go to an object
	fieldIndex    map[string][]boundStore // Type.field -> stores, for bases that are not known
	inst          map[string]bool         // concrete types that are made somewhere
	layers        map[*object][]site      // wrappers that a value passed through
	uses          map[*object][]operand   // middleware and options added to an object
	mounts        map[*object][]mountedAt
	asking        map[attrKey]bool // attributes that are being looked up

	switches map[string]map[string]bool // hole -> constants that it is compared with
	found    facts
	seen     map[siteModel]bool
	// put holds what libraries store through pointers that they are given.
	put map[*object][]*object
	// tables are the tables that the program ties Go types to, and tablePrefixes what stands before their usual names.
	tables, tablePrefixes map[string]string
	// named holds the objects that are registered under a name.
	named map[string][]*object
	// added holds the calls that add subcommands to a command.
	added map[*object][]site
	// fillings are the calls that fill a struct from outside: see fill.go.
	fillings map[*object][]filling
	// flagDefaults are the defaults of command line flags.
	flagDefaults map[string]text
	// offered is what the dependency-injection containers have, by type.
	offered map[string][]*provision
}

// site is a call in a frame.
type site struct {
	frame *frame
	call  int32
}

func (s site) info() *effects.Call { return &s.frame.fn.Calls[s.call] }

type siteModel struct {
	site
	model *catalog.Model
}

// facts are what a walk from main comes across, to be read once the walk is over.
type facts struct {
	endpoints []siteModel
	serves    []siteModel
	consumes  []siteModel
	schedules []siteModel
	binds     []siteModel
	tracers   []siteModel
	instrs    []siteModel
	bindings  []siteModel
	announces []siteModel
	graphs    []siteModel // servers that call resolvers
	worker    bool        // main ends in the loop of a worker
	roots     []*frame    // package initializers and main
}

type mountedAt struct {
	at    catalog.Node
	where site
}

// frame is a function in a calling context.
type frame struct {
	id      int
	fn      *function
	parent  *frame
	call    int32 // in parent
	params  []operand
	closure operand // the OpClosure whose captured values the free variables are
	depth   int
	inLoop  bool
	async   bool
	tx      string // local transaction that is open around the frame
	entry   bool   // the request comes in here

	answers   []*answer   // by value
	targets   [][]*object // by store: where it is known to go
	live      []bool      // by block, in liveRound
	liveRound int32
	liveCuts  int8 // how often it was not remembered

	// base is the frame that this one is a variant of: the same calling context, in the round of a loop that is at the
	// elements in picked (see unroll.go).
	base   *frame
	loop   *loop
	n      int // of the loop in the function
	round  int
	picked map[int32][]*object
	// unrolled are the variants of this frame, by loop.
	unrolled map[int][]*frame
}

type frameKey struct {
	parent int
	call   int32
	fn     *function
	recv   int
	cframe int
	cval   int32
	// variant: of the frame parent, at element call of loop cval.
	variant bool
}

// operand is a value in a frame, or objects outright.
type operand struct {
	frame *frame
	val   int32
	objs  []*object
	// asked is what a dependency-injection container is asked for.
	asked *request
}

func (o operand) isZero() bool { return o.frame == nil && o.objs == nil && o.asked == nil }

type ref struct {
	frame int
	val   int32
}

type objectKind uint8

const (
	unknownObject objectKind = iota
	textObject               // a string or other constant
	nilObject
	allocObject  // a variable or struct that the code makes; stands for its address and its contents
	makeObject   // an empty map, slice or channel
	listObject   // a slice with known elements
	appendObject // a list and more elements
	libObject    // what a library call gives
	funcObject   // a function, closure or bound method
	ptrObject    // the address of a field or element
	globalObject // the address of a package variable
	entryObject  // what a library hands to a handler: request, context, message
	boxedObject  // a value of a named non-struct type with methods
	askedObject  // what a dependency-injection container hands out: see inject.go
)

// object is an abstract value.
type object struct {
	id      int
	kind    objectKind
	text    text
	frame   *frame // where it is made
	val     int32  // Value (or, for libObject, call) that makes it
	n       int32  // result or parameter index
	name    string // global, field or reason; library function for funcObject without fn
	fn      *function
	recv    operand // bound receiver
	bound   bool
	base    *object
	typ     string // ID of the concrete type, "" if not known
	owner   string // of a field's address: the struct type that declares the field
	nesting int    // of a field's address: how many fields lead to it
	spec    *catalog.Object
	// hasFields: a field's address has been taken, so the object is a struct.
	hasFields bool
	fields    map[string]*object // their addresses
	stores    []boundStore       // to what it is the address of
	loaded    *answer            // what a load gives, of a field's address
}

type objectKey struct {
	kind  objectKind
	frame int
	val   int32
	n     int32
	name  string
	base  int
	fn    *function
	spec  *catalog.Object
}

type boundStore struct {
	frame *frame
	index int
}

func newWorld(p *program, config []ConfigFile, assume map[string]string) *world {
	return &world{
		config:     config,
		prog:       p,
		assume:     assume,
		frames:     map[frameKey]*frame{},
		framesOf:   map[*function][]*frame{},
		objects:    map[objectKey]*object{},
		fromFiles:  map[*object][]*object{},
		readers:    map[*object]bool{},
		round:      1,
		cut:        noCut,
		fieldIndex: map[string][]boundStore{},
		inst:       map[string]bool{},
		layers:     map[*object][]site{},
		uses:       map[*object][]operand{},
		mounts:     map[*object][]mountedAt{},
		asking:     map[attrKey]bool{},
		switches:   map[string]map[string]bool{},
		seen:       map[siteModel]bool{},
		put:        map[*object][]*object{},
		added:      map[*object][]site{},
		offered:    map[string][]*provision{},
		fillings:   map[*object][]filling{},

		flagDefaults:  map[string]text{},
		tables:        map[string]string{},
		named:         map[string][]*object{},
		tablePrefixes: map[string]string{},
	}
}

// object gives the one object of a key.
func (w *world) object(k objectKey, fill func(*object)) *object {
	if o := w.objects[k]; o != nil {
		return o
	}
	w.ids++
	o := &object{id: w.ids, kind: k.kind, val: k.val, n: k.n, name: k.name, fn: k.fn, spec: k.spec}
	if fill != nil {
		fill(o)
	}
	w.objects[k] = o
	return o
}

func (w *world) textObject(t text) *object {
	return w.object(objectKey{kind: textObject, name: t.key()}, func(o *object) { o.text = t })
}

func (w *world) unknown(reason string) *object {
	return w.object(objectKey{kind: unknownObject, name: reason}, nil)
}

// field is the address of a field of what base points to; elements of lists and maps are the field "[]". The type that
// declares the field is its owner. Structs that hold themselves end where they nest too deep.
func (w *world) field(base *object, name, owner string) *object {
	base.hasFields = base.hasFields || name != "[]"
	if base.nesting > maxNesting {
		return base
	}
	if o := base.fields[name]; o != nil {
		return o
	}
	w.ids++
	o := &object{id: w.ids, kind: ptrObject, name: name, base: base, owner: owner, nesting: base.nesting + 1}
	if t := w.prog.types[owner]; t != nil {
		for _, f := range t.Fields {
			if f.Name == name && w.prog.types[trimPtr(f.Type)] != nil {
				o.typ = trimPtr(f.Type)
			}
		}
	}
	if base.fields == nil {
		base.fields = map[string]*object{}
	}
	base.fields[name] = o
	return o
}

const maxNesting = 6 // fields of fields

// noCut is deeper than any evaluation.
const noCut = 1 << 30

const (
	maxDepth = 48 // calls on a path
	// maxFrames and maxWork end what has no end: the largest programs known need a fifth of it.
	maxFrames  = 60_000
	maxWork    = 2_000_000 // evaluations
	maxObjects = 48        // objects that one value may be
	// maxElements is how many elements a literal list has: the methods of a generated service description.
	maxElements = 1024
)

// enter gives the frame of fn called at a site. It is nil where the path is too deep or recursive: what lies beyond has
// been seen already, in the frame of the first round.
func (w *world) enter(parent *frame, call int32, fn *function, params []operand, closure operand, recv *object) *frame {
	k := frameKey{call: call, fn: fn}
	depth := 0
	if parent != nil {
		k.parent, depth = parent.id, parent.depth+1
		if depth > maxDepth {
			return nil
		}
		if len(w.frames) >= maxFrames {
			w.exhausted = true
			return nil
		}
		for p, again := parent, 0; p != nil; p = p.parent {
			if p.fn == fn {
				if again++; again > 1 {
					return nil
				}
			}
		}
	}
	if recv != nil {
		k.recv = recv.id
	}
	if closure.frame != nil {
		k.cframe, k.cval = closure.frame.id, closure.val
	}
	if f := w.frames[k]; f != nil {
		return f
	}
	f := &frame{id: len(w.frames) + 1, fn: fn, parent: parent, call: call, params: params, closure: closure, depth: depth}
	if parent != nil && call >= 0 {
		c := &parent.fn.Calls[call]
		f.inLoop = parent.inLoop || parent.perElement(call) || f.yields()
		f.async = parent.async || c.Go && !waits(parent.fn)
		f.tx = cmp.Or(parent.tx, parent.fn.transactionAt(call))
	}
	w.frames[k] = f
	if w.framesOf[fn] == nil {
		w.makes(fn)
	}
	w.framesOf[fn] = append(w.framesOf[fn], f)
	w.pending = append(w.pending, f)
	w.fresh = append(w.fresh, f)
	return f
}

// waits reports whether a function that starts goroutines waits for them: by WaitGroup, errgroup or a channel.
func waits(fn *function) bool {
	for i := range fn.Calls {
		switch fn.Calls[i].Callee {
		case "sync.WaitGroup.Wait", "golang.org/x/sync/errgroup.Group.Wait":
			return true
		}
	}
	for i := range fn.Values {
		// A receive: OpElem of a channel. One that says that time is up waits for nothing that was started here.
		v := &fn.Values[i]
		if v.Op != effects.OpElem || len(v.Args) != 1 || !isChan(fn.Values[v.Args[0]].Type) {
			continue
		}
		if ch := &fn.Values[v.Args[0]]; ch.Op == effects.OpCall {
			switch fn.Calls[ch.Args[0]].Callee {
			case "context.Context.Done", "time.After", "time.Tick":
				continue
			}
		}
		return true
	}
	return false
}

func isChan(typ string) bool { return len(typ) > 5 && typ[:5] == "chan " }

// flush registers the stores of new frames, so that loads see them.
func (w *world) flush() {
	if w.flushing {
		// A store's address is being evaluated, and that has entered a constructor: what it puts into what it allocates is
		// loaded next. Nobody forgets what is concluded without it, once main has been walked.
		for len(w.fresh) > 0 {
			f := w.fresh[0]
			w.fresh = w.fresh[1:]
			w.register(f, true)
		}
		return
	}
	w.flushing = true
	for len(w.pending) > 0 {
		f := w.pending[0]
		w.pending = w.pending[1:]
		w.register(f, false)
	}
	w.fresh = w.fresh[:0]
	w.flushing = false
}

const maxStores = 4000 // a function with more is a generated table

// register puts the stores of a frame under the objects that they write to; own are those into what the frame itself
// allocates, whose addresses need nothing else.
func (w *world) register(f *frame, own bool) {
	if len(f.fn.Stores) > maxStores {
		return
	}
	if f.targets == nil {
		f.targets = make([][]*object, len(f.fn.Stores))
	}
	for i, s := range f.fn.Stores {
		if own && f.fn.Values[f.fn.base(s.Addr)].Op != effects.OpAlloc {
			continue
		}
		if w.dead(f, s.Block) || f.base != nil && !f.loop.of[s.Addr] && !f.loop.of[s.Val] {
			continue
		}
		addr := &f.fn.Values[s.Addr]
		if addr.Op == effects.OpFieldPtr {
			k := addr.Type + "." + addr.Str
			w.addFieldStore(k, boundStore{f, i})
		}
		for _, o := range w.eval(f, s.Addr) {
			if !slices.Contains(f.targets[i], o) {
				f.targets[i] = append(f.targets[i], o)
				o.stores = append(o.stores, boundStore{f, i})
				w.stores++
			}
		}
	}
}

// makes notes the concrete types that a function makes.
func (w *world) makes(fn *function) {
	for i := range fn.Values {
		switch v := &fn.Values[i]; v.Op {
		case effects.OpIface, effects.OpAlloc:
			w.inst[trimPtr(v.Type)] = true
		}
	}
}

func (w *world) addFieldStore(key string, s boundStore) {
	for _, old := range w.fieldIndex[key] {
		if old == s {
			return
		}
	}
	if len(w.fieldIndex[key]) < maxObjects {
		w.fieldIndex[key] = append(w.fieldIndex[key], s)
	}
}

// again forgets what was concluded from stores seen so far, keeping frames, objects and stores: the next round concludes
// from all of them.
func (w *world) again() {
	w.round++
	clear(w.fromFiles)
	clear(w.readers)
	for _, fs := range w.framesOf {
		w.pending = append(w.pending, fs...)
	}
	sortFrames(w.pending)
}

func trimPtr(typ string) string {
	for len(typ) > 0 && typ[0] == '*' {
		typ = typ[1:]
	}
	return typ
}
