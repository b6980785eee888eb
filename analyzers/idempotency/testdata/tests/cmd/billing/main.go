// Command billing is guarded throughout. Which of its guards a test would miss is another matter.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"log"
	"os"

	_ "github.com/lib/pq"
	"github.com/segmentio/kafka-go"

	"example.com/tests/cmd/billing/credit"
)

type order struct {
	ID     string
	Amount int64
}

type ledger interface {
	book(ctx context.Context, table string, o order) error
}

type books struct{ db *sql.DB }

func (b *books) book(ctx context.Context, table string, o order) error {
	_, err := b.db.ExecContext(ctx, "INSERT INTO "+table+" (order_id, amount) VALUES ($1, $2) ON CONFLICT (order_id) DO NOTHING", o.ID, o.Amount)
	return err
}

type billing struct{ ledger ledger }

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	b := &billing{&books{db}}
	ctx := context.Background()
	go consume(ctx, "orders.placed", b.placed)
	go consume(ctx, "orders.cancelled", b.cancelled)
	go consume(ctx, "orders.seen", b.seen)
	go consume(ctx, "orders.credited", credit.New(db).Credited)
	consume(ctx, "orders.returned", func(ctx context.Context, value []byte) error { // want `no test delivers a message of kafka:orders.returned to billing twice`
		return b.ledger.book(ctx, "refunds", order{ID: string(value)})
	})
}

func consume(ctx context.Context, topic string, handle func(ctx context.Context, value []byte) error) {
	r := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Getenv("KAFKA")}, GroupID: "billing", Topic: topic})
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		if err := handle(ctx, msg.Value); err != nil {
			continue
		}
		r.CommitMessages(ctx, msg)
	}
}

// placed is delivered twice by TestPlaced.
func (b *billing) placed(ctx context.Context, value []byte) error {
	var o order
	if err := json.Unmarshal(value, &o); err != nil {
		return err
	}
	return b.ledger.book(ctx, "charges", o)
}

// cancelled is tested with one delivery only.
func (b *billing) cancelled(ctx context.Context, value []byte) error { // want `no test delivers a message of kafka:orders.cancelled to billing twice`
	var o order
	if err := json.Unmarshal(value, &o); err != nil {
		return err
	}
	return b.ledger.book(ctx, "refunds", o)
}

// seen does nothing that could happen twice.
func (b *billing) seen(_ context.Context, value []byte) error {
	log.Printf("seen %s", value)
	return nil
}
