CREATE TABLE invoices (
    order_id TEXT PRIMARY KEY,
    amount   BIGINT NOT NULL,
    paid     BOOLEAN NOT NULL DEFAULT FALSE
);
