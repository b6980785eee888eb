CREATE TABLE charges (
    id       BIGSERIAL PRIMARY KEY,
    order_id TEXT NOT NULL,
    amount   BIGINT NOT NULL
);
CREATE TABLE refunds (
    order_id TEXT PRIMARY KEY,
    amount   BIGINT NOT NULL
);
CREATE TABLE balances (
    customer_id TEXT PRIMARY KEY,
    amount      BIGINT NOT NULL
);
