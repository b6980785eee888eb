CREATE TABLE shipments (
    order_id   text PRIMARY KEY,
    address    text NOT NULL,
    status     text NOT NULL DEFAULT 'waiting',
    carrier    text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE processed_messages (
    id           text PRIMARY KEY,
    processed_at timestamptz NOT NULL DEFAULT now()
);
