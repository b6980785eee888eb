package revenue

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/segmentio/kafka-go"

	"example.com/shop/contracts/events"
)

// TestOrderIsEnteredOnce needs an empty database with the migrations of reports: TEST_DATABASE_URL.
func TestOrderIsEnteredOnce(t *testing.T) {
	dsn := os.Getenv("TEST_DATABASE_URL")
	if dsn == "" {
		t.Skip("TEST_DATABASE_URL is not set")
	}
	pool, err := pgxpool.New(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	value, err := json.Marshal(events.OrderPlaced{ID: "e-1", OrderID: "o-1", TotalCents: 1200, PlacedAt: day.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	b := NewBook(pool)
	for range 2 {
		if err := b.enter(t.Context(), kafka.Message{Topic: events.OrderPlacedTopic, Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	days, err := b.Days(t.Context(), day, day.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if len(days) != 1 || days[0].GrossCents != 1200 {
		t.Errorf("days = %v, want one with 1200 cents", days)
	}
}
