CREATE TABLE payments (
    id     BIGSERIAL PRIMARY KEY,
    amount BIGINT NOT NULL
);
CREATE TABLE transfers (
    request_key TEXT PRIMARY KEY,
    amount      BIGINT NOT NULL
);
CREATE TABLE cards (
    id     TEXT PRIMARY KEY,
    holder TEXT NOT NULL
);
