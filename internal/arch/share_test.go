package arch

import "testing"

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		general, key string
		want         bool
	}{
		{"user:*", "user:admin-*", true},
		{"user:*", "user:*:orders", false}, // another key, of more segments
		{"user:*", "session:*", false},
		{"user:admin-*", "user:*", false},
		{"*", "user:1", false}, // says nothing
		{"user:*:orders", "user:1:orders", true},
	} {
		if got := covers(c.general, c.key); got != c.want {
			t.Errorf("covers(%q, %q) = %v", c.general, c.key, got)
		}
	}
}

func TestStandardDatabase(t *testing.T) {
	for _, c := range []struct{ store, database, want string }{
		{"postgres", "db:5432/orders", "db/orders"},
		{"postgres", "DB/orders", "db/orders"},
		{"postgres", "db:5433/orders", "db:5433/orders"},
		{"redis", "redis:6379", "redis"},
		{"cassandra", "chat", "chat"},
		{"firestore", "Shop-Prod", "Shop-Prod"},
	} {
		if got := standardDatabase(c.store, c.database); got != c.want {
			t.Errorf("standardDatabase(%q, %q) = %q, want %q", c.store, c.database, got, c.want)
		}
	}
}

func TestDSN(t *testing.T) {
	for _, c := range []struct{ text, store, database string }{
		{"postgres://u:p@db:5432/orders?sslmode=disable", "postgres", "db/orders"},
		{"u:p@tcp(db:3306)/orders?parseTime=true", "mysql", "db/orders"},
		{"mongodb://db:27017/shop", "mongo", "db/shop"},
		{"mongodb://db:27017", "", ""}, // a server, no database
		{"https://example.com/orders", "", ""},
		{"orders", "", ""},
	} {
		if store, database := dsn(c.text); store != c.store || database != c.database {
			t.Errorf("dsn(%q) = %q, %q, want %q, %q", c.text, store, database, c.store, c.database)
		}
	}
}
