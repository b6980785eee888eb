package arch

import (
	"github.com/svclint/svclint/analyzers/effects"
	"github.com/svclint/svclint/internal/config"
)

// Schema is the version of the Model's JSON form. It changes when a key changes its meaning or goes away; new keys do
// not change it.
const Schema = 1

// Model is the recovered architecture of one repository. Every list is sorted, so that two runs over the same tree give
// the same bytes; paths are relative to the repository root.
type Model struct {
	Schema          int              `json:"schema"`
	Services        []Service        `json:"services"`
	ForeignServices []ForeignService `json:"foreign_services"`
	Endpoints       []Endpoint       `json:"endpoints"`
	Calls           []Call           `json:"calls"`
	Data            []Data           `json:"data"`
	SharedData      []SharedData     `json:"shared_data"`
	Events          []Event          `json:"events"`
	Chains          [][]string       `json:"chains"`
	Cycles          [][]string       `json:"cycles"`
	Tracing         []Tracing        `json:"tracing"`
	Idempotency     []Idempotency    `json:"idempotency"`
	Boundary        []Boundary       `json:"boundary"`

	// Flows say what each endpoint, consumer and start-up path does, in order: the raw material of the smell passes.
	Flows []Flow `json:"flows"`
	// Owners of tables, from migrations and DDL or from the only writer.
	Owners []Owner `json:"owners"`
	// Imports of one service's packages by another.
	Imports []Import `json:"imports"`
	// Unresolved values: what the Model would need to know and could not.
	Unresolved []Unresolved `json:"unresolved"`
	// BlindSpots are the libraries of network and storage that services use and no model knows.
	BlindSpots []BlindSpot `json:"blind_spots"`
	Coverage   Coverage    `json:"coverage"`

	// Settings are the repository's .svclint.yml, nil without one: thresholds, owners and severities for those who judge.
	// Its methods answer for nil, too.
	Settings *config.Config `json:"-"`

	// Directives are the comments that ask svclint to be quiet about something. They are no part of the architecture.
	Directives []effects.Directive `json:"-"`
}

// Service is one deployed process: a main package, in one of its roles.
type Service struct {
	Name     string      `json:"name"`  // as deployed, else the directory's name
	Entry    string      `json:"entry"` // directory of the main package
	Role     string      `json:"role"`  // the subcommand or switch value that selects this role, "" for the only one
	Evidence effects.Pos `json:"evidence"`
	// Main is where func main is declared.
	Main effects.Pos `json:"main"`
	// Hosts are the names under which other processes reach it: compose service names, k8s Services.
	Hosts []string `json:"hosts,omitempty"`
	// Deadlines of its outbound calls and the libraries it could not be read through are told per Flow.
}

// ForeignService is a process that a service of this repository talks to and whose Go code is not here.
type ForeignService struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Endpoint is something a service answers: an RPC, a route, a consumed topic, a schedule.
type Endpoint struct {
	Service  string      `json:"service"`
	Protocol string      `json:"protocol"` // grpc, http, thrift, rpc, graphql, consumer, cron
	ID       string      `json:"id"`       // pkg.Service/Method; METHOD /path/{x}; broker:topic; cron:name
	Handler  string      `json:"handler"`
	Site     effects.Pos `json:"site"` // the handler's declaration, in code that a person wrote where there is such
	Mutates  bool        `json:"mutates"`
	// Registered is where the endpoint is bound to its server.
	Registered effects.Pos `json:"registered"`
	// Instrumented: inbound requests get a server span.
	Instrumented bool `json:"instrumented"`
}

// Call is a synchronous request from a service to another, one row per (from, to, id).
type Call struct {
	From     string        `json:"from"`
	To       string        `json:"to"`
	Protocol string        `json:"protocol"`
	ID       string        `json:"id"`
	Sites    []effects.Pos `json:"sites"`
	InLoop   bool          `json:"in_loop"`
	Async    bool          `json:"async"`
}

// Data is a table, collection or key pattern that a service touches at run time.
type Data struct {
	Service  string        `json:"service"`
	Store    string        `json:"store"`
	Database string        `json:"database,omitempty"` // what is known of the database: DSN host and name, or the variable it comes from
	Name     string        `json:"name"`
	Ops      []string      `json:"ops"` // read, write, ddl
	Sites    []effects.Pos `json:"sites"`
}

