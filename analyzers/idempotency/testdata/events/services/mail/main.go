// Command mail writes one mail per order: an inbox row, in the same transaction, remembers the message.
package main

import (
	"context"
	"database/sql"
	"log"
	"os"

	_ "github.com/lib/pq"
	"github.com/segmentio/kafka-go"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	r := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Getenv("KAFKA")}, GroupID: "mail", Topic: "billing.charged"})
	ctx := context.Background()
	for {
		msg, err := r.FetchMessage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		if err := handle(ctx, db, string(msg.Key)); err != nil {
			log.Print(err)
			continue
		}
		r.CommitMessages(ctx, msg)
	}
}

func handle(ctx context.Context, db *sql.DB, order string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	res, err := tx.ExecContext(ctx, "INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT DO NOTHING", order) // want `nothing takes rows out of postgres inbox of mail`
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO mails (order_id) VALUES ($1)", order); err != nil {
		return err
	}
	return tx.Commit()
}
