package arch

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/svclint/svclint/analyzers/effects"
)

func TestCompactGaps(t *testing.T) {
	at := func(line int) effects.Pos { return effects.Pos{File: "main.go", Line: line} }
	gap := func(line int, what, value string) Unresolved {
		return Unresolved{Service: "orders", Site: at(line), What: what, Value: value, Reason: notFollowed}
	}
	got := compactGaps([]Unresolved{
		gap(1, "the URL", "{}/b"), gap(1, "the URL", "{}/a"), gap(1, "the URL", "{}/a"), // one place, two values
		gap(2, "the topic", "{}"), // on another way it is known
		gap(3, "the topic", "{}"), // nowhere is it
		gap(4, "the URL", "{}/c"), // on another way it is known, but this is another one
		gap(3, "the key", ""),
	}, map[effects.Pos]bool{at(2): true, at(4): true})
	want := []Unresolved{
		gap(1, "the URL", "{}/a | {}/b"),
		gap(3, "the key", ""),
		gap(3, "the topic", ""),
		gap(4, "the URL", "{}/c"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestManages(t *testing.T) {
	for name, want := range map[string]bool{
		"Client.Close": true, "New": true, "NewClient": true, "LoadDefaultConfig": true, "Client.Newsletter": false, "Client.Send": false,
		"Conn.WriteMessage": false, "Tx.WithinBudget": false,
	} {
		if got := manages(name); got != want {
			t.Errorf("manages(%s) = %v", name, got)
		}
	}
}
