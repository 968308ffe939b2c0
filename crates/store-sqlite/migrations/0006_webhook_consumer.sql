-- Endpoints that want to hear of events.

create table webhook_consumer (
    client_id blob not null references client on delete cascade,
    consumer_id blob not null,
    url text not null,
    event_types text not null,
    disabled integer not null,
    company_tags text not null,
    is_rule integer not null,
    company_id blob,
    emails text not null,
    created_at_us integer not null,
    primary key (client_id, consumer_id)
) strict, without rowid;
