// Package accuracy holds a recovered architecture against labels that people made by reading the code, and counts.
//
// In come two documents of the form that testdata/labels/SPEC.md describes: the labels, and what `svclint model --format
// json` printed (which may hold more keys and fields). Out goes a Score: for each kind of fact how many labels there
// are, how many facts were found, how many of these are right, and the rows that are missing or too many. It judges
// nothing; the floors under which a test fails stand in the tests.
//
// The rules are those of the Python scorer that the labels came with, and testdata holds Models with what that one says
// of them. They are:
//
//   - A service of the Model is the label's service with its entry and role; else the one with its entry, if there is
//     one; else the one with its name. All other rows are compared under the label's names.
//   - A row counts once, however often it stands in a document.
//   - A fact matches one label at most. Labels are matched in order, each with the first fact that is left.
//   - Places do not have to agree, except for trace breaks, which match when they are in one file and at most five
//     lines apart.
//   - Calls are compared between services of the repository. What a service asks of others is in the labels, but by
//     whichever name the labeller gave them.
//   - Verdicts on idempotency are compared where the label is not "unclear", and boundary remarks by their kind and one
//     common service.
//   - A kind whose labels are null was not labelled and is not scored.
//
// Command measure (make accuracy) runs the analysis on checkouts of the labelled repositories and prints the tables of
// docs/accuracy.md.
package accuracy
