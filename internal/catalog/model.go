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
	Bind       *Bind       `yaml:"bind"`       // gives a queue what is published elsewhere
	Schedule   *Schedule   `yaml:"schedule"`   // runs a function by time
	Callback   *Callback   `yaml:"callback"`   // calls a function that it is given
	Tracer     *Tracer     `yaml:"tracer"`     // sets tracing up
	Span       *Span       `yaml:"span"`       // starts or ends a span
	Instrument *Instrument `yaml:"instrument"` // makes spans for a server, client, database or broker
	Context    *Context    `yaml:"context"`    // where the context.Context in the result comes from
	Waits      *Waits      `yaml:"waits"`      // waits for the network, with a context
	Guard      *Guard      `yaml:"guard"`      // keeps a repetition harmless
	Ack        *Ack        `yaml:"ack"`        // tells a broker that a message is done with
	Fill       *Fill       `yaml:"fill"`       // sets the fields of a struct from outside
	Binding    *Binding    `yaml:"binding"`    // says where the values of configuration keys come from
	Announce   *Announce   `yaml:"announce"`   // tells a registry the name under which the process is found
	Provide    *Provide    `yaml:"provide"`    // offers values to a dependency-injection container
	Compose    *Compose    `yaml:"compose"`    // makes a container of options, and runs what they invoke
	Invoke     *Invoke     `yaml:"invoke"`     // calls functions with what a container has for their parameters
	Resolve    *Resolve    `yaml:"resolve"`    // takes a value out of a container
	Dispatch   *Dispatch   `yaml:"dispatch"`   // calls what a container has for the type argument, a mediator's handler
	Table      *Table      `yaml:"table"`      // gives a Go type its table, for every access
	Note       string      `yaml:"note"`       // why the model is as it is, where that is not plain

	// Quiet: there is only a note, which says that the function does nothing that matters. It then calls none of the functions
	// that it is given.
	Quiet bool `yaml:"-"`
	// Family is the file it stands in, without its ending; Pos is where, as file:line:column. Naming is that of the family.
	Family string `yaml:"-"`
	Naming string `yaml:"-"`
	Pos    string `yaml:"-"`

	// path is the import path that the symbol begins with.
	path string
	// written is the symbol as the family writes it, with its alias: what the packages of one alias have in common.
	written string
}

// Object is what the result of a call is: its kind and attributes. Attributes that an object lacks are looked up in its
// parent. An attribute with an upper case name is what the exported field of that name holds.
type Object struct {
	Kind   string `yaml:"kind"` // router, route, conn, client, db, tx, collection, reader, writer, server, ...
	Parent Expr   `yaml:"parent"`
	// Named registers the object under a name, for all of the process; ParentNamed is the name of the object that is the
	// parent where Parent says nothing.
	Named       Expr            `yaml:"named"`
	ParentNamed Expr            `yaml:"parent_named"`
	Attrs       map[string]Expr `yaml:"attrs"`
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
	Client   Expr   `yaml:"client"`  // the object whose options say whether the call is instrumented or has a deadline
	Timeout  Expr   `yaml:"timeout"` // how long this call may take, where it says so itself
}

// Data is an access to a store. Where SQL says something, it is the statement, and Op, Verb and Name stand back.
type Data struct {
	Store   string `yaml:"store"`    // postgres, mysql, mongo, redis, memcached, firestore, sql (dialect not known), ...
	StoreOf Expr   `yaml:"store_of"` // an expression that names the store (a driver name), where Store is sql
	// Command names the command of a store whose commands are text (Redis), which says Op and Verb.
	Command  Expr   `yaml:"command"`
	Op       string `yaml:"op"`   // read, write, ddl; tx for begin, commit, rollback; empty with SQL, whose text says it
	Verb     string `yaml:"verb"` // get, find, insert, update, upsert, delete, set, setnx, incr, ...
	Name     Expr   `yaml:"name"` // table, collection
	Key      Expr   `yaml:"key"`  // cache key(s)
	SQL      Expr   `yaml:"sql"`  // statement text; with the verb migrate those of the migrations that stand in code
	Database Expr   `yaml:"database"`
	Context  Expr   `yaml:"context"`
	Client   Expr   `yaml:"client"`
	// Values are what is written, for the judgement on idempotency (operators such as $inc, key arguments).
	Values Expr `yaml:"values"`
	// Filter selects what is written.
	Filter Expr `yaml:"filter"`
	// Relations are fields of the Go type Of, as dotted paths separated by ;, or JOIN clauses, whose types' tables are accessed too: rows that are loaded
	// along, or an association. Of is Name where it is left out. A table that joins two types is found by the field's tag.
	Relations Expr `yaml:"relations"`
	Of        Expr `yaml:"of"`
	// Expiry is how long a key is kept, 0 for ever.
	Expiry Expr `yaml:"expiry"`
}

