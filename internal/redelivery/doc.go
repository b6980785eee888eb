// Package redelivery looks whether a repository's tests deliver a message to its consumers twice.
//
// The analysis does not load tests: they are no part of what is deployed. What is asked here needs little of them. A Model's
// consumers come with the functions that take their messages (arch.Takers); of the _test.go files beside these functions, and
// of those that import their packages, those are parsed that name one. Nothing else is opened, and no import is followed: the type checker
// gets the test files alone and says which variable a name means.
//
// # What counts
//
// A test delivers a message when it calls a taker, or a function of the tests that does. It delivers it twice when
//   - the call is in a loop that does not change its arguments, or is over a list that holds one element twice,
//   - two calls have the same receiver and the same arguments, with no assignment to these in between,
//   - the handler is handed on (to a fake broker, a table of tests), and something is called twice with the same arguments,
//   - a list or a call of the test has one message twice,
//   - or the test says so by its name: a duplicate, a redelivery, twice.
//
// A loop over a list that is not known may do so; then nothing is said. Cases of a table with one message each are no second
// delivery, and neither are two subtests that each make their own consumer.
package redelivery
