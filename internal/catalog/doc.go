// Package catalog holds what libraries mean: that (*pgxpool.Pool).Query reads a store, that gin.RouterGroup.POST registers
// an endpoint, that otelhttp.NewTransport instruments a client. It comes in as YAML, one file per family of libraries in
// models/, and goes out as a Catalog that answers what a symbol means. It judges nothing and looks at no code: the linker
// (internal/arch) evaluates the expressions at each call.
//
// # A model
//
// A model is a symbol and what a call of it is, in a small vocabulary of shapes (see Model). This is a family whole:
//
//	about: A router that we wrote ourselves.
//	packages:
//	  web: example.com/platform/web          # an alias, and the import path that it stands for
//	models:
//	  - func: web.New
//	    makes: {kind: router}
//	  - func: web.Router.{Get,Post,Put,Delete}
//	    endpoint: {protocol: http, method: method, path: recv.prefix + arg0, handler: "arg1[-1]", middleware: arg1}
//	  - func: web.Router.Group
//	    makes: {kind: router, parent: recv, attrs: {prefix: recv.prefix + arg0}}
//	  - func: web.Router.Use
//	    use: {to: recv, what: args0}
//	  - func: web.Router.Run
//	    serve: {protocol: http, addr: arg0, handler: recv}
//
// Here r.Group("/v1").Get("/users/{id}", list) is found to be GET /v1/users/{id}: Group makes an object of kind router
// whose attribute prefix is the receiver's, which r lacks, and "/v1"; Get concatenates that with its own argument.
//
// # Symbols
//
// A symbol is alias.Func or alias.Type.Method, where Type is the type that declares the method: a call of gin.Engine.GET is one
// of gin.RouterGroup.GET. Pointers and type arguments are left out. Braces stand for several symbols, and an alias for
// several paths. A path without major version serves every version that has no models of its own, because most libraries
// keep their functions' meaning and arguments from one to the next; where they do not, a second alias with the version in its
// path says how the other one differs (see redis.yaml). A * stands for any type or any method of a package that has a model
// of *.*: the steps of a generated chain, of which each has a type of its own (see rueidis.yaml). A named type of functions
// is the symbol of its values, which a library keeps in fields (see elasticsearch.yaml).
//
// # Objects
//
// What a library keeps between calls is an object: makes says that the result is one, parent where attributes come from that it
// lacks itself. The families agree on these kinds and attributes:
//
//	router      prefix, middleware
//	route       path, prefix, method, handler: an endpoint that is being put together
//	strip       strip, handler: a handler that removes the prefix strip before another one
//	static, operations    files, health, metrics, debugging: not endpoints of the architecture
//	proxy       target
//	server      options
//	conn        target, options: a connection of an RPC client
//	client      dsn, timeout, options: of HTTP, a cache, a document store
//	request     method, url, context, body
//	invoker     a function that does the call of the same model when it is called; made by what the model is of
//	graphql     schema: a server that calls the resolvers of a generated schema
//	rpc         protocol, id, handler: one procedure behind a generated HTTP handler
//	option      instrument, exporter, target, ...: a value that configures another
//	db, tx, stmt, gorm    driver, dsn, sql, table, model, where, context
//	database, collection, document, query    database, name, key, where
//	reader, writer        topic, brokers, group
//	provider, tracer, exporter, propagator, span    of tracing; global and noop are 'true' where they are
//	config, args          of the configuration: prefix
//	listener              addr; servers may have one, too
//	annotated, annotation, hook    of dependency injection: func, as, name, group, params, results, start, stop
//	addresses             of a registry: the fields of what it gives that hold an address, by their Go names
//
// # Expressions
//
// A value in a model is an expression over the call: its receiver, its arguments, and what they hold (see Expr). One of the
// repository's own types has fields and attributes alike. A constant needs quotes of its own inside those of YAML:
//
//	method: "'GET'"
//
// # How a model is tested
//
// The reader refuses what it does not know, and says where and what was perhaps meant. Verify holds models against the real
// API: that the symbols exist, are declared where the model says, and have the arguments, of a plausible type. make
// verify-models does so for the built-in families, over the module versions that they name:
//
//	modules: [github.com/go-chi/chi@v1.5.5, github.com/go-chi/chi/v5@v5.2.3]
//
// A family names one version or more of each major version that it is meant for, and below unavailable the modules that
// nobody can download any more, with the reason.
package catalog
