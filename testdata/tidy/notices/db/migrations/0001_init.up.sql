-- Where to write to, as patrons told us last.
CREATE TABLE contacts (
    card    text PRIMARY KEY,
    name    text NOT NULL,
    email   text NOT NULL,
    version bigint NOT NULL
);
