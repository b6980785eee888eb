// Package sqltext reads what a SQL statement does from its text: which tables it reads, writes or defines, and the few
// facts that say whether it may be repeated.
//
// The text comes from program code, so it is seldom whole. The reader takes every dialect's statements and placeholders at
// once ($1, ?, :name, @p1, %s), holes where a part of the text is not known ({} or {NAME}, as the linker writes them),
// fragments (a FROM clause alone), several statements, comments, and text that ends in the middle. It never fails: what it
// does not understand it passes over, and a statement of which it understands nothing has no tables.
//
// It is not a parser of SQL. It finds clauses by their keywords, at the right depth of parentheses, and reads names
// behind them. It does not know types, does not resolve columns to tables, and does not check anything.
//
// Why a lexer of its own: github.com/DataDog/go-sqllexer, made for obfuscating, wants to know the dialect beforehand, takes
// public."Order Items" apart in the middle, joins = and :name into one operator, has no positions to tell t{} from t {}, and
// keeps global tables of keywords that make a table called "users" followed by ( a function.
package sqltext
