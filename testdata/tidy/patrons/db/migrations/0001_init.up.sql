CREATE TABLE patrons (
    card    text PRIMARY KEY,
    name    text NOT NULL,
    email   text NOT NULL,
    version bigint NOT NULL DEFAULT 1
);

-- What a card owes, as fees told us last. A card may owe before its patron is known here.
CREATE TABLE debts (
    card            text PRIMARY KEY,
    balance_cents   bigint NOT NULL,
    balance_version bigint NOT NULL
);

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