// SharedData is data that more than one service touches directly, or a database that more than one is given.
type SharedData struct {
	Kind     string   `json:"kind"` // table (also a collection or index), key (of a cache), database
	Store    string   `json:"store"`
	Database string   `json:"database,omitempty"` // host and name, as deployed
	Name     string   `json:"name"`
	Services []string `json:"services"`
	Owner    string   `json:"owner"`
	Why      string   `json:"why"`
	// Evidence has a step per service of a shared database: its first access, or the configuration that hands it over.
	Evidence []Step `json:"evidence,omitempty"`
}

// Kinds of SharedData.
const (
	SharedTable    = "table"
	SharedKey      = "key"
	SharedDatabase = "database"
)

// Event is a message that a service publishes or consumes.
type Event struct {
	Service string        `json:"service"`
	Dir     string        `json:"dir"` // publish, consume
	Broker  string        `json:"broker"`
	Topic   string        `json:"topic"`
	Sites   []effects.Pos `json:"sites"`
}

// Tracing says how much of a service a trace can see. Setup is yes or no; the others are all, some, none or n/a.
type Tracing struct {
	Service   string        `json:"service"`
	Library   string        `json:"library"`
	Setup     string        `json:"setup"`
	Servers   string        `json:"servers"`
	Clients   string        `json:"clients"`
	DB        string        `json:"db"`
	Messaging string        `json:"messaging"`
	Sites     []effects.Pos `json:"sites"`
	Breaks    []TraceBreak  `json:"breaks"`
	// SetupIf says on what the set-up depends, "" where it is done in any case: "env ENABLE_TRACING == 1".
	SetupIf string `json:"setup_if,omitempty"`
	// Spans are those started by hand that nobody ends, or that do not tell of errors.
	Spans []Span `json:"spans,omitempty"`
	// ServerSites, ClientSites: the servers and clients that are not instrumented.
	ServerSites []effects.Pos `json:"servers_uninstrumented,omitempty"`
	ClientSites []effects.Pos `json:"clients_uninstrumented,omitempty"`
}

// TraceBreak is a place where a trace ends although the request goes on.
type TraceBreak struct {
	Site effects.Pos `json:"site"`
	Why  string      `json:"why"`
	// Kind is context (the request's is replaced or not passed on), goroutine (work is left to one that has no context),
	// client, server (not instrumented), messaging (headers neither injected nor extracted), db (one access without a span
	// among others that have one), span (never ended), provider (replaced, installed too late, or shut down).
	Kind     string `json:"kind"`
	Endpoint string `json:"endpoint,omitempty"`
	Path     []Step `json:"path,omitempty"`
}

// Span is a span that is started by hand and that something is wrong with.
type Span struct {
	Site  effects.Pos `json:"site"`
	Func  string      `json:"func"`
	Fault string      `json:"fault"` // not-ended, not-always-ended, error-unrecorded (an error is returned and the span does not tell)
}

// Idempotency says whether repeating a request or message is harmless, per mutating endpoint and consumer.
type Idempotency struct {
	Service    string        `json:"service"`
	Endpoint   string        `json:"endpoint"`
	Idempotent string        `json:"idempotent"` // yes, no, unclear
	Why        string        `json:"why"`
	Sites      []effects.Pos `json:"sites"`
	// Redelivery says whether a test delivers a message twice: of a consumer that changes something, where the service has
	// tests and these can be understood. It is added after linking, from Takers; see package redelivery.
	Redelivery *Redelivery `json:"redelivery,omitempty"`
	// Takers are the functions of a consumer that a message passes through before its first effect, and the packages that
	// are the service's own.
	Takers *Takers `json:"-"`
}

// Redelivery is what tests do with the messages of a consumer.
type Redelivery struct {
	Tested string      `json:"tested"`         // twice, once (each message), never
	Test   string      `json:"test,omitempty"` // the first test that does so
	Site   effects.Pos `json:"site,omitzero"`  // where it is; nowhere for never
}

// Redelivery.Tested.
const (
	DeliveredTwice = "twice"
	DeliveredOnce  = "once"
	NeverDelivered = "never"
)

// Takers are what a test has to call to deliver a message to a consumer.
type Takers struct {
	Funcs []Taker
	// Dirs are the folders of the packages that no other service links in.
	Dirs []string
}

