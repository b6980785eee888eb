// Command verify holds the built-in library models against the libraries themselves, so that a model cannot rot: make
// verify-models. Every model file names the module versions it was checked against (modules:); this downloads them, type-checks
// them and says which symbol, argument, field or method of a model is not there, and which package no named module has.
//
//	verify [FAMILY...]
//
// With names (gin, redis), only these model files are looked at. Exit status: 0; 1 when a model is wrong or a module could not
// be had; 2 on wrong usage.
//
// Nothing of a library is built or run: go list resolves, in scratch modules below the temporary folder, and the workspace
// loads declarations without bodies, as it does for every analysis.
//
// # Scratch modules
//
// Minimal version selection gives one version of a module per build, and not a lower one than any other module asks for. So one
// scratch module cannot hold every version that the files name. The first one requires all; what the go command selects as it
// is named is checked there, and what it raised goes into the next one, where fewer modules ask for more. A module
// that is raised in each goes into one of its own.
package main
