CREATE TABLE titles (
    isbn   text PRIMARY KEY,
    name   text NOT NULL,
    author text NOT NULL,
    year   integer NOT NULL,
    words  tsvector GENERATED ALWAYS AS (to_tsvector('simple', name || ' ' || author)) STORED
);

CREATE INDEX titles_words ON titles USING gin (words);

CREATE TABLE copies (
    barcode   text PRIMARY KEY,
    isbn      text NOT NULL REFERENCES titles,
    withdrawn boolean NOT NULL DEFAULT false,
    version   bigint NOT NULL DEFAULT 1
);

CREATE TABLE outbox (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    key          text NOT NULL,
    payload      bytea NOT NULL,
    trace        jsonb NOT NULL,
    leased_until timestamptz NOT NULL DEFAULT '-infinity'
);
