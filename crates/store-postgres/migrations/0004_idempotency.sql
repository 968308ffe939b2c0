-- First answers to requests with an Idempotency-Key.

-- Without a status the request is under way; without a body the answer held a secret.
create table idempotency (
    client_id        uuid    not null,
    idempotency_key  uuid    not null,
    claim_id         uuid    not null,
    fingerprint      bytea   not null,
    ends_at          bigint  not null,
    status           bigint,
    content_type     text,
    body             bytea,
    primary key (client_id, idempotency_key)
);
create index idempotency_by_end on idempotency (ends_at);
