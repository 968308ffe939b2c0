-- Runs that fetch lines from the bank, and the schedules that begin them.

create table managed_feed (
    client_id      uuid     not null,
    account_no     bigint   not null,
    company_id     uuid     not null,
    connection_id  uuid     not null,
    account_id     text     not null,
    schedule       text     not null,
    enabled        boolean  not null,
    next_due_at    bigint,
    primary key (client_id, account_no)
);
create index managed_feed_by_due on managed_feed (next_due_at) where next_due_at is not null;

-- One that has not ended is also the work that is due. Numbered in the order in which they were begun.
create table managed_sync (
    client_id      uuid     not null,
    sync_id        uuid     not null,
    sync_no        bigint   generated always as identity,
    account_no     bigint   not null,
    company_id     uuid     not null,
    connection_id  uuid     not null,
    account_id     text     not null,
    cause          text     not null,
    period_start   bigint   not null,
    period_end     bigint   not null,
    started_at     bigint   not null,
    ended_at       bigint,
    status         text     not null,
    error_code     text,
    error_message  text,
    fetched_lines  bigint   not null,
    new_lines      bigint   not null,
    covers_period  boolean  not null,
    due_at         bigint   not null,
    attempts       bigint   not null,
    lease_token    uuid,
    lease_until    bigint,
    primary key (client_id, sync_id)
) with (fillfactor = 70);
create index managed_sync_by_account on managed_sync (client_id, account_no, sync_no);
create index managed_sync_by_age on managed_sync (client_id, company_id, started_at, sync_no);
create index managed_sync_by_cover on managed_sync (client_id, account_no, period_end) where covers_period;
create index managed_sync_by_due on managed_sync (due_at, sync_no) where ended_at is null;
-- Of one account one sync runs at a time.
create unique index managed_sync_running on managed_sync (client_id, account_no) where ended_at is null;

-- The pushes that a sync made, numbered in their order; a push may outlive its sync.
create table managed_sync_push (
    client_id  uuid    not null,
    sync_id    uuid    not null,
    link_no    bigint  generated always as identity,
    push_key   uuid    not null,
    primary key (client_id, sync_id, link_no)
);
