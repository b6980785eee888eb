package sqltext

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// brief writes a statement as one line: verb table:op,... and then what else is known.
func brief(st Statement) string {
	var b strings.Builder
	b.WriteString(st.Verb)
	for _, r := range st.Tables {
		name := r.Name
		if r.Schema != "" {
			name = r.Schema + "." + name
		}
		fmt.Fprintf(&b, " %s:%s", name, r.Op)
	}
	add := func(label string, cols []string) {
		if len(cols) > 0 {
			fmt.Fprintf(&b, " %s(%s)", label, strings.Join(cols, ","))
		}
	}
	add("into", st.InsertColumns)
	if st.OnConflict != "" {
		b.WriteString(" conflict=" + st.OnConflict)
	}
	add("on", st.ConflictColumns)
	add("set", st.SetColumns)
	add("relative", st.RelativeColumns)
	add("where", st.WhereColumns)
	if st.Conditional {
		b.WriteString(" conditional")
	}
	add("key", st.PrimaryKey)
	for _, u := range st.Unique {
		add("unique", u)
	}
	add("dropped", st.Dropped)
	for _, r := range st.References {
		b.WriteString(" ->" + r.Name)
	}
	if st.Returning {
		b.WriteString(" returning")
	}
	if st.Locking {
		b.WriteString(" locking")
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ sql, want string }{
		// Reads
		{`SELECT id, name FROM users WHERE id = $1`, `select users:read where(id)`},
		{`select * from users u where u.email = ? and u.deleted_at is null limit 1`, `select users:read where(email,deleted_at)`},
		{`SELECT COUNT(*) FROM orders`, `select orders:read`},
		{`SELECT o.id, c.name FROM orders o JOIN customers AS c ON c.id = o.customer_id WHERE o.status = 'open'`,
			`select orders:read customers:read where(status)`},
		{`SELECT * FROM a, b, public.c LEFT OUTER JOIN d USING (id) WHERE a.x = b.y`,
			`select a:read b:read public.c:read d:read where(x,y)`},
		{"SELECT `id` FROM `shop`.`order items` WHERE `id` IN (?, ?)", `select shop.order items:read where(id)`},
		{`SELECT "id" FROM public."Order Items" oi`, `select public.Order Items:read`},
		{`SELECT [Id] FROM [dbo].[Users] WHERE [Name] = @name`, `select dbo.Users:read where(Name)`},
		{`SELECT TOP 10 * FROM db.dbo.users`, `select db.dbo.users:read`},
		{`SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE vip = true)`,
			`select orders:read customers:read where(customer_id)`},
		{`SELECT x.n FROM (SELECT count(*) AS n FROM events GROUP BY kind) AS x WHERE x.n > 3`, `select events:read where(n)`},
		{`SELECT EXTRACT(EPOCH FROM created_at), TRIM(BOTH ' ' FROM name) FROM logs`, `select logs:read`},
		{`SELECT a IS DISTINCT FROM b FROM t`, `select t:read`},
		{`SELECT * FROM generate_series(1, 10) AS n JOIN slots ON slots.n = n`, `select slots:read`},
		{`SELECT * FROM a UNION ALL SELECT * FROM b ORDER BY 1`, `select a:read b:read`},
		{`(SELECT id FROM a) UNION (SELECT id FROM b)`, `select a:read b:read`},
		{`SELECT * FROM jobs WHERE state = 'ready' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`, `select jobs:read where(state) locking`},
		{`SELECT balance FROM accounts WHERE id = ? LOCK IN SHARE MODE`, `select accounts:read where(id) locking`},
		{`SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)`, `select users:read`},
		{`SELECT 1`, `select`},
		{`VALUES (1), (2)`, `select`},
		{`EXPLAIN ANALYZE SELECT * FROM t`, `select t:read`},
		{`SELECT * FROM t WHERE lower(email) = lower($1) AND created_at::date > now() - interval '1 day'`,
			`select t:read where(email,created_at)`},
		{`SELECT * FROM t WHERE data->>'kind' = 'a' AND tags @> ARRAY[$1]`, `select t:read where(data,tags)`},
		{`SELECT * FROM t WHERE name = "bob"`, `select t:read where(name)`},
		{`SELECT * FROM users, LATERAL (SELECT * FROM posts p WHERE p.user_id = users.id) x`, `select users:read posts:read`},
		{`SELECT * FROM (a JOIN b ON a.id = b.id) WHERE a.id = 1`, `select a:read b:read where(id)`},
		{`SELECT NOW() FROM dual`, `select`},

		// Comments, literals and placeholders
		{"-- name: GetUser :one\nSELECT * FROM users\nWHERE id = $1;", `select users:read where(id)`},
		{"/* from orders */ SELECT 'from invoices' FROM users # from payments\n WHERE id=:id", `select users:read where(id)`},
		{`SELECT 'it''s from x', 'it\'s from y' FROM z`, `select z:read`},
		{`SELECT $$ FROM x $$, $q$ FROM y $q$ FROM z`, `select z:read`},
		{`SELECT E'\'' FROM z WHERE n=:n::int AND m=@m`, `select z:read where(n,m)`},
		{`SELECT 'not closed FROM x`, `select`},

		// Holes
		{`SELECT {} FROM users WHERE id = {}`, `select users:read where(id)`},
		{`SELECT * FROM {TABLE} WHERE id = ?`, `select {TABLE}:read where(id)`},
		{`SELECT * FROM %s WHERE %s = %d`, `select {}:read`},
		{`SELECT * FROM events_%s e`, `select events_{}:read`},
		{`SELECT * FROM users {} ORDER BY id`, `select users:read`},
		{`SELECT * FROM "%s"."%s"`, `select {}.{}:read`},
		{`SELECT * FROM {{.Table}} WHERE a=1`, `select {}:read where(a)`},
		{`INSERT INTO users ({}) VALUES ({})`, `insert users:write into({})`},
		{`UPDATE users SET {} WHERE id = $1`, `update users:write where(id)`},
		{`UPDATE users SET {}, updated_at = now() WHERE id = $1`, `update users:write set(updated_at) where(id)`},

		// Fragments
		{`FROM users u JOIN roles r ON r.id = u.role WHERE u.id = ?`, ` users:read roles:read where(id)`},
		{` AND status = ? OR kind IN (?)`, ` where(status,kind)`},
		{`WHERE id = ?`, ` where(id)`},
		{`id = ? AND version = ?`, ` where(id,version)`},
		{`LEFT JOIN addresses a ON a.user_id = users.id`, ` addresses:read`},
		{`{} FROM users`, ` users:read`},
		{`SET n = n + 1 WHERE id = 1`, ` set(n) relative(n) where(id)`},

		// WITH
		{`WITH recent AS (SELECT * FROM orders WHERE at > $1) SELECT * FROM recent JOIN customers c ON c.id = recent.customer_id`,
			`select orders:read customers:read`},
		{`WITH RECURSIVE tree(id) AS (SELECT id FROM nodes WHERE parent IS NULL UNION ALL SELECT n.id FROM nodes n JOIN tree t ON n.parent = t.id) SELECT * FROM tree`,
			`select nodes:read`},
		{`WITH gone AS (DELETE FROM queue WHERE id = $1 RETURNING *) INSERT INTO archive SELECT * FROM gone`,
			`insert queue:write archive:write`},
		{`WITH a AS MATERIALIZED (SELECT 1), b AS (SELECT 2 FROM x) SELECT * FROM a, b`, `select x:read`},

		// Inserts
		{`INSERT INTO users(id, name) VALUES ($1, $2)`, `insert users:write into(id,name)`},
		{`insert into shop.users values (?, ?)`, `insert shop.users:write`},
		{`INSERT INTO users (id) VALUES ($1) RETURNING id, created_at`, `insert users:write into(id) returning`},
		{`INSERT INTO users (id, n) VALUES ($1, $2) ON CONFLICT DO NOTHING`, `insert users:write into(id,n) conflict=nothing`},
		{`INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT (message_id) DO NOTHING`,
			`insert inbox:write into(message_id) conflict=nothing on(message_id)`},
		{`INSERT INTO stock (sku, n) VALUES ($1, $2) ON CONFLICT (sku) DO UPDATE SET n = EXCLUDED.n, at = now()`,
			`upsert stock:write into(sku,n) conflict=update on(sku) set(n,at)`},
		{`INSERT INTO stock AS s (sku, n) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT stock_pkey DO UPDATE SET n = s.n + EXCLUDED.n WHERE s.n > 0`,
			`upsert stock:write into(sku,n) conflict=update set(n) relative(n) where(n) conditional`},
		{"INSERT INTO `hits` (`page`, `n`) VALUES (?, 1) ON DUPLICATE KEY UPDATE `n` = `n` + 1",
			`upsert hits:write into(page,n) conflict=update set(n) relative(n)`},
		{`INSERT INTO t (a) VALUES (?) ON DUPLICATE KEY UPDATE a = VALUES(a)`, `upsert t:write into(a) conflict=update set(a)`},
		{`INSERT IGNORE INTO seen SET id = ?, at = NOW()`, `insert seen:write into(id,at) conflict=ignore`},
		{`INSERT OR IGNORE INTO seen VALUES (?)`, `insert seen:write conflict=ignore`},
		{`INSERT OR REPLACE INTO kv (k, v) VALUES (?, ?)`, `upsert kv:write into(k,v) conflict=update`},
		{`REPLACE INTO kv (k, v) VALUES (?, ?)`, `upsert kv:write into(k,v) conflict=update`},
		{`INSERT INTO archive (id) SELECT o.id FROM orders o JOIN shops s ON s.id = o.shop WHERE o.done`,
			`insert archive:write orders:read shops:read into(id) where(done)`},
		{`INSERT INTO t DEFAULT VALUES`, `insert t:write`},
		{`INSERT INTO a (x) VALUES ((SELECT max(x) FROM b))`, `insert a:write b:read into(x)`},
		{`MERGE INTO stock AS s USING deliveries d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET n = s.n + d.n WHEN NOT MATCHED THEN INSERT (sku, n) VALUES (d.sku, d.n)`,
			`upsert stock:write deliveries:read into(sku,n) conflict=update set(n) relative(n)`},
		{`COPY users (id, name) FROM STDIN`, `insert users:write into(id,name)`},
		{`COPY (SELECT * FROM users) TO STDOUT`, `select users:read`},

		// Updates
		{`UPDATE users SET name = $1, email = $2 WHERE id = $3`, `update users:write set(name,email) where(id)`},
		{`UPDATE stock SET n = n - ? WHERE sku = ? AND n >= ?`, `update stock:write set(n) relative(n) where(sku,n) conditional`},
		{`UPDATE stock SET n=n-1 WHERE sku=?`, `update stock:write set(n) relative(n) where(sku)`},
		{`UPDATE t SET n = COALESCE(n, 0) + 1, log = log || $1, m = GREATEST(m, $2), k = $3 + 1`,
			`update t:write set(n,log,m,k) relative(n,log)`},
		{`UPDATE orders SET status = 'paid' WHERE id = $1 AND status = 'new'`, `update orders:write set(status) where(id,status) conditional`},
		{`UPDATE docs SET body = $1, version = version + 1 WHERE id = $2 AND version = $3 RETURNING version`,
			`update docs:write set(body,version) relative(version) where(id,version) conditional returning`},
		{`UPDATE orders o SET total = i.total FROM invoices i WHERE i.order_id = o.id`,
			`update orders:write invoices:read set(total) where(order_id,id)`},
		{`UPDATE o SET o.total = 1 FROM orders o JOIN shops s ON s.id = o.shop`, `update orders:write shops:read set(total)`},
		{`UPDATE orders o JOIN shops s ON s.id = o.shop SET o.name = s.name WHERE s.id = ?`,
			`update orders:write shops:read set(name) where(id)`},
		{`UPDATE a, b SET a.x = 1, b.y = 2 WHERE a.id = b.id`, `update a:write b:write set(x,y) where(id)`},
		{`UPDATE t SET (a, b) = (SELECT x, y FROM u WHERE u.id = t.id) WHERE c = 1`, `update t:write u:read set(a,b) where(c)`},
		{`UPDATE t SET a = CASE WHEN b > 1 THEN a ELSE $1 END`, `update t:write set(a)`},

		// Deletes
		{`DELETE FROM sessions WHERE expires_at < now()`, `delete sessions:write where(expires_at)`},
		{`DELETE FROM a USING b WHERE a.id = b.id`, `delete a:write b:read where(id)`},
		{`DELETE o FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.gone`, `delete orders:write customers:read where(gone)`},
		{`DELETE users FROM users WHERE id = 1`, `delete users:write where(id)`},
		{`TRUNCATE TABLE a, b RESTART IDENTITY CASCADE`, `truncate a:write b:write`},

		// Definitions
		{`CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, n numeric(10,2) DEFAULT (1), org uuid REFERENCES orgs (id))`,
			`create users:ddl key(id) unique(id) unique(email) ->orgs`},
		{"CREATE TABLE `t` (`a` int, `b` int, PRIMARY KEY (`a`,`b`), UNIQUE KEY `u` (`b`), KEY `k` (`a`)) ENGINE=InnoDB",
			`create t:ddl key(a,b) unique(a,b) unique(b)`},
		{`CREATE TABLE o (id int, CONSTRAINT pk PRIMARY KEY (id), CONSTRAINT fk FOREIGN KEY (c) REFERENCES shop.c(id) ON DELETE CASCADE)`,
			`create o:ddl key(id) unique(id) ->c`},
		{`CREATE TABLE copy AS SELECT * FROM original`, `create copy:ddl original:read`},
		{`CREATE TEMP TABLE tmp (id int)`, `create`},
		{`CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON users USING btree (email, lower(name)) WHERE active`,
			`create users:ddl unique(email)`},
		{`CREATE OR REPLACE VIEW v AS SELECT * FROM a JOIN b ON a.id = b.id`, `create v:ddl a:read b:read`},
		{`CREATE DATABASE shop`, `create`},
		{`CREATE EXTENSION IF NOT EXISTS "uuid-ossp"`, `create`},
		{`ALTER TABLE ONLY users ADD CONSTRAINT u UNIQUE (email), ADD COLUMN x int`, `alter users:ddl unique(email)`},
		{`ALTER TABLE users DROP CONSTRAINT IF EXISTS users_email_key, DROP COLUMN key`, `alter users:ddl dropped(users_email_key)`},
		{"ALTER TABLE `users` DROP PRIMARY KEY, DROP INDEX `u`, ADD UNIQUE KEY (a)", `alter users:ddl unique(a) dropped(PRIMARY KEY,u)`},
		{`CREATE UNIQUE INDEX u ON users (org, nick) WHERE nick IS NOT NULL`, `create users:ddl`},
		{`ALTER TABLE old RENAME TO new`, `alter old:ddl new:ddl`},
		{`DROP TABLE IF EXISTS a, b CASCADE`, `drop a:ddl b:ddl`},
		{`DROP INDEX i`, `drop`},

		// Others
		{`BEGIN`, `begin`},
		{`SET TIME ZONE 'UTC'`, `set`},
		{`SET search_path TO shop`, `set`},
		{`CALL transfer(?, ?)`, `call`},
		{`LOCK TABLE accounts IN EXCLUSIVE MODE`, `lock accounts:read`},
		{`PRAGMA foreign_keys = ON`, `pragma`},
		{`GET_LOCK('x')`, `get_lock`},
	} {
		sts := Parse(test.sql)
		if len(sts) != 1 {
			t.Errorf("%s\n got %d statements", test.sql, len(sts))
			continue
		}
		if got := brief(sts[0]); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.sql, got, test.want)
		}
	}
}

