CREATE TABLE accounts (
    card          text PRIMARY KEY,
    balance_cents bigint NOT NULL DEFAULT 0,
    version       bigint NOT NULL DEFAULT 1
);

-- One charge per loan: a loan ends once.
CREATE TABLE charges (
    loan_id    uuid PRIMARY KEY,
    card       text NOT NULL REFERENCES accounts,
    cents      bigint NOT NULL CHECK (cents > 0),
    charged_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE payments (
    idempotency_key text PRIMARY KEY,
    card            text NOT NULL REFERENCES accounts,
    cents           bigint NOT NULL CHECK (cents > 0),
    paid_at         timestamptz NOT NULL DEFAULT now()
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
