package arch

import "testing"

// A report must never show a password.
func TestDatabaseName(t *testing.T) {
	tests := []struct {
		dsn  text
		want string
	}{
		{lit("postgres://user:secret@db:5432/orders?sslmode=disable"), "db:5432/orders"},
		{lit("postgres://user:p@ss@db/orders"), "db/orders"},
		{lit("mongodb://db:27017"), "db:27017"},
		{lit("host=db port=5432 user=u password=secret dbname=orders sslmode=disable"), "db/orders"},
		{lit("dbname=orders"), "orders"},
		{lit("user:secret@tcp(db:3306)/orders?parseTime=true"), "db:3306/orders"},
		{lit("user:secret@/orders"), "/orders"},
		{env("DATABASE_URL", ""), "{DATABASE_URL}"},
		{cat(lit("postgres://u:"), env("PASSWORD", ""), lit("@db/"), env("NAME", "")), "db/{NAME}"},
		{lit("file.db"), "file.db"},
		{lit(""), ""},
		{value, ""},
	}
	for _, tt := range tests {
		if got := databaseName(tt.dsn); got != tt.want {
			t.Errorf("databaseName(%q) = %q, want %q", tt.dsn, got, tt.want)
		}
	}
}

func TestStoreName(t *testing.T) {
	for driver, want := range map[string]string{
		"pgx": "postgres", "postgres": "postgres", "Postgres": "postgres", "mysql": "mysql", "sqlite3": "sqlite", "unheard-of": "", "": "",
	} {
		if got := storeName(driver); got != want {
			t.Errorf("storeName(%q) = %q, want %q", driver, got, want)
		}
	}
}
