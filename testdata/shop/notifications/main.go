// Command notifications tells customers what happens to their orders.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/segmentio/kafka-go"

	"example.com/shop/contracts/events"
	"example.com/shop/notifications/internal/mail"
)

type mailer interface {
	Send(to, subject, body string) error
}

type notifier struct {
	reader *kafka.Reader
	sent   *redis.Client
	mail   mailer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	n := &notifier{
		reader: kafka.NewReader(kafka.ReaderConfig{
			Brokers: strings.Split(mustEnv("KAFKA_BROKERS"), ","),
			GroupID: "notifications",
			Topic:   events.OrderPlacedTopic,
		}),
		sent: redis.NewClient(&redis.Options{Addr: mustEnv("REDIS_ADDR")}),
		mail: mail.SMTP{Addr: mustEnv("SMTP_ADDR"), From: mustEnv("MAIL_FROM")},
	}
	if err := n.run(ctx); err != nil {
		slog.Error("notifications stopped", "err", err)
		os.Exit(1)
	}
}

func (n *notifier) run(ctx context.Context) error {
	for {
		m, err := n.reader.FetchMessage(ctx)
		if err != nil {
			return err
		}
		if err := n.orderPlaced(ctx, m.Value); err != nil {
			return fmt.Errorf("%s at %d: %w", m.Topic, m.Offset, err)
		}
		if err := n.reader.CommitMessages(ctx, m); err != nil {
			return err
		}
	}
}

func (n *notifier) orderPlaced(ctx context.Context, value []byte) error {
	var e events.OrderPlaced
	if err := json.Unmarshal(value, &e); err != nil {
		return err
	}
	key := "notifications:sent:" + e.ID
	first, err := n.sent.SetNX(ctx, key, 1, 7*24*time.Hour).Result()
	if err != nil || !first {
		return err
	}
	body := fmt.Sprintf("We have received your order %s of %.2f EUR.", e.OrderID, float64(e.TotalCents)/100)
	if err := n.mail.Send(e.Email, "Your order "+e.OrderID, body); err != nil {
		return errors.Join(err, n.sent.Del(ctx, key).Err())
	}
	return nil
}

func mustEnv(key string) string {
	v := os.Getenv(key)
	if v == "" {
		slog.Error("environment variable is not set", "key", key)
		os.Exit(1)
	}
	return v
}
