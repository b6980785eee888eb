package catalog

import "testing"

// TestBuiltin looks a few symbols up as the code of a repository names them.
func TestBuiltin(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	shape := map[string]func(*Model) bool{
		"endpoint":   func(m *Model) bool { return m.Endpoint != nil },
		"call":       func(m *Model) bool { return m.Call != nil },
		"data":       func(m *Model) bool { return m.Data != nil },
		"instrument": func(m *Model) bool { return m.Instrument != nil },
		"span":       func(m *Model) bool { return m.Span != nil },
		"consume":    func(m *Model) bool { return m.Consume != nil },
		"publish":    func(m *Model) bool { return m.Publish != nil },
		"config":     func(m *Model) bool { return m.Config != nil },
		"guard":      func(m *Model) bool { return m.Guard != nil },
	}
	for symbol, want := range map[string]string{
		"net/http.ServeMux.HandleFunc":                                             "endpoint",
		"net/http.Client.Do":                                                       "call",
		"google.golang.org/grpc.ClientConnInterface.Invoke":                        "call",
		"github.com/go-chi/chi/v5.Router.Get":                                      "endpoint",
		"github.com/gin-gonic/gin.RouterGroup.POST":                                "endpoint",
		"database/sql.DB.QueryContext":                                             "data",
		"github.com/jackc/pgx/v5/pgxpool.Pool.Query":                               "data",
		"gorm.io/gorm.DB.Create":                                                   "data",
		"go.mongodb.org/mongo-driver/v2/mongo.Collection.InsertOne":                "data",
		"github.com/redis/go-redis/v9.cmdable.SetNX":                               "guard",
		"github.com/go-redis/redis/v8.cmdable.Get":                                 "data",
		"github.com/segmentio/kafka-go.Reader.FetchMessage":                        "consume",
		"github.com/Shopify/sarama.SyncProducer.SendMessage":                       "publish",
		"go.opentelemetry.io/otel/trace.Tracer.Start":                              "span",
		"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.NewHandler": "instrument",
		"github.com/spf13/viper.GetString":                                         "config",
	} {
		found := false
		for _, m := range c.Lookup(symbol) {
			found = found || shape[want](m)
		}
		if !found {
			t.Errorf("%s has no model that is a %s", symbol, want)
		}
	}
	// Version 8 has contexts, version 6 has none.
	for symbol, key := range map[string]string{
		"github.com/go-redis/redis.cmdable.Get":    "arg0",
		"github.com/go-redis/redis/v7.cmdable.Get": "arg0",
		"github.com/go-redis/redis/v8.cmdable.Get": "arg1",
	} {
		if got := c.Lookup(symbol)[0].Data.Key.String(); got != key {
			t.Errorf("%s has the key %s, want %s", symbol, got, key)
		}
	}
}

// TestBuiltinOnce: a symbol stands in one family, and there in one model.
func TestBuiltinOnce(t *testing.T) {
	families, err := BuiltinFamilies()
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for _, f := range families {
		if f.About == "" {
			t.Errorf("models/%s.yaml does not say what it is about", f.Name)
		}
		for _, m := range f.Models {
			if other := where[m.symbol()]; other != "" {
				t.Errorf("%s: %s stands at %s too", m.Pos, m.symbol(), other)
			}
			where[m.symbol()] = m.Pos
		}
	}
}

func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}

// TestKnowsModule: a module is known when a package of it, or of the repository that it comes from, has models.
func TestKnowsModule(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for module, want := range map[string]bool{
		"github.com/jackc/pgx/v5":                  true,
		"go.opentelemetry.io/otel":                 true,
		"go.opentelemetry.io/otel/sdk":             true,
		"github.com/jackc/tern":                    false,
		"github.com/acme/platform":                 false,
		"git.acme.com/platform":                    false,
		"github.com/go-kratos/kratos/contrib/x/v2": true,
	} {
		if got := c.KnowsModule(module); got != want {
			t.Errorf("KnowsModule(%s) = %v", module, got)
		}
	}
}
