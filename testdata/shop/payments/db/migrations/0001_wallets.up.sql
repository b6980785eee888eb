CREATE TABLE wallets (
    customer_id   text PRIMARY KEY,
    balance_cents bigint NOT NULL CHECK (balance_cents >= 0)
);
