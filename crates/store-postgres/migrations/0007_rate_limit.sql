-- How much each client, and each address, has asked for; and events that are about no company.

create table rate_limit (
    client_id   uuid     primary key,
    day         integer  not null,
    used        bigint   not null,
    is_reached  boolean  not null,
    companies   bigint   not null,
    counted_at  bigint   not null
) with (fillfactor = 50);
create index rate_limit_reached on rate_limit (day) where is_reached;

create table request_under_way (
    client_id   uuid    not null,
    request_id  uuid    not null,
    ends_at     bigint  not null,
    primary key (client_id, request_id)
);

create table address_minute (
    address  text    primary key,
    minute   bigint  not null,
    count    bigint  not null
) with (fillfactor = 50);
create index address_minute_by_age on address_minute (minute);

alter table event alter company_id drop not null;