// Taker is a function that takes a message. One that only makes the function that takes it (a method that returns a
// closure) is a Maker.
type Taker struct {
	Package, Dir string
	Type, Name   string // Type is the receiver's, "" for a function
	Maker        bool
	// Rivals are the other types of the package that have a method of the name.
	Rivals []string
}

// Boundary is a remark on where services begin and end; kinds as in the label form (cycle, chatty, ...), and lock-step.
type Boundary struct {
	Kind     string        `json:"kind"`
	Services []string      `json:"services"` // who does it first, then whom it concerns
	Why      string        `json:"why"`
	Sites    []effects.Pos `json:"sites"`
	// Endpoint is the id of the request or message that it is about, of the first of Services; "" where it is about none.
	Endpoint string `json:"endpoint,omitempty"`
	// Subject is what it is about beside services and request: the address that stands in the code, the question that is asked
	// twice, the package that is shared, what is changed ("call", "transaction" for a remote change inside a local transaction).
	Subject string `json:"subject,omitempty"`
	// Steps are the places that prove it, across services.
	Steps []Step `json:"steps,omitempty"`
	// Covered: another remark on the same request says this and more, so one finding is enough.
	Covered bool `json:"covered,omitempty"`
}

// Flow is everything that one entry of a service does, in source order: an endpoint's handler, or start-up (Endpoint "").
type Flow struct {
	Service  string   `json:"service"`
	Endpoint string   `json:"endpoint"` // the endpoint's id, "" for what runs from main
	Protocol string   `json:"protocol,omitempty"`
	Effects  []Effect `json:"effects"`
	// Sequence is the longest row of calls that one run of the flow waits for one after the other, as indices into Effects, in
	// order; nil when there are not two.
	Sequence []int `json:"sequence,omitempty"`
}

// EffectKind names what an effect is.
type EffectKind string

const (
	KindCall    EffectKind = "call"    // synchronous request to another service
	KindData    EffectKind = "data"    // access to a table, collection or key
	KindPublish EffectKind = "publish" // message handed to a broker
)

