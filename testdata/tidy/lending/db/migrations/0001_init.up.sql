CREATE TABLE loans (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    card        text NOT NULL,
    barcode     text NOT NULL,
    isbn        text NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT now(),
    due_at      timestamptz NOT NULL DEFAULT now() + interval '21 days',
    renewals    integer NOT NULL DEFAULT 0,
    returned_at timestamptz
);

-- A copy is with one reader at a time.
CREATE UNIQUE INDEX loans_open_barcode ON loans (barcode) WHERE returned_at IS NULL;
CREATE INDEX loans_open_card ON loans (card) WHERE returned_at IS NULL;

-- What may be lent, as catalog told us last.
CREATE TABLE lendable_copies (
    barcode   text PRIMARY KEY,
    isbn      text NOT NULL,
    withdrawn boolean NOT NULL,
    version   bigint NOT NULL
);

-- A request to open a loan, by the key that the client gave it.
CREATE TABLE loan_requests (
    idempotency_key text PRIMARY KEY,
    card            text NOT NULL,
    barcode         text NOT NULL,
    loan_id         uuid REFERENCES loans,
    received_at     timestamptz NOT NULL DEFAULT now()
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
