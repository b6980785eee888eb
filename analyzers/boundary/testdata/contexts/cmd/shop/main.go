// Command shop takes orders, keeps accounts and writes articles: three services.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	"example.com/contexts/shared/orders"
	"example.com/contexts/shared/rows"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DSN"))
	if err != nil {
		log.Fatal(err)
	}
	exec := func(statement string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { db.Exec(statement, r.PathValue("id")) }
	}
	http.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) { rows.Put(db, "orders", r.FormValue("id")) })
	http.HandleFunc("DELETE /orders/{id}", func(w http.ResponseWriter, r *http.Request) { orders.Cancel(db, r.PathValue("id")) })
	http.HandleFunc("PUT /orders/{id}/lines", exec("UPDATE order_lines SET open = true FROM orders WHERE order_lines.order_id = $1"))
	http.HandleFunc("GET /orders/{id}", exec("SELECT id FROM orders WHERE id = $1"))
	http.HandleFunc("POST /accounts/{id}", exec("INSERT INTO accounts (id) VALUES ($1)"))
	http.HandleFunc("GET /accounts/{id}", exec("SELECT id FROM accounts WHERE id = $1"))
	http.HandleFunc("DELETE /accounts/{id}", exec("DELETE FROM accounts WHERE id = $1")) // want `shop is several services: 10 endpoints, where the median of the services here is 1, in 3 groups that share neither data nor calls: accounts, articles, orders`
	http.HandleFunc("POST /articles/{id}", exec("INSERT INTO articles (id) VALUES ($1)"))
	http.HandleFunc("GET /articles/{id}", exec("SELECT id FROM articles WHERE id = $1"))
	http.HandleFunc("DELETE /articles/{id}", exec("DELETE FROM articles WHERE id = $1"))
	http.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusOK) })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