// Effect is one thing that a flow does to the world outside its process.
type Effect struct {
	Kind EffectKind `json:"kind"`

	// KindCall: the target service and endpoint id. Deadline: a timeout holds on the path or on the client.
	To       string `json:"to,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	ID       string `json:"id,omitempty"`
	Deadline bool   `json:"deadline,omitempty"`
	// Timeout is the shortest of the limits behind Deadline whose length is known, as a Go duration: 1.5s.
	Timeout string `json:"timeout,omitempty"`

	// KindData: Op is read, write or ddl; Verb says it more exactly (select, insert, update, delete, upsert, increment,
	// get, set, setnx, create, ...); Joined are further tables of the same statement.
	Store    string   `json:"store,omitempty"`
	Database string   `json:"database,omitempty"`
	Name     string   `json:"name,omitempty"`
	Op       string   `json:"op,omitempty"`
	Verb     string   `json:"verb,omitempty"`
	Joined   []string `json:"joined,omitempty"`
	// Statement is the SQL text as far as it is known, on one line, for messages.
	Statement string `json:"statement,omitempty"`
	// Stated is where the code says what is touched, where Site is in a helper that is told: the call of that helper.
	Stated *effects.Pos `json:"stated,omitempty"`

	// KindPublish.
	Broker string `json:"broker,omitempty"`
	Topic  string `json:"topic,omitempty"`

	Site effects.Pos `json:"site"`
	Func string      `json:"func"` // the function that holds Site, as in Go
	Path []Step      `json:"path"` // from the entry to Site; the last step is Site itself

	// Middleware: it is done by what stands before the handler, for every request alike.
	Middleware bool `json:"middleware,omitempty"`

	InLoop bool `json:"in_loop,omitempty"` // once per element of a collection
	Async  bool `json:"async,omitempty"`   // in a goroutine that the request does not wait for
	// Transaction names the local transaction that is open around the effect, "" when none is.
	Transaction string `json:"transaction,omitempty"`
	// Context says where the effect's context.Context comes from: request (the caller's), background, todo, none (the API
	// takes one and this call has no way to pass it), detached (deliberately, e.g. context.WithoutCancel), start-up, unknown.
	Context     string       `json:"context"`
	ContextSite *effects.Pos `json:"context_site,omitempty"`
	// Instrumented: the effect makes a span of its own or runs inside a manual one.
	Instrumented bool `json:"instrumented,omitempty"`
	// Guard is what keeps a repetition of this effect harmless, "" when nothing was found: setnx, inbox, on-conflict,
	// upsert, conditional-update, unique-key, natural-key, idempotency-key.
	Guard string `json:"guard,omitempty"`
	// Retry says what does the effect again where it fails, Breaker which circuit breaker it stands in.
	Retry   *Retry `json:"retry,omitempty"`
	Breaker string `json:"breaker,omitempty"`

	GuardSite *effects.Pos `json:"guard_site,omitempty"`
	// OwnKey is set for an insert under a key of the message or request: a repetition fails on the key.
	OwnKey bool `json:"own_key,omitempty"`

	// Relative: the write changes a value relative to what is stored (balance = balance - 1).
	Relative bool `json:"relative,omitempty"`
	// KeptForever: the key is written without a time after which it goes away.
	KeptForever bool `json:"kept_forever,omitempty"`
	// CheckSite is where the state was read that decides whether the effect is done, when nothing keeps that state from
	// changing in between: no unique key, lock, version or condition.
	CheckSite *effects.Pos `json:"check_site,omitempty"`
	// LateGuardSite is the guard that ought to stand before the effect and comes after it.
	LateGuardSite *effects.Pos `json:"late_guard_site,omitempty"`
	// AckSite is where the message was acknowledged before the effect.
	AckSite *effects.Pos `json:"ack_site,omitempty"`
}

// Place is where a reader would change what the effect is about: where the code says it.
func (e *Effect) Place() effects.Pos {
	if e.Stated != nil {
		return *e.Stated
	}
	return e.Site
}

// Step is one place on a path through the code, and across services.
type Step struct {
	Service string      `json:"service,omitempty"`
	Func    string      `json:"func"`
	Pos     effects.Pos `json:"pos"`
	What    string      `json:"what"` // calls X, handles Y, queries Z, ...
}

// Owner of a table, collection or schema.
type Owner struct {
	Store    string      `json:"store"`
	Database string      `json:"database,omitempty"`
	Name     string      `json:"name"`
	Service  string      `json:"service"`
	How      string      `json:"how"` // declared (in .svclint.yml), migration, ddl, only-writer
	Site     effects.Pos `json:"site"`
}

// Import is a package of one service imported by a package that another service links in.
type Import struct {
	Service  string      `json:"service"` // who imports
	Of       string      `json:"of"`      // whose package it is
	Package  string      `json:"package"`
	Importer string      `json:"importer"`
	Site     effects.Pos `json:"site"`
	// Contract: the package holds only generated code, clients or plain data types, so importing it is healthy.
	Contract bool `json:"contract,omitempty"`
}

// Unresolved is a value that decides the architecture and could not be read from the code.
type Unresolved struct {
	Service string      `json:"service"`
	Site    effects.Pos `json:"site"`
	What    string      `json:"what"` // what was looked for: the address of a call, the topic of a publish, ...
	Value   string      `json:"value"`
	Reason  string      `json:"reason"`
}

// BlindSpot is a library that talks to others and that no model knows: what a service does through it is in no list of the
// Model.
type BlindSpot struct {
	Service string        `json:"service"`
	Module  string        `json:"module"`
	Why     string        `json:"why"`    // what in its source shows that it talks to others
	Import  effects.Pos   `json:"import"` // where it is imported
	Calls   []string      `json:"calls"`  // what is called of it: example.com/mail.Client.Send
	Sites   []effects.Pos `json:"sites"`  // where
	// Requests: some of them may be called on the way of a request or message, and not at start-up only.
	Requests bool `json:"requests"`
}

// Coverage says how much of the repository was read.
type Coverage struct {
	Packages int       `json:"packages"` // the repository's own packages
	Analysed int       `json:"analysed"`
	Problems []Problem `json:"problems"`
	Notes    []string  `json:"notes"`
}

// Problem is one thing that kept svclint from reading a part of the repository.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Package string `json:"package,omitempty"`
	Msg     string `json:"msg"`
	Hint    string `json:"hint,omitempty"` // what to do next
}
