CREATE TABLE stock (
    sku   TEXT PRIMARY KEY,
    units INT NOT NULL
);
