CREATE TABLE outbox (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic   text NOT NULL,
    key     text NOT NULL,
    payload jsonb NOT NULL,
    headers jsonb NOT NULL,
    sent_at timestamptz
);

CREATE INDEX outbox_unsent ON outbox (topic, id) WHERE sent_at IS NULL;
