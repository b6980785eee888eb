CREATE TABLE holds (
    id        uuid PRIMARY KEY,
    card      text NOT NULL,
    isbn      text NOT NULL,
    status    text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'ready', 'collected', 'expired', 'cancelled')),
    placed_at timestamptz NOT NULL DEFAULT now(),
    ready_at  timestamptz
);

-- A reader waits for a title once.
CREATE UNIQUE INDEX holds_active ON holds (card, isbn) WHERE status IN ('waiting', 'ready');
CREATE INDEX holds_queue ON holds (isbn, placed_at) WHERE status = 'waiting';

CREATE TABLE inbox (
    message_id  text PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE outbox (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    key          text NOT NULL,
    payload      bytea NOT NULL,
    trace        jsonb NOT NULL,
    leased_until timestamptz NOT NULL DEFAULT '-infinity'
);
