-- First answers to requests with an Idempotency-Key.

-- Without a status the request is under way; without a body the answer held a secret.
create table idempotency (
    client_id blob not null references client on delete cascade,
    idempotency_key blob not null,
    claim_id blob not null,
    fingerprint blob not null,
    ends_at_us integer not null,
    status integer,
    content_type text,
    body blob,
    primary key (client_id, idempotency_key)
) strict, without rowid;

create index idempotency_by_end on idempotency (ends_at_us);
