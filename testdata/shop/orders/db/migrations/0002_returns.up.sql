CREATE TABLE returns (
    id         text PRIMARY KEY,
    order_id   text NOT NULL REFERENCES orders (id),
    reason     text NOT NULL,
    lines      jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
