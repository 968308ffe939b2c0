-- Platforms that we send to: how a connection is linked, what was sent, and how much was asked.

-- JSON: what is or was last wrong.
alter table connection add trouble text;

-- It outlives its connection while feeds of it are still to be ended. `standing` is JSON; nothing searches in it.
-- `organisation` is there while we are let in.
create table link (
    client_id      uuid     not null,
    connection_id  uuid     not null,
    company_id     uuid     not null,
    platform       text     not null,
    version        bigint   not null,
    organisation   text,
    standing       text     not null,
    secrets        bytea,
    is_stirred     boolean  not null,
    due_at         bigint,
    lease_token    uuid,
    lease_until    bigint,
    primary key (client_id, connection_id)
) with (fillfactor = 70);
create index link_by_due on link (due_at) where due_at is not null;
create index link_by_organisation on link (platform, organisation) where organisation is not null;
create index link_by_company on link (client_id, company_id);

create table sent_statement (
    client_id     uuid     not null,
    push_key      uuid     not null,
    number        bigint   not null,
    company_id    uuid     not null,
    account_no    bigint   not null,
    feed          text     not null,
    first_line    bigint   not null,
    line_count    bigint   not null,
    starts_on     integer  not null,
    ends_on       integer  not null,
    opening       text     not null,
    closing       text     not null,
    attempt       bigint   not null,
    attempted_at  bigint   not null,
    statement_id  text,
    stage         text     not null,
    stage_at      bigint   not null,
    primary key (client_id, push_key, number)
) with (fillfactor = 70);
create index sent_statement_by_feed on sent_statement (client_id, account_no, feed, first_line);
create index sent_statement_by_company on sent_statement (client_id, company_id);

-- Of no client: an organisation may be fed by several.
create table call_budget (
    organisation  text  primary key,
    budget        text  not null
) with (fillfactor = 50);
