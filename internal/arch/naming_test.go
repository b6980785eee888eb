package arch

import (
	"testing"

	"github.com/svclint/svclint/analyzers/effects"
)

// TestNaming holds the rules against what the mappers themselves make of these names.
func TestNaming(t *testing.T) {
	for _, c := range []struct{ typ, gorm, bun, gopg, xorm, beego, gorp string }{
		{"User", "users", "users", "users", "user", "user", "User"},
		{"OrderLine", "order_lines", "order_lines", "order_lines", "order_line", "order_line", "OrderLine"},
		{"Category", "categories", "categories", "categories", "category", "category", "Category"},
		{"Person", "people", "people", "people", "person", "person", "Person"},
		{"Sheep", "sheep", "sheep", "sheep", "sheep", "sheep", "Sheep"},
		{"Address", "addresses", "addresses", "addresses", "address", "address", "Address"},
		{"Batch", "batches", "batches", "batches", "batch", "batch", "Batch"},
		{"OAuth2Token", "o_auth2_tokens", "o_auth2_tokens", "o_auth2_tokens", "o_auth2_token", "o_auth2_token", "OAuth2Token"},
		{"UserID", "user_ids", "user_ids", "user_ids", "user_i_d", "user_i_d", "UserID"},
		{"APIKey", "api_keys", "api_keys", "api_keys", "a_p_i_key", "a_p_i_key", "APIKey"},
		{"HTTPSLog", "https_logs", "https_logs", "https_logs", "h_t_t_p_s_log", "h_t_t_p_s_log", "HTTPSLog"},
	} {
		for mapper, want := range map[string]string{"gorm": c.gorm, "bun": c.bun, "gopg": c.gopg, "xorm": c.xorm, "beego": c.beego, "gorp": c.gorp} {
			if got := namings[mapper].named(c.typ); got != want {
				t.Errorf("%s names the table of %s %q, want %q", mapper, c.typ, got, want)
			}
		}
	}
}

func TestNamingByTag(t *testing.T) {
	for _, c := range []struct {
		naming string
		field  effects.Field
		want   string
	}{
		{"bun", effects.Field{Name: "BaseModel", Embedded: true, Tag: `bun:"table:accounts,alias:a"`}, "accounts"},
		{"bun", effects.Field{Name: "BaseModel", Embedded: true, Tag: `bun:"alias:a"`}, ""},
		{"bun", effects.Field{Name: "Table", Tag: `bun:"table"`}, ""},
		{"gopg", effects.Field{Name: "tableName", Tag: `pg:"accounts,alias:a"`}, "accounts"},
		{"gopg", effects.Field{Name: "tableName", Tag: `sql:"accounts"`}, "accounts"},
		{"gopg", effects.Field{Name: "tableName", Tag: `pg:",discard_unknown_columns"`}, ""},
		{"gopg", effects.Field{Name: "Name", Tag: `pg:"name"`}, ""},
	} {
		if got := namings[c.naming].tagged(c.field); got != c.want {
			t.Errorf("%s reads the table %q from %s %s, want %q", c.naming, got, c.field.Name, c.field.Tag, c.want)
		}
	}
}
