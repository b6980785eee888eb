CREATE TABLE orders (
    id          TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    sku         TEXT NOT NULL,
    total       BIGINT NOT NULL,
    status      TEXT NOT NULL DEFAULT 'new'
);
