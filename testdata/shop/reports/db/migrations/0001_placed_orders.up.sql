CREATE TABLE placed_orders (
    order_id    text PRIMARY KEY,
    total_cents bigint NOT NULL,
    placed_at   timestamptz NOT NULL
);

CREATE INDEX placed_orders_placed_at ON placed_orders (placed_at);
