-- The first schema. Times are microseconds since 1970 in UTC, days are texts like 2024-02-29, amounts are decimal
-- texts, ids are the 16 bytes of a UUID. Numbers called *_no are the database's own: short keys for what is looked up
-- most, given in the order in which rows were made. An index is here only if a query reads it.

create table installation (
    installation_no integer primary key check (installation_no = 1),
    otp_key blob not null,
    created_at_us integer not null
) strict;

create table client (
    client_id blob not null primary key,
    name text not null unique,
    created_at_us integer not null
) strict, without rowid;

create table api_key (
    client_id blob not null references client on delete cascade,
    api_key_id blob not null,
    name text,
    hash blob not null unique,
    hint text not null,
    created_at_us integer not null,
    primary key (client_id, api_key_id)
) strict, without rowid;

create table company (
    company_no integer primary key,
    client_id blob not null references client on delete cascade,
    company_id blob not null,
    name text not null,
    description text not null,
    tags text not null,
    created_at_us integer not null,
    unique (client_id, company_id)
) strict;

create index company_by_age on company (client_id, created_at_us);

create table connection (
    connection_no integer primary key,
    company_no integer not null references company on delete cascade,
    connection_id blob not null,
    platform text not null,
    status text not null,
    created_at_us integer not null,
    synced_at_us integer,
    unique (company_no, connection_id)
) strict;

-- Autoincrement: pushes name the account after it is gone, so its number must not come again.
create table source_account (
    account_no integer primary key autoincrement,
    connection_no integer not null references connection on delete cascade,
    account_id text not null,
    shape integer not null,
    name text,
    number text,
    sort_code text,
    account_type text,
    currency text,
    has_routing integer not null,
    bank_code text,
    bank_code_kind text,
    has_info integer not null,
    description text,
    nickname text,
    opened_on text,
    available_balance text,
    status text not null,
    feed_start text,
    public_number text not null,
    created_at_us integer not null,
    modified_at_us integer not null,
    disconnected_at_us integer,
    unique (connection_no, account_id)
) strict;

-- What every push changes of an account, apart from what none changes: a push rewrites this one small row.
create table ledger (
    account_no integer primary key references source_account on delete cascade,
    balance text,
    head blob not null
) strict;

-- Lines and what finds them again, never changed. The heads name their chunks, so nothing looks for them by account;
-- the account is kept for an operator who has to. Autoincrement: decoded chunks are remembered by number.
create table chunk (
    chunk_no integer primary key autoincrement,
    account_no integer not null,
    kind integer not null,
    bytes blob not null
) strict;

create table credential (
    credential_id blob not null primary key,
    connection_no integer not null references connection on delete cascade,
    username text not null unique,
    password_hash text not null,
    created_at_us integer not null,
    failures integer not null,
    window_opened_at_us integer
) strict, without rowid;

create index credential_by_connection on credential (connection_no);

-- Keys grow with time, so new rows go to the end.
create table push (
    push_key blob not null primary key,
    company_no integer not null references company on delete cascade,
    connection_id blob not null,
    account_id text not null,
    account_no integer not null,
    requested_at_us integer not null,
    completed_at_us integer,
    status text not null,
    error text,
    validation text,
    timeout_minutes integer,
    first_line integer not null,
    line_count integer not null,
    known_lines integer not null
) strict, without rowid;

create index push_by_age on push (company_no, requested_at_us);

-- Numbered in the order of arrival: the smallest number of an account is its oldest push that pends.
create table work (
    work_no integer primary key,
    push_key blob not null unique references push on delete cascade,
    account_no integer not null,
    due_at_us integer not null,
    attempt integer not null,
    lease_token blob,
    lease_until_us integer
) strict;

create index work_by_due on work (due_at_us);
create index work_by_account on work (account_no);

create table fetch (
    fetch_no integer primary key,
    account_no integer not null references source_account on delete cascade,
    fetch_id blob not null,
    credential_id blob not null,
    at_us integer not null,
    from_day text not null,
    to_day text,
    watermark integer not null,
    line_count integer not null,
    byte_count integer not null,
    user_agent text not null
) strict;

create index fetch_by_age on fetch (account_no, at_us);

-- Autoincrement: readers remember the last number they saw. Events outlive what they are about.
create table event (
    sequence integer primary key autoincrement,
    client_id blob not null,
    kind text not null,
    at_us integer not null,
    company_id blob not null,
    connection_id blob,
    account_id text,
    push_key blob
) strict;

create index event_by_client on event (client_id);
