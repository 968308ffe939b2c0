-- Platforms that we send to: how a connection is linked, what was sent, and how much was asked.

-- JSON: what is or was last wrong.
alter table connection add column trouble text;

-- It outlives its connection while feeds of it are still to be ended, so nothing refers to that. `standing` is JSON;
-- nothing searches in it. `organisation` is there while we are let in.
create table link (
    client_id blob not null references client on delete cascade,
    connection_id blob not null,
    company_id blob not null,
    platform text not null,
    version integer not null,
    organisation text,
    standing text not null,
    secrets blob,
    is_stirred integer not null,
    due_at_us integer,
    lease_token blob,
    lease_until_us integer,
    primary key (client_id, connection_id)
) strict, without rowid;

create index link_by_due on link (due_at_us)
where due_at_us is not null;
create index link_by_organisation on link (platform, organisation)
where organisation is not null;
create index link_by_company on link (client_id, company_id);

create table sent_statement (
    push_key blob not null references push on delete cascade,
    number integer not null,
    account_no integer not null,
    feed text not null,
    first_line integer not null,
    line_count integer not null,
    starts_on text not null,
    ends_on text not null,
    opening text not null,
    closing text not null,
    attempt integer not null,
    attempted_at_us integer not null,
    statement_id text,
    stage text not null,
    stage_at_us integer not null,
    primary key (push_key, number)
) strict, without rowid;

create index sent_statement_by_feed on sent_statement (account_no, feed, first_line);

-- Of no client: an organisation may be fed by several.
create table call_budget (
    organisation text not null primary key,
    budget text not null
) strict, without rowid;
