-- When somebody first signed on with a set of credentials: customers who wait for it are told.

alter table credential add column signed_on_at bigint;
