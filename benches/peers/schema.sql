-- What both peers write: a row for each push and each line, unique by account and id.

create table account (
    account_id  text    primary key,
    balance     numeric
);

create table push (
    push_key      uuid         primary key,
    account_id    text         not null,
    requested_at  timestamptz  not null,
    status        text         not null
);

create table line (
    account_id    text           not null,
    line_id       text           not null,
    push_key      uuid           not null,
    day           date           not null,
    amount        numeric(20, 4) not null,
    balance       numeric(20, 4),
    description   text,
    reference     text,
    counterparty  text,
    primary key (account_id, line_id)
);
create index line_by_day on line (account_id, day);
