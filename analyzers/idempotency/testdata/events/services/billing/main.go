// Command billing charges for orders, refunds them and keeps balances.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"log"
	"os"

	_ "github.com/lib/pq"
	"github.com/segmentio/kafka-go"
)

type order struct {
	ID       string
	Customer string
	Amount   int64
}

type billing struct {
	db      *sql.DB
	charged *kafka.Writer
}

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	b := &billing{db, &kafka.Writer{Addr: kafka.TCP(os.Getenv("KAFKA")), Topic: "billing.charged", Balancer: &kafka.Hash{}}}
	ctx := context.Background()
	go b.placed(ctx, reader("orders.placed"))
	go b.credited(ctx, reader("orders.credited"))
	b.cancelled(ctx, reader("orders.cancelled"))
}

func reader(topic string) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Getenv("KAFKA")}, GroupID: "billing", Topic: topic})
}

// placed charges once per delivery, and tells everybody once per delivery.
func (b *billing) placed(ctx context.Context, r *kafka.Reader) {
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		var o order
		if err := json.Unmarshal(msg.Value, &o); err != nil {
			continue
		}
		if _, err := b.db.ExecContext(ctx, "INSERT INTO charges (order_id, amount) VALUES ($1, $2)", o.ID, o.Amount); err != nil { // want `a second delivery of kafka:orders.placed to billing inserts into postgres charges and publishes kafka:billing.charged again`
			continue
		}
		if err := b.charged.WriteMessages(ctx, kafka.Message{Key: []byte(o.ID), Value: msg.Value}); err != nil {
			continue
		}
		r.CommitMessages(ctx, msg)
	}
}

// credited adds to a balance, again with each delivery.
func (b *billing) credited(ctx context.Context, r *kafka.Reader) {
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		var o order
		if err := json.Unmarshal(msg.Value, &o); err != nil {
			continue
		}
		if _, err := b.db.ExecContext(ctx, "UPDATE balances SET amount = amount + $2 WHERE customer_id = $1", o.Customer, o.Amount); err != nil { // want `a second delivery of kafka:orders.credited to billing (increments|updates) postgres balances again`
			continue
		}
		r.CommitMessages(ctx, msg)
	}
}

// cancelled is bound to the order's id: the second delivery changes nothing.
func (b *billing) cancelled(ctx context.Context, r *kafka.Reader) {
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		var o order
		if err := json.Unmarshal(msg.Value, &o); err != nil {
			continue
		}
		if _, err := b.db.ExecContext(ctx, "INSERT INTO refunds (order_id, amount) VALUES ($1, $2) ON CONFLICT (order_id) DO NOTHING", o.ID, o.Amount); err != nil {
			continue
		}
		r.CommitMessages(ctx, msg)
	}
}
