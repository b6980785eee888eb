package main

import (
	"context"
	"errors"
	"maps"
	"testing"

	"google.golang.org/protobuf/proto"

	"library.example/contracts/eventsv1"
	"library.example/platform/stream"
)

// fakeLedger is a ledger in memory; a transaction that fails leaves no trace in it.
type fakeLedger struct {
	inbox   map[string]bool
	debts   map[string]int64
	effects int
	broken  bool
}

func (f *fakeLedger) inTx(_ context.Context, do func(ledgerTx) error) error {
	inbox := maps.Clone(f.inbox)
	if err := do(f); err != nil {
		f.inbox = inbox
		return err
	}
	return nil
}

func (f *fakeLedger) claim(_ context.Context, id string) (bool, error) {
	first := !f.inbox[id]
	f.inbox[id] = true
	return first, nil
}

func (f *fakeLedger) setDebt(_ context.Context, card string, cents, _ int64) error {
	if f.broken {
		return errors.New("connection lost")
	}
	f.debts[card] = cents
	f.effects++
	return nil
}

func accountMessage(t *testing.T, id string) stream.Message {
	t.Helper()
	value, err := proto.Marshal(&eventsv1.AccountChanged{Card: "c-1", BalanceCents: 2500, Version: 3})
	if err != nil {
		t.Fatal(err)
	}
	return stream.Message{ID: id, Key: "c-1", Value: value}
}

func TestAccountDeliveredTwiceCountsOnce(t *testing.T) {
	f := &fakeLedger{inbox: map[string]bool{}, debts: map[string]int64{}}
	d := &debts{ledger: f}
	m := accountMessage(t, "m-1")
	for range 2 {
		if err := d.accountChanged(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if f.effects != 1 || f.debts["c-1"] != 2500 {
		t.Errorf("effects = %d, debt = %d; want 1, 2500", f.effects, f.debts["c-1"])
	}
}

func TestFailedDeliveryIsDoneAgain(t *testing.T) {
	f := &fakeLedger{inbox: map[string]bool{}, debts: map[string]int64{}, broken: true}
	d := &debts{ledger: f}
	m := accountMessage(t, "m-1")
	if err := d.accountChanged(t.Context(), m); err == nil {
		t.Fatal("the first delivery succeeded on a broken store")
	}
	f.broken = false
	if err := d.accountChanged(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if f.effects != 1 {
		t.Errorf("effects = %d, want 1: the failed claim must not stay", f.effects)
	}
}
