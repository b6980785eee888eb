package main

import (
	"context"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// ledger is where debts are written down.
type ledger interface {
	inTx(ctx context.Context, do func(ledgerTx) error) error
}

// ledgerTx is a transaction on a ledger.
type ledgerTx interface {
	claim(ctx context.Context, messageID string) (first bool, err error)
	setDebt(ctx context.Context, card string, cents, version int64) error
}

// debts follows what patrons owe, so that CheckStanding needs to ask nobody.
type debts struct {
	ledger ledger
}

// accountChanged takes over a balance from fees, once per message.
func (d *debts) accountChanged(ctx context.Context, m stream.Message) error {
	var e eventsv1.AccountChanged
	if proto.Unmarshal(m.Value, &e) != nil {
		return stream.ErrMalformed
	}
	return d.ledger.inTx(ctx, func(tx ledgerTx) error {
		first, err := tx.claim(ctx, m.ID)
		if err != nil || !first {
			return err
		}
		return tx.setDebt(ctx, e.GetCard(), e.GetBalanceCents(), e.GetVersion())
	})
}
