CREATE TABLE orders (
    id              text PRIMARY KEY,
    idempotency_key text NOT NULL UNIQUE,
    customer_id     text NOT NULL,
    email           text NOT NULL,
    address         text NOT NULL,
    total_cents     bigint NOT NULL,
    status          text NOT NULL DEFAULT 'pending',
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_lines (
    order_id         text NOT NULL REFERENCES orders (id),
    sku              text NOT NULL,
    quantity         integer NOT NULL CHECK (quantity > 0),
    unit_price_cents bigint NOT NULL,
    PRIMARY KEY (order_id, sku)
);
