-- Endpoints that want to hear of events.

create table webhook_consumer (
    client_id     uuid     not null,
    consumer_id   uuid     not null,
    consumer_no   bigint   generated always as identity,
    url           text     not null,
    event_types   text     not null,
    disabled      boolean  not null,
    company_tags  text     not null,
    is_rule       boolean  not null,
    company_id    uuid,
    emails        text     not null,
    created_at    bigint   not null,
    primary key (client_id, consumer_id)
);
