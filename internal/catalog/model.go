package catalog

// Model says what one library symbol means to an architecture. A model has one symbol and any number of shapes; the
// shapes that are nil do not apply. Expressions are described at Expr.
type Model struct {
	// Func is the symbol: alias.Func or alias.Type.Method, where alias is a key of the family's packages. The type is
	// written without pointer and type arguments. In the reader's result it is canonical (see Canonical).
	Func string `yaml:"func"`
	// Funcs stands for several symbols of one meaning; {a,b} in a symbol is expanded. The reader turns each into a Model.
	Funcs []string `yaml:"funcs"`
	// Value is a package variable (net/http.DefaultServeMux) that is an object, in place of Func.
	Value string `yaml:"value"`

	// With both Makes and Pass, the result is the object, and what it does not say is that of the passed value.
	Makes      *Object     `yaml:"makes"`      // the first result is an object with attributes
	Pass       Expr        `yaml:"pass"`       // the first result is the value of this expression, perhaps wrapped
	Text       *Text       `yaml:"text"`       // the first result is a string made of the arguments
	Config     *Config     `yaml:"config"`     // the first result (or a pointer argument) is read from configuration
	Endpoint   *Endpoint   `yaml:"endpoint"`   // registers something that others call
	Mount      *Mount      `yaml:"mount"`      // puts one router below another
	Use        *Use        `yaml:"use"`        // adds middleware, interceptors, hooks or options to an object
	Serve      *Serve      `yaml:"serve"`      // starts to serve: what makes a main package a service
	Call       *Call       `yaml:"call"`       // synchronous request to another process
	Data       *Data       `yaml:"data"`       // access to a store
	Publish    *Publish    `yaml:"publish"`    // hands a message to a broker
	Consume    *Consume    `yaml:"consume"`    // takes messages from a broker
	Schedule   *Schedule   `yaml:"schedule"`   // runs a function by time
	Callback   *Callback   `yaml:"callback"`   // calls a function that it is given
	Tracer     *Tracer     `yaml:"tracer"`     // sets tracing up
	Span       *Span       `yaml:"span"`       // starts or ends a span
	Instrument *Instrument `yaml:"instrument"` // makes spans for a server, client, database or broker
	Context    *Context    `yaml:"context"`    // where the context.Context in the result comes from
	Guard      *Guard      `yaml:"guard"`      // keeps a repetition harmless
	Note       string      `yaml:"note"`       // why the model is as it is, where that is not plain

	// Family is the file it stands in, without its ending; Pos is where, as file:line:column.
	Family string `yaml:"-"`
	Pos    string `yaml:"-"`

	// path is the import path that the symbol begins with.
	path string
	// written is the symbol as the family writes it, with its alias: what the packages of one alias have in common.
	written string
}

// Object is what the result of a call is: its kind and attributes. Attributes that an object lacks are looked up in its
// parent.
type Object struct {
	Kind   string          `yaml:"kind"` // router, route, conn, client, db, tx, collection, reader, writer, server, ...
	Parent Expr            `yaml:"parent"`
	Attrs  map[string]Expr `yaml:"attrs"`
	// Result is the index of the result that is the object; 0 by default.
	Result int `yaml:"result"`
	// Pointer, where set, is the argument that points to the object instead of a result.
	Pointer Expr `yaml:"pointer"`
}

// Text is a string function.
type Text struct {
	Printf Expr `yaml:"printf"` // the format; Args are its operands
	Args   Expr `yaml:"args"`
	Join   Expr `yaml:"join"` // elements, joined with Sep
	Sep    Expr `yaml:"sep"`
	// Template is a path template compiled to stack operations, pairs of an operation and its operand, over the texts in Pool;
	// Verb stands behind it. See https://pkg.go.dev/github.com/grpc-ecosystem/grpc-gateway/v2/utilities#OpCode.
	Template Expr `yaml:"template"`
	Pool     Expr `yaml:"pool"`
	Verb     Expr `yaml:"verb"`
}

// Config is a value from outside the code.
type Config struct {
	Env     Expr `yaml:"env"`  // name of an environment variable
	Flag    Expr `yaml:"flag"` // name of a command line flag
	Key     Expr `yaml:"key"`  // key in a configuration file (viper, koanf)
	Arg     Expr `yaml:"arg"`  // command line argument, by index
	Default Expr `yaml:"default"`
	Into    Expr `yaml:"into"` // a pointer that receives the value instead of the result
	// Pointer: the result is a pointer to the value, as flag.String gives.
	Pointer bool `yaml:"pointer"`
}

// Endpoint registers a handler at recv, a router or server, or at the process's default one where there is no receiver.
type Endpoint struct {
	Protocol string `yaml:"protocol"` // http, grpc, thrift
	Method   Expr   `yaml:"method"`   // HTTP method(s); nothing is any
	Path     Expr   `yaml:"path"`     // the full path, prefix included
	Handler  Expr   `yaml:"handler"`
	// Desc and Impl are for RPC registration of a generated service description.
	Desc Expr `yaml:"desc"`
	Impl Expr `yaml:"impl"`
	// Routes is a list of structs with the fields Method, Path and Handler, one per endpoint; Path above is then what stands
	// before each path.
	Routes Expr `yaml:"routes"`
	// Pattern: Path is a Go 1.22 pattern, "[METHOD ][HOST]/path".
	Pattern bool `yaml:"pattern"`
	// Middleware wraps Handler at this endpoint only; where it is the list that ends in Handler, that one is left out.
	Middleware Expr `yaml:"middleware"`
	// Refines: the call narrows the endpoint that recv, a route, has registered, and takes its place
	// (gorilla's HandleFunc("/x", h).Methods("GET")). Without a handler there is no endpoint yet.
	Refines bool `yaml:"refines"`
	// Prefix: Path matches everything below it.
	Prefix bool `yaml:"prefix"`
}