// Table ties the Go type of Type to the table Name, or, where Name is left out, to its usual name behind Prefix.
type Table struct {
	Type   Expr `yaml:"type"`
	Name   Expr `yaml:"name"`
	Prefix Expr `yaml:"prefix"`
}

// Publish hands a message to a broker.
type Publish struct {
	Broker string `yaml:"broker"`
	// BrokerOf is an expression that names the broker, where one API serves several.
	BrokerOf Expr `yaml:"broker_of"`
	Topic    Expr `yaml:"topic"`
	// Key is a routing key, which narrows the topic: orders/placed. One that is the topic itself adds nothing.
	Key     Expr `yaml:"key"`
	Context Expr `yaml:"context"`
	Client  Expr `yaml:"client"`
}

// Consume takes messages.
type Consume struct {
	Broker   string `yaml:"broker"`
	BrokerOf Expr   `yaml:"broker_of"` // as in Publish
	Topic    Expr   `yaml:"topic"`
	Handler  Expr   `yaml:"handler"` // a function, X#Method, or enclosing for a receive loop
	// Handlers, in place of Topic and Handler, is a map from topics to functions, or a list of objects with the attributes
	// topic and handler.
	Handlers Expr `yaml:"handlers"`
	// Publish is where what the handler returns goes, as seen from the registration.
	Publish *Publish `yaml:"publish"`
	Client  Expr     `yaml:"client"`
}

// Bind says that who consumes Queue gets what is published to Topic: an AMQP queue bound to an exchange, a subscription of a
// Pub/Sub or SNS topic. The consumer is then known by the topic.
type Bind struct {
	Broker string `yaml:"broker"` // of the queue
	Queue  Expr   `yaml:"queue"`
	From   string `yaml:"from"` // broker of the topic, where it is another one
	Topic  Expr   `yaml:"topic"`
	Key    Expr   `yaml:"key"` // a pattern of routing keys as AMQP has it: * is one word, # any number of them
}

// Schedule runs Handler by time.
type Schedule struct {
	Name    Expr `yaml:"name"`
	Handler Expr `yaml:"handler"`
}

// Callback says that the library calls Func. Without a model a library is taken to call every function it is given,
// once and before it returns.
type Callback struct {
	Func  Expr `yaml:"func"`
	Async bool `yaml:"async"` // in a goroutine the caller does not wait for
	Loop  bool `yaml:"loop"`  // once per element
	// Parallel: in a goroutine that the caller waits for in the end, beside whatever else the caller starts until then.
	Parallel bool     `yaml:"parallel"`
	Tx       string   `yaml:"tx"`     // with a transaction of this store open
	Params   []Object `yaml:"params"` // what its parameters are
	// Retry: again where it fails. Attempts is how often at most; Retries is how often after the first time.
	Retry    bool `yaml:"retry"`
	Attempts Expr `yaml:"attempts"`
	Retries  Expr `yaml:"retries"`
	Breaker  bool `yaml:"breaker"` // not at all while it keeps failing: a circuit breaker
	Later    bool `yaml:"later"`   // at some time, not in the flow of the caller (a registered hook)
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
	Step    string `yaml:"step"` // start, end, error (an error is recorded on the span)
	Context Expr   `yaml:"context"`
	Global  bool   `yaml:"global"` // uses the process's global tracer
	Result  int    `yaml:"result"` // index of the result that is the span
	// Tag, with the step error: the call sets a tag, whose key is its first argument; only the tag "error" tells of an error.
	Tag bool `yaml:"tag"`
}

// Instrument is a value or call that makes spans.
type Instrument struct {
	Library  string `yaml:"library"`
	Side     string `yaml:"side"`     // server, client, db, messaging
	Target   Expr   `yaml:"target"`   // what becomes instrumented where it is not the result
	Protocol string `yaml:"protocol"` // http, grpc, sql, kafka, ...
	// Hands, with the target enclosing: "in" takes the trace from what arrived (Extract), "out" writes it into what is sent
	// (Inject). Empty is both.
	Hands string `yaml:"hands"`
	// Binds: it keeps the tracer that is the process's global one when it is made; one that is set later never reaches it.
	Binds bool `yaml:"binds"`
}

// Waits is a call that waits for the network with a context and is no access, request or message of its own: a cursor's
// next batch.
type Waits struct {
	Context Expr `yaml:"context"`
}

