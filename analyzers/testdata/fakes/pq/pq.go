// Package pq stands in for the Postgres driver of database/sql.
package pq
