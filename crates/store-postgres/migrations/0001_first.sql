-- The first schema. Instants are microseconds since 1970, days are days since 1970, amounts are decimal text, states
-- go by their names in the contract. Numbers ending in _no only grow and tell the order in which rows were made.
-- There are no foreign keys: the store locks a row's parents while it writes the row, and deletes from the top down.

create sequence account_no;
create sequence chunk_no;
create sequence push_no;

create table installation (
    only_row    boolean  primary key check (only_row),
    otp_key     bytea    not null,
    created_at  bigint   not null
);

create table client (
    client_id   uuid     primary key,
    client_no   bigint   generated always as identity,
    name        text     not null unique,
    created_at  bigint   not null
);

create table api_key (
    client_id   uuid     not null,
    api_key_id  uuid     not null,
    api_key_no  bigint   generated always as identity,
    name        text,
    hash        bytea    not null unique,
    hint        text     not null,
    created_at  bigint   not null,
    primary key (client_id, api_key_id)
);

create table company (
    client_id    uuid    not null,
    company_id   uuid    not null,
    company_no   bigint  generated always as identity,
    name         text    not null,
    description  text    not null,
    tags         text    not null,
    created_at   bigint  not null,
    primary key (client_id, company_id)
);
create index company_by_age on company (client_id, created_at, company_no);

create table connection (
    client_id      uuid    not null,
    connection_id  uuid    not null,
    connection_no  bigint  generated always as identity,
    company_id     uuid    not null,
    platform       text    not null,
    status         text    not null,
    created_at     bigint  not null,
    synced_at      bigint,
    primary key (client_id, connection_id)
);
create index connection_by_age on connection (client_id, company_id, created_at, connection_no);

create table source_account (
    client_id          uuid      not null,
    connection_id      uuid      not null,
    account_id         text      not null,
    account_no         bigint    not null default nextval('account_no'),
    company_id         uuid      not null,
    shape              smallint  not null,
    name               text,
    number             text,
    sort_code          text,
    account_type       text,
    currency           text,
    has_routing        boolean   not null,
    bank_code          text,
    bank_code_kind     text,
    has_info           boolean   not null,
    description        text,
    nickname           text,
    opened_on          integer,
    available_balance  text,
    status             text      not null,
    feed_start         integer,
    public_number      text      not null,
    created_at         bigint    not null,
    modified_at        bigint    not null,
    disconnected_at    bigint,
    primary key (client_id, connection_id, account_id)
);

-- What pushes change of an account, and the row that they lock: whoever changes an account's standing locks it too.
create table ledger (
    client_id   uuid    not null,
    account_no  bigint  not null,
    balance     text,
    head        bytea   not null,
    primary key (client_id, account_no)
) with (fillfactor = 50);

-- Lines, packed. The bytes are dense already, so the server is told not to try.
create table chunk (
    client_id   uuid      not null,
    chunk_no    bigint    not null,
    account_no  bigint    not null,
    kind        smallint  not null,
    bytes       bytea     not null,
    primary key (client_id, chunk_no)
);
alter table chunk alter column bytes set storage external;

create table credential (
    client_id         uuid     not null,
    credential_id     uuid     not null unique,
    company_id        uuid     not null,
    connection_id     uuid     not null,
    username          text     not null unique,
    password_hash     text     not null,
    created_at        bigint   not null,
    failures          bigint   not null,
    window_opened_at  bigint,
    primary key (client_id, credential_id)
);
create index credential_by_connection on credential (client_id, connection_id);

create table push (
    client_id        uuid     not null,
    push_key         uuid     not null,
    push_no          bigint   not null,
    company_id       uuid     not null,
    connection_id    uuid     not null,
    account_id       text     not null,
    account_no       bigint   not null,
    requested_at     bigint   not null,
    completed_at     bigint,
    status           text     not null,
    error            text,
    validation       text     not null,
    timeout_minutes  bigint,
    first_line       bigint   not null,
    line_count       bigint   not null,
    known_lines      bigint   not null,
    primary key (client_id, push_key)
);
create index push_by_age on push (client_id, company_id, requested_at, push_no);

-- One row for each push that pends. Of an account only the one with the smallest number may be leased.
create table work (
    client_id    uuid     not null,
    account_no   bigint   not null,
    push_no      bigint   not null,
    push_key     uuid     not null,
    company_id   uuid     not null,
    due_at       bigint   not null,
    attempts     bigint   not null,
    lease_token  uuid,
    lease_until  bigint,
    primary key (client_id, account_no, push_no)
) with (fillfactor = 70);
create index work_by_age on work (due_at, push_no);

create table statement_fetch (
    client_id      uuid     not null,
    account_no     bigint   not null,
    fetch_id       uuid     not null,
    fetch_no       bigint   generated always as identity,
    company_id     uuid     not null,
    connection_id  uuid     not null,
    credential_id  uuid     not null,
    fetched_at     bigint   not null,
    from_day       integer  not null,
    to_day         integer,
    watermark      bigint   not null,
    lines          bigint   not null,
    bytes          bigint   not null,
    user_agent     text     not null,
    primary key (client_id, account_no, fetch_id)
);
create index statement_fetch_by_age on statement_fetch (client_id, account_no, fetched_at, fetch_no);

create table event (
    client_id      uuid    not null,
    sequence       bigint  not null,
    kind           text    not null,
    happened_at    bigint  not null,
    company_id     uuid    not null,
    connection_id  uuid,
    account_id     text,
    push_key       uuid,
    primary key (client_id, sequence)
);

-- The number of a client's newest event. It is the last row that a transaction locks, and it stays locked until the
-- commit: a reader who sees a number has all smaller ones.
create table client_sequence (
    client_id  uuid    primary key,
    newest     bigint  not null
) with (fillfactor = 50);
