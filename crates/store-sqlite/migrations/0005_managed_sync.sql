-- Runs that fetch lines from the bank, and the schedules that begin them.

create table managed_feed (
    account_no integer primary key references source_account on delete cascade,
    schedule text not null,
    enabled integer not null,
    next_due_at_us integer
) strict;

create index managed_feed_by_due on managed_feed (next_due_at_us) where next_due_at_us is not null;

-- One that has not ended is also the work that is due. Numbered in the order in which they were begun.
create table managed_sync (
    sync_no integer primary key,
    sync_id blob not null unique,
    account_no integer not null references source_account on delete cascade,
    company_no integer not null references company on delete cascade,
    cause text not null,
    period_start_us integer not null,
    period_end_us integer not null,
    started_at_us integer not null,
    ended_at_us integer,
    status text not null,
    error_code text,
    error_message text,
    fetched_lines integer not null,
    new_lines integer not null,
    covers_period integer not null,
    due_at_us integer not null,
    attempt integer not null,
    lease_token blob,
    lease_until_us integer
) strict;

create index managed_sync_by_account on managed_sync (account_no);
create index managed_sync_by_age on managed_sync (company_no, started_at_us);
create index managed_sync_by_cover on managed_sync (account_no, period_end_us) where covers_period;
create index managed_sync_by_due on managed_sync (due_at_us) where ended_at_us is null;
-- Of one account one sync runs at a time.
create unique index managed_sync_running on managed_sync (account_no) where ended_at_us is null;

-- The pushes that a sync made, numbered in their order; a push may outlive its sync.
create table managed_sync_push (
    link_no integer primary key,
    sync_no integer not null references managed_sync on delete cascade,
    push_key blob not null
) strict;

create index managed_sync_push_by_sync on managed_sync_push (sync_no);
