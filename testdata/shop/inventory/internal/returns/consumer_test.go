package returns

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/segmentio/kafka-go"

	"example.com/shop/contracts/events"
	"example.com/shop/inventory/internal/stock"
)

type shelf struct{ lines []stock.Line }

func (s *shelf) Restock(_ context.Context, lines []stock.Line) error {
	s.lines = append(s.lines, lines...)
	return nil
}

func TestReturnGoesBackOnTheShelf(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lines []events.Line
		want  []stock.Line
	}{
		{"one", []events.Line{{SKU: "mug", Quantity: 1}}, []stock.Line{{SKU: "mug", Quantity: 1}}},
		{"several", []events.Line{{SKU: "mug", Quantity: 2}, {SKU: "tea", Quantity: 1}}, []stock.Line{{SKU: "mug", Quantity: 2}, {SKU: "tea", Quantity: 1}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			value, err := json.Marshal(events.OrderReturned{ID: "e-1", OrderID: "o-1", Lines: tc.lines})
			if err != nil {
				t.Fatal(err)
			}
			s := &shelf{}
			c := &Consumer{shelf: s}
			if err := c.handle(t.Context(), kafka.Message{Value: value}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.lines, tc.want) {
				t.Errorf("restocked %v, want %v", s.lines, tc.want)
			}
		})
	}
}
