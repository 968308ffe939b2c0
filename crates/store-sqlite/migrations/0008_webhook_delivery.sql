-- How things stood when an event happened, and the bringing of events to consumers.

-- JSON, written with the event: what it is about may change, or go.
alter table event add column detail text;

alter table webhook_consumer add column fifo integer not null default 0;
alter table webhook_consumer add column rate_per_second integer;
-- The second in which messages were counted last, and how many.
alter table webhook_consumer add column counted_second integer;
alter table webhook_consumer add column counted integer;
alter table webhook_consumer add column secrets blob;
alter table webhook_consumer add column failing_since_us integer;
alter table webhook_consumer add column disabled_why text;
-- The last event that was looked at for it. What happened before there was anybody to send it is not sent.
alter table webhook_consumer add column seen_sequence integer not null default 0;

update webhook_consumer
set seen_sequence = (
    select coalesce(max(sequence), 0)
    from event
    where event.client_id = webhook_consumer.client_id
);

-- Without a due date nothing is to be done: it has ended, its consumer is disabled, or an older one goes first. A message
-- that is being sent is due when its lease ends.
create table webhook_delivery (
    client_id blob not null references client on delete cascade,
    consumer_id blob not null,
    sequence integer not null,
    company_id blob,
    event_type text not null,
    body text not null,
    status text not null,
    attempts integer not null,
    tries integer not null,
    due_at_us integer,
    lease_token blob,
    created_at_us integer not null,
    primary key (client_id, consumer_id, sequence)
) strict, without rowid;

create index webhook_delivery_due on webhook_delivery (client_id, consumer_id, due_at_us, sequence)
where due_at_us is not null;
create index webhook_delivery_open on webhook_delivery (client_id, consumer_id, company_id, sequence)
where status in ('Sending', 'Attempting');
create index webhook_delivery_by_age on webhook_delivery (created_at_us);

create table webhook_attempt (
    client_id blob not null references client on delete cascade,
    consumer_id blob not null,
    sequence integer not null,
    number integer not null,
    at_us integer not null,
    status integer,
    error text,
    answer text not null,
    took_us integer not null,
    not_before_us integer,
    primary key (client_id, consumer_id, sequence, number)
) strict, without rowid;