// Context says where the context.Context in the result comes from.
type Context struct {
	// Origin is background, todo, request, derived (that of From), detached (deliberately apart from the request, its span
	// kept) or linked (that of From; where it is nobody's request, it gets the span here, and so is detached).
	Origin   string `yaml:"origin"`
	From     Expr   `yaml:"from"`
	Deadline bool   `yaml:"deadline"`
	Timeout  Expr   `yaml:"timeout"` // how long until the deadline, where that is an argument
}

// Guard is a way to make a repetition harmless.
type Guard struct {
	Kind string `yaml:"kind"` // setnx, lock, duplicate-key, rows-affected, ...
	Key  Expr   `yaml:"key"`
}

// Ack tells a broker that a message is done with: it is not delivered again, whatever becomes of its effects afterwards.
type Ack struct {
	Message Expr `yaml:"message"` // what is acknowledged: the message, its receipt or its offset
}

// Fill sets the fields of a struct from outside, by their names and tags. Of the sources the environment wins over a
// configuration file, and that over the default. A tag is written TAG, or TAG,OPTION for an option within one, as in
// env:"PORT,default=80".
type Fill struct {
	Into    Expr   `yaml:"into"`    // a pointer to the struct; the first result where it is left out
	Key     Expr   `yaml:"key"`     // the configuration key below which those of the fields are
	Env     string `yaml:"env"`     // tag that lists the environment variables of a field
	Default string `yaml:"default"` // tag that holds the default of a field
	Prefix  Expr   `yaml:"prefix"`  // what stands before the name of every variable
	Nested  string `yaml:"nested"`  // tag of a field that is a struct: what stands before the variables of its fields
	// Named: a field without tag has the variable of its name, in upper case, behind the names of the structs that hold it,
	// all joined by _; so do the names in tags. Words is the tag that asks for _ between the words of a field's name.
	Named bool   `yaml:"named"`
	Words string `yaml:"words"`
	// Kept is what the call leaves as it is in a field that the code has set before: "value", all of it, unless the field's tag
	// of variables has the option overwrite, or "default", which is then no default. Empty is nothing.
	Kept string `yaml:"kept"`
}

// Binding says where the values of configuration keys come from, apart from configuration files.
type Binding struct {
	Key     Expr `yaml:"key"`     // nothing is every key
	Env     Expr `yaml:"env"`     // variables that win over the files
	Flag    Expr `yaml:"flag"`    // name of a flag that wins over the files
	Default Expr `yaml:"default"` // what counts where nothing else says something
	Prefix  Expr `yaml:"prefix"`  // of the variables of every key, joined with _
	Replace Expr `yaml:"replace"` // pairs of texts: how a key becomes the name of a variable
	// Automatic: every key is also looked for in the environment, by its name in upper case.
	Automatic bool `yaml:"automatic"`
}

// Announce tells a registry of services under which name the process is found. Who looks the name up has an address that is the
// name (etcd:///orders, or an object whose attribute or field gives it).
type Announce struct {
	Name Expr `yaml:"name"`
}

// Provide offers values to a dependency-injection container, which hands them to whatever asks for their types. A type is
// that of the constructor's results, of the value, or the type argument of the call.
type Provide struct {
	To Expr `yaml:"to"` // the container; where it is left out the call's result is an option, which Compose applies
	// Func are constructors, or objects that say more of one by their attributes func and annotations.
	Func  Expr `yaml:"func"`
	Value Expr `yaml:"value"` // values that are offered as they are
	Name  Expr `yaml:"name"`  // only those who ask for the name get it
	// Annotations are objects with the attributes as (pointers to the interfaces that stand for the own types), name, group,
	// params and results (struct tags, by position) and start and stop (functions that run with the application).
	Annotations Expr `yaml:"annotations"`
	Replace     bool `yaml:"replace"` // the results take the place of what else has their types
	Alias       bool `yaml:"alias"`   // what the container has of the first type argument is offered as the second, too
}

// Compose makes a container of Options: results of calls that provide, invoke, or hold further ones in the attribute options.
type Compose struct {
	Options Expr `yaml:"options"`
}

// Invoke calls Func with what the container has for its parameters.
type Invoke struct {
	In   Expr `yaml:"in"` // the container; where it is left out the call's result is an option, which Compose applies
	Func Expr `yaml:"func"`
}

// Resolve takes out of a container what has the type of the type argument, or that Into points to.
type Resolve struct {
	Name       Expr `yaml:"name"`
	Into       Expr `yaml:"into"`
	Implements bool `yaml:"implements"` // what implements the type will do
}

// Dispatch calls Method of what is offered under the first type argument and Name, with the arguments of the call; its
// results are those of the call.
type Dispatch struct {
	Name   Expr   `yaml:"name"`
	Method string `yaml:"method"`
}
