// Package outbox publishes events that were stored in the same transaction as the change they tell of: Add writes the
// event beside the change, a Relay carries it to Kafka. A service that stops between the two loses nothing; at worst
// an event is published twice, with the same id.
//
// Each service has the table in its own database:
//
//	CREATE TABLE outbox (
//	    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
//	    seq          bigint GENERATED ALWAYS AS IDENTITY,
//	    key          text NOT NULL,
//	    payload      bytea NOT NULL,
//	    trace        jsonb NOT NULL,
//	    leased_until timestamptz NOT NULL DEFAULT '-infinity'
//	);
package outbox

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/protobuf/proto"
)

// Add stores the event in the transaction, with the trace of the request that caused it.
func Add(ctx context.Context, tx pgx.Tx, key string, event proto.Message) error {
	payload, err := proto.Marshal(event)
	if err != nil {
		return fmt.Errorf("outbox: %T: %w", event, err)
	}
	trace := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, trace)
	if _, err := tx.Exec(ctx, `INSERT INTO outbox (key, payload, trace) VALUES ($1, $2, $3)`, key, payload, trace); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
