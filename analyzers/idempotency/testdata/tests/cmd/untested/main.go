// Command untested has no test at all: what it lacks is more than the second delivery.
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
	r := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Getenv("KAFKA")}, GroupID: "untested", Topic: "orders.placed"})
	for {
		msg, err := r.FetchMessage(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		if _, err := db.Exec("INSERT INTO seen (id) VALUES ($1) ON CONFLICT DO NOTHING", string(msg.Key)); err != nil {
			continue
		}
		r.CommitMessages(context.Background(), msg)
	}
}
