// Package inbox makes a consumer's effect happen once: the id of a message is stored in the same transaction as the
// effect, so a second delivery finds it and does nothing.
//
// Each service has the table in its own database:
//
//	CREATE TABLE inbox (
//	    message_id  text PRIMARY KEY,
//	    received_at timestamptz NOT NULL DEFAULT now()
//	);
package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"library.example/platform/periodic"
)

// Claim is true for the first delivery of a message, false for every other. The claim is undone with the transaction.
func Claim(ctx context.Context, tx pgx.Tx, messageID string) (bool, error) {
	tag, err := tx.Exec(ctx, `INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT (message_id) DO NOTHING`, messageID)
	if err != nil {
		return false, fmt.Errorf("inbox: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// Sweep forgets, every hour, the messages that Kafka has forgotten too: topics keep theirs for seven days.
func Sweep(ctx context.Context, pool *pgxpool.Pool) error {
	return periodic.Run(ctx, "inbox sweep", time.Hour, func(ctx context.Context) error {
		_, err := pool.Exec(ctx, `DELETE FROM inbox WHERE received_at < now() - interval '30 days'`)
		return err
	})
}