func TestParseSeveral(t *testing.T) {
	var got []string
	for _, st := range Parse("CREATE TABLE a (id int);\n-- then\nINSERT INTO a VALUES (1); ; SELECT ';' FROM a;") {
		got = append(got, brief(st))
	}
	want := []string{"create a:ddl", "insert a:write", "select a:read"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if sts := Parse(" \n-- nothing\n;"); len(sts) != 0 {
		t.Errorf("got %v from no statement", sts)
	}
}

func TestColumns(t *testing.T) {
	for fragment, want := range map[string]string{
		"id = ?":                             "id",
		" AND id = ? AND {} AND u.state = ?": "id,state",
		"lower(name) LIKE ?":                 "name",
		"{}":                                 "",
	} {
		if got := strings.Join(Columns(fragment), ","); got != want {
			t.Errorf("Columns(%q) = %q, want %q", fragment, got, want)
		}
	}
}

func TestLooksLikeSQL(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT id FROM users":                   true,
		"\n\tselect id, name from users where 1": true,
		"select * from users":                    true,
		"select count(*) from users u where 1=1": true,
		"SELECT 1":                               true,
		"select an item from the list":           false,
		"select a product from the list":         false,
		"Select one":                             false,
		"selected":                               false,
		"INSERT INTO users VALUES (1)":           true,
		"insert into %s (a) values (?)":          true,
		"insert into the slot":                   false,
		"update users set name = ?":              true,
		"update your profile":                    false,
		"Update failed: set a value":             false,
		"UPDATE `t` SET x=1":                     true,
		"delete from users where id=?":           true,
		"delete from cart failed":                false,
		"DELETE":                                 false,
		"DELETE /users/{id}":                     false,
		"with x as (select 1) select * from x":   true,
		"with love":                              false,
		"CREATE TABLE t (id int)":                true,
		"create table if not exists t (id int)":  true,
		"create index i on t (a)":                true,
		"create order":                           false,
		"drop table if exists t":                 true,
		"TRUNCATE TABLE t":                       true,
		"alter table t add column x int":         true,
		"":                                       false,
		"GET /from":                              false,
		"-- name: A :one\nSELECT * FROM a":       true,
		"replace into kv values (?, ?)":          true,
		"EXPLAIN SELECT * FROM a":                true,
		"{} FROM users":                          false,
	} {
		if got := LooksLikeSQL(text); got != want {
			t.Errorf("LooksLikeSQL(%q) = %v", text, got)
		}
	}
}

// FuzzParse: any text is read without a panic, and always in the same way.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"SELECT * FROM a WHERE b = $1", "INSERT INTO a (b) VALUES (?) ON CONFLICT (b) DO UPDATE SET b = a.b + 1",
		"WITH a AS (DELETE FROM b RETURNING *) UPDATE c SET d = {} FROM a", "CREATE TABLE a (b int REFERENCES c, UNIQUE (b))",
		"MERGE INTO a USING b ON c WHEN MATCHED THEN UPDATE SET x = 1", "DELETE a FROM b a", "((((", "'", "$$", "ON CONFLICT", "ALTER TABLE",
		"UPDATE a SET (b", "select [a].[b] from \"", "{{", "%[1]s", "/*", "WITH a", "COPY (", "ON DUPLICATE KEY",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first := Parse(s)
		if again := Parse(s); !reflect.DeepEqual(first, again) {
			t.Errorf("%q is read as %v and as %v", s, first, again)
		}
		for _, st := range first {
			for _, r := range st.Tables {
				if r.Name == "" || r.Op != "read" && r.Op != "write" && r.Op != "ddl" {
					t.Errorf("%q: table %+v", s, r)
				}
			}
		}
		LooksLikeSQL(s)
		Columns(s)
	})
}
