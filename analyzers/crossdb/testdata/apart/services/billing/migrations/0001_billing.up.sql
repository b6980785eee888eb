-- A copy of what billing needs of an order, kept by events.
CREATE TABLE orders (id TEXT PRIMARY KEY, total BIGINT NOT NULL);
CREATE TABLE outbox (id TEXT PRIMARY KEY, body TEXT NOT NULL, sent BOOLEAN NOT NULL DEFAULT FALSE);
