package hold

import (
	"context"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// Queue is where the holds are kept.
type Queue interface {
	InTx(ctx context.Context, do func(QueueTx) error) error
}

// QueueTx is a transaction on a queue.
type QueueTx interface {
	Claim(ctx context.Context, messageID string) (first bool, err error)
	PassOn(ctx context.Context, isbn string) error
	Collect(ctx context.Context, card, isbn string) error
}

// Loans moves the queues on as copies go out and come back.
type Loans struct {
	queue Queue
}

// NewLoans makes the consumer that works on queue.
func NewLoans(queue Queue) *Loans { return &Loans{queue: queue} }

// LoanChanged passes a returned copy on to the next reader, and ends the hold of a reader who took one home; once
// per message.
func (l *Loans) LoanChanged(ctx context.Context, m stream.Message) error {
	var e eventsv1.LoanChanged
	if proto.Unmarshal(m.Value, &e) != nil {
		return stream.ErrMalformed
	}
	return l.queue.InTx(ctx, func(tx QueueTx) error {
		first, err := tx.Claim(ctx, m.ID)
		if err != nil || !first {
			return err
		}
		switch e.GetState() {
		case eventsv1.LoanChanged_STATE_OPENED:
			return tx.Collect(ctx, e.GetCard(), e.GetIsbn())
		case eventsv1.LoanChanged_STATE_RETURNED:
			return tx.PassOn(ctx, e.GetIsbn())
		default:
			return nil
		}
	})
}
