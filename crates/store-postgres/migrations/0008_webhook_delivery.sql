-- How things stood when an event happened, and the bringing of events to consumers.

-- JSON, written with the event: what it is about may change, or go.
alter table event add detail text;

alter table webhook_consumer
    add fifo boolean not null default false,
    add rate_per_second bigint,
    -- The second in which messages were counted last, and how many.
    add counted_second bigint,
    add counted bigint,
    add secrets bytea,
    add failing_since bigint,
    add disabled_why text,
    -- The last event that was looked at for it. What happened before there was anybody to send it is not sent.
    add seen_sequence bigint not null default 0;

update webhook_consumer
set seen_sequence = newest
from client_sequence
where client_sequence.client_id = webhook_consumer.client_id;

-- Without a due date nothing is to be done: it has ended, its consumer is disabled, or an older one goes first. A message
-- that is being sent is due when its lease ends.
create table webhook_delivery (
    client_id    uuid    not null,
    consumer_id  uuid    not null,
    sequence     bigint  not null,
    company_id   uuid,
    event_type   text    not null,
    body         text    not null,
    status       text    not null,
    attempts     bigint  not null,
    tries        bigint  not null,
    due_at       bigint,
    lease_token  uuid,
    created_at   bigint  not null,
    primary key (client_id, consumer_id, sequence)
) with (fillfactor = 70);
create index webhook_delivery_due on webhook_delivery (client_id, consumer_id, due_at, sequence)
where due_at is not null;
create index webhook_delivery_open on webhook_delivery (client_id, consumer_id, company_id, sequence)
where status in ('Sending', 'Attempting');
create index webhook_delivery_by_age on webhook_delivery (created_at);

create table webhook_attempt (
    client_id    uuid    not null,
    consumer_id  uuid    not null,
    sequence     bigint  not null,
    number       bigint  not null,
    at           bigint  not null,
    status       bigint,
    error        text,
    answer       text    not null,
    took         bigint  not null,
    not_before   bigint,
    primary key (client_id, consumer_id, sequence, number)
);
