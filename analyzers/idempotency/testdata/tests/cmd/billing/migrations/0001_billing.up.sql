CREATE TABLE charges (order_id text PRIMARY KEY, amount bigint NOT NULL);
CREATE TABLE refunds (order_id text PRIMARY KEY, amount bigint NOT NULL);
CREATE TABLE credits (order_id text PRIMARY KEY, amount bigint NOT NULL);
