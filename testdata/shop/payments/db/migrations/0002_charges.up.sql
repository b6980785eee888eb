CREATE TABLE charges (
    order_id     text PRIMARY KEY,
    customer_id  text NOT NULL,
    amount_cents bigint NOT NULL,
    fee_cents    bigint NOT NULL,
    status       text NOT NULL DEFAULT 'declined',
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE refunds (
    order_id     text PRIMARY KEY,
    amount_cents bigint NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);
