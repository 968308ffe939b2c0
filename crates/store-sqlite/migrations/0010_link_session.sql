-- Visits to the pages of a connection, and the link passwords that were used for them.

create table link_session (
    hash blob not null primary key,
    connection_no integer not null references connection on delete cascade,
    parameters text not null,
    expires_at_us integer not null
) strict, without rowid;

create index link_session_by_connection on link_session (connection_no);
create index link_session_by_age on link_session (expires_at_us);

create table used_link (
    connection_no integer not null references connection on delete cascade,
    nonce blob not null,
    expires_at_us integer not null,
    primary key (connection_no, nonce)
) strict, without rowid;

create index used_link_by_age on used_link (expires_at_us);

-- A link names no client.
create index connection_by_id on connection (connection_id);
