package sqltext

import (
	"fmt"
	"strings"
	"testing"
)

func TestRoutines(t *testing.T) {
	for _, c := range []struct{ name, sql, want string }{
		{"view", "CREATE VIEW open_orders AS SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer WHERE o.open;",
			"view open_orders: read orders, read customers"},
		{"sql function", "CREATE OR REPLACE FUNCTION shop.total(int) RETURNS int LANGUAGE sql AS $$ SELECT sum(price) FROM lines WHERE id = $1 $$;",
			"total: read lines"},
		{"plpgsql", "CREATE FUNCTION reserve(n int) RETURNS void AS $f$\nDECLARE x int;\nBEGIN\n  IF n > 0 THEN\n    UPDATE stock SET left = left - n;\n" +
			"    INSERT INTO reservations (n) VALUES (n);\n  END IF;\nEND;\n$f$ LANGUAGE plpgsql;",
			"reserve: write stock, write reservations"},
		{"mysql", "DELIMITER //\nCREATE PROCEDURE `close`(IN n INT)\nBEGIN\n  DELETE FROM sessions WHERE id = n;\nEND //\nDELIMITER ;\nINSERT INTO other VALUES (1);",
			"close: write sessions"},
		{"trigger function without tables", "CREATE FUNCTION touch() RETURNS trigger AS $$ BEGIN NEW.at = now(); RETURN NEW; END $$ LANGUAGE plpgsql;", "touch:"},
		{"none", "CREATE TABLE orders (id int); SELECT reserve(1);", ""},
	} {
		var got []string
		for _, r := range Routines(c.sql) {
			var tables []string
			for _, ref := range r.Tables {
				tables = append(tables, fmt.Sprintf("%s %s", ref.Op, ref.Name))
			}
			kind := ""
			if r.View {
				kind = "view "
			}
			got = append(got, strings.TrimSpace(kind+r.Name+": "+strings.Join(tables, ", ")))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}
