package test

import (
	"database/sql"
	"os"
	"testing"

	"example.com/tests/cmd/billing/credit"
)

func TestCredit(t *testing.T) {
	db, err := sql.Open("postgres", os.Getenv("TEST_DATABASE_URL"))
	if err != nil {
		t.Skip(err)
	}
	handle := credit.New(db).Credited
	if err := handle(t.Context(), []byte("o-1")); err != nil {
		t.Fatal(err)
	}
	if err := handle(t.Context(), []byte("o-1")); err != nil {
		t.Fatal(err)
	}
}