// Mount puts Handler (a router) below At.
type Mount struct {
	At      Expr `yaml:"at"`
	Handler Expr `yaml:"handler"`
}

// Use adds What (middleware, interceptors, options) to To.
type Use struct {
	To   Expr `yaml:"to"`
	What Expr `yaml:"what"`
}

// Serve starts a server, consumer, worker or scheduler.
type Serve struct {
	Protocol string `yaml:"protocol"`
	Handler  Expr   `yaml:"handler"`
	Addr     Expr   `yaml:"addr"`
	Options  Expr   `yaml:"options"`
}

// Call is a request to another process.
type Call struct {
	Protocol string `yaml:"protocol"`
	Method   Expr   `yaml:"method"`
	URL      Expr   `yaml:"url"`    // absolute URL, for HTTP
	ID       Expr   `yaml:"id"`     // full method, for RPC: /pkg.Service/Method
	Target   Expr   `yaml:"target"` // address or name of the callee where URL does not hold it
	Context  Expr   `yaml:"context"`
	Client   Expr   `yaml:"client"` // the object whose options say whether the call is instrumented or has a deadline
}

// Data is an access to a store. Where SQL says something, it is the statement, and Op, Verb and Name stand back.
type Data struct {
	Store    string `yaml:"store"`    // postgres, mysql, mongo, redis, memcached, firestore, sql (dialect not known), ...
	StoreOf  Expr   `yaml:"store_of"` // an expression that names the store (a driver name), where Store is sql
	Op       string `yaml:"op"`       // read, write, ddl; tx for begin, commit, rollback; empty with SQL, whose text says it
	Verb     string `yaml:"verb"`     // get, find, insert, update, upsert, delete, set, setnx, incr, ...
	Name     Expr   `yaml:"name"`     // table, collection
	Key      Expr   `yaml:"key"`      // cache key(s)
	SQL      Expr   `yaml:"sql"`      // statement text
	Database Expr   `yaml:"database"`
	Context  Expr   `yaml:"context"`
	Client   Expr   `yaml:"client"`
	// Values are what is written, for the judgement on idempotency (operators such as $inc, key arguments).
	Values Expr `yaml:"values"`
	// Filter selects what is written.
	Filter Expr `yaml:"filter"`
}

// Publish hands a message to a broker.
type Publish struct {
	Broker  string `yaml:"broker"`
	Topic   Expr   `yaml:"topic"`
	Context Expr   `yaml:"context"`
	Client  Expr   `yaml:"client"`
}

// Consume takes messages.
type Consume struct {
	Broker  string `yaml:"broker"`
	Topic   Expr   `yaml:"topic"`
	Handler Expr   `yaml:"handler"` // a function, X#Method, or enclosing for a receive loop
	Client  Expr   `yaml:"client"`
}

// Schedule runs Handler by time.
type Schedule struct {
	Name    Expr `yaml:"name"`
	Handler Expr `yaml:"handler"`
}

// Callback says that the library calls Func. Without a model a library is taken to call every function it is given,
// once and before it returns.
type Callback struct {
	Func   Expr     `yaml:"func"`
	Async  bool     `yaml:"async"`  // in a goroutine the caller does not wait for
	Loop   bool     `yaml:"loop"`   // once per element
	Tx     string   `yaml:"tx"`     // with a transaction of this store open
	Params []Object `yaml:"params"` // what its parameters are
	Later  bool     `yaml:"later"`  // at some time, not in the flow of the caller (a registered hook)
}

// Tracer is a step of tracing set-up.
type Tracer struct {
	Library string `yaml:"library"` // otel, opentracing, zipkin, ...
	// Step is provider (an SDK provider or tracer that exports), global (installed for the process), exporter or propagator.
	Step     string `yaml:"step"`
	Exporter Expr   `yaml:"exporter"`
	Provider Expr   `yaml:"provider"`
}

// Span is the start or end of a manual span.
type Span struct {
	Library string `yaml:"library"`
	Step    string `yaml:"step"` // start, end
	Context Expr   `yaml:"context"`
	Global  bool   `yaml:"global"` // uses the process's global tracer
	Result  int    `yaml:"result"` // index of the result that is the span
}

// Instrument is a value or call that makes spans.
type Instrument struct {
	Library  string `yaml:"library"`
	Side     string `yaml:"side"`     // server, client, db, messaging
	Target   Expr   `yaml:"target"`   // what becomes instrumented where it is not the result
	Protocol string `yaml:"protocol"` // http, grpc, sql, kafka, ...
}

// Context says where the context.Context in the result comes from.
type Context struct {
	Origin   string `yaml:"origin"` // background, todo, request, derived, detached
	From     Expr   `yaml:"from"`
	Deadline bool   `yaml:"deadline"`
}

// Guard is a way to make a repetition harmless.
type Guard struct {
	Kind string `yaml:"kind"` // setnx, lock, duplicate-key, rows-affected, ...
	Key  Expr   `yaml:"key"`
}
