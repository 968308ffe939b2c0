-- How much each client, and each address, has asked for; and events that are about no company.

create table rate_limit (
    client_id blob not null primary key references client on delete cascade,
    day text not null,
    used integer not null,
    is_reached integer not null,
    companies integer not null,
    counted_at_us integer not null
) strict, without rowid;

create index rate_limit_reached on rate_limit (day) where is_reached;

create table request_under_way (
    client_id blob not null references client on delete cascade,
    request_id blob not null,
    ends_at_us integer not null,
    primary key (client_id, request_id)
) strict, without rowid;

create table address_minute (
    address text not null primary key,
    minute_us integer not null,
    count integer not null
) strict, without rowid;

create index address_minute_by_age on address_minute (minute_us);

create table event_of_anything (
    sequence integer primary key autoincrement,
    client_id blob not null,
    kind text not null,
    at_us integer not null,
    company_id blob,
    connection_id blob,
    account_id text,
    push_key blob
) strict;

insert into event_of_anything
select sequence, client_id, kind, at_us, company_id, connection_id, account_id, push_key
from event
order by sequence;

-- A number that was given is never given again, whatever rows are left.
delete from sqlite_sequence where name = 'event_of_anything';
insert into sqlite_sequence (name, seq)
select 'event_of_anything', seq
from sqlite_sequence
where name = 'event';

drop table event;
alter table event_of_anything rename to event;
create index event_by_client on event (client_id);
