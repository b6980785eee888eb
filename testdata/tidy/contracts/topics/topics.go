// Package topics names the Kafka topics. A topic has one publisher; its messages are of one type of
// library.events.v1, keyed by the thing they are about.
package topics

const (
	Copies   = "catalog.copies.v1"  // CopyChanged, published by catalog
	Patrons  = "patrons.patrons.v1" // PatronChanged, published by patrons
	Loans    = "lending.loans.v1"   // LoanChanged, published by lending
	Holds    = "holds.holds.v1"     // HoldChanged, published by holds
	Accounts = "fees.accounts.v1"   // AccountChanged, published by fees
)
