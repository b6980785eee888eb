package main

import (
	"context"
	"log"

	"example.com/lost/tracing"
	"github.com/segmentio/kafka-go"
)

func main() {
	// The provider is gone before the first message comes.
	setUp()
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{"kafka:9092"}, Topic: "orders", GroupID: "worker"})
	for {
		msg, err := reader.ReadMessage(context.Background()) // want `worker: the trace of a message ends here: nothing extracts it`
		if err != nil {
			log.Fatal(err)
		}
		log.Print(string(msg.Value))
	}
}

func setUp() {
	stop, err := tracing.Start() // want `worker: the provider is shut down when setUp returns`
	if err != nil {
		log.Fatal(err)
	}
	defer stop(context.Background())
}
