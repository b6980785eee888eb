// Command ledger does things in the wrong order, and in the right one.
package main

import (
	"context"
	"database/sql"
	"log"
	"net/http"
	"os"
	"time"

	_ "github.com/lib/pq"
	"github.com/segmentio/kafka-go"
)

// entries is what the ledger needs of its store.
type entries interface {
	add(ctx context.Context, order string) error
}

type store struct{ db *sql.DB }

func (s *store) add(ctx context.Context, order string) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO entries (order_id) VALUES ($1)", order) // want `ledger acknowledges kafka:orders.paid before it inserts into postgres entries`
	return err
}

type server struct {
	db      *sql.DB
	entries entries
	paid    *kafka.Writer
}

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	s := &server{db, &store{db}, &kafka.Writer{Addr: kafka.TCP(os.Getenv("KAFKA")), Topic: "ledger.paid"}}
	ctx := context.Background()
	go s.acknowledged(ctx, reader("orders.paid"))
	go s.late(ctx, reader("orders.sent"))
	go s.inOrder(ctx, reader("orders.returned"))
	go s.metered(ctx, reader("orders.metered"))
	go s.forget(ctx)
	http.HandleFunc("POST /invoices/{id}/pay", s.pay)
	http.HandleFunc("POST /invoices/{id}/void", s.void)
	http.HandleFunc("POST /names", s.name)
	http.HandleFunc("POST /aliases", s.alias)
	http.HandleFunc("POST /accounts/{id}/withdraw", s.withdraw)
	http.HandleFunc("POST /invoices/{id}/tell", s.tell)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func reader(topic string) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Getenv("KAFKA")}, GroupID: "ledger", Topic: topic})
}

// acknowledged loses the message when the process dies between the two.
func (s *server) acknowledged(ctx context.Context, r *kafka.Reader) {
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		if err := r.CommitMessages(ctx, msg); err != nil {
			continue
		}
		if err := s.entries.add(ctx, string(msg.Key)); err != nil {
			log.Print(err)
		}
	}
}

// late asks the inbox when the entry has been made again.
func (s *server) late(ctx context.Context, r *kafka.Reader) {
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := s.db.ExecContext(ctx, "INSERT INTO entries (order_id) VALUES ($1)", string(msg.Key)); err != nil { // want `kafka:orders.sent of ledger inserts into postgres entries before the guard`
			continue
		}
		first, err := s.first(ctx, string(msg.Key))
		if err != nil || !first {
			continue
		}
		r.CommitMessages(ctx, msg)
	}
}

// inOrder asks first, then does, then acknowledges.
func (s *server) inOrder(ctx context.Context, r *kafka.Reader) {
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		first, err := s.first(ctx, string(msg.Key))
		if err != nil {
			continue
		}
		if first {
			if _, err := s.db.ExecContext(ctx, "INSERT INTO entries (order_id) VALUES ($1)", string(msg.Key)); err != nil {
				continue
			}
		}
		r.CommitMessages(ctx, msg)
	}
}

// metered has no guard: the key that comes behind the entry is the meter's own, and nobody here learns what it said.
func (s *server) metered(ctx context.Context, r *kafka.Reader) {
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := s.db.ExecContext(ctx, "INSERT INTO entries (order_id) VALUES ($1)", string(msg.Key)); err != nil { // want `second delivery of kafka:orders.metered to ledger inserts into postgres entries again`
			continue
		}
		if err := s.meter(ctx, string(msg.Key)); err != nil {
			continue
		}
		r.CommitMessages(ctx, msg)
	}
}

// meter notes that there was something, the first time and later in its own way.
func (s *server) meter(ctx context.Context, id string) error {
	first, err := s.first(ctx, id)
	if err != nil {
		return err
	}
	if !first {
		s.db.ExecContext(ctx, "UPDATE meters SET again = true WHERE id = $1", id)
	}
	return nil
}

func (s *server) first(ctx context.Context, id string) (bool, error) {
	res, err := s.db.ExecContext(ctx, "INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT DO NOTHING", id)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// forget keeps the inbox from growing.
func (s *server) forget(ctx context.Context) {
	for range time.Tick(time.Hour) {
		s.db.ExecContext(ctx, "DELETE FROM inbox WHERE seen_at < now() - interval '30 days'")
	}
}

// pay reads the status, decides, and writes it: two at once both pay.
func (s *server) pay(w http.ResponseWriter, r *http.Request) {
	var balance, price int64
	if err := s.db.QueryRowContext(r.Context(), "SELECT balance, 10 FROM accounts WHERE id = $1", r.PathValue("id")).Scan(&balance, &price); err != nil {
		return
	}
	if balance < price {
		http.Error(w, "too little", http.StatusConflict)
		return
	}
	s.db.ExecContext(r.Context(), "UPDATE accounts SET balance = $2 WHERE id = $1", r.PathValue("id"), balance-price) // want `updates postgres accounts after a check that two requests at once both pass`
}

// void lets the store decide.
func (s *server) void(w http.ResponseWriter, r *http.Request) {
	s.db.ExecContext(r.Context(), "UPDATE invoices SET status = 'void' WHERE id = $1 AND status = 'new'", r.PathValue("id"))
}

// name looks whether a name is taken; no key keeps it from being taken twice.
func (s *server) name(w http.ResponseWriter, r *http.Request) {
	var n int
	if err := s.db.QueryRowContext(r.Context(), "SELECT count(*) FROM names WHERE name = $1", r.FormValue("name")).Scan(&n); err != nil || n > 0 {
		return
	}
	s.db.ExecContext(r.Context(), "INSERT INTO names (name) VALUES ($1)", r.FormValue("name")) // want `POST /names of ledger inserts into postgres names after a check`
}

// alias does the same under a unique key.
func (s *server) alias(w http.ResponseWriter, r *http.Request) {
	s.db.ExecContext(r.Context(), "INSERT INTO aliases (alias) VALUES ($1) ON CONFLICT (alias) DO NOTHING", r.FormValue("alias"))
}

// withdraw takes again with every retry.
func (s *server) withdraw(w http.ResponseWriter, r *http.Request) {
	s.db.ExecContext(r.Context(), "UPDATE accounts SET balance = balance - $2 WHERE id = $1", r.PathValue("id"), r.FormValue("cents")) // want `a retry of POST /accounts/{id}/withdraw of ledger changes postgres accounts once more`
}

// tell changes the invoice and tells about it, one without the other when it dies in between.
func (s *server) tell(w http.ResponseWriter, r *http.Request) {
	if _, err := s.db.ExecContext(r.Context(), "UPDATE invoices SET status = 'told' WHERE id = $1", r.PathValue("id")); err != nil { // want `updates postgres invoices and publishes kafka:ledger.paid with nothing that binds them`
		return
	}
	s.paid.WriteMessages(r.Context(), kafka.Message{Key: []byte(r.PathValue("id"))})
}
