-- Visits to the pages of a connection, and the link passwords that were used for them.

create table link_session (
    hash           bytea   primary key,
    client_id      uuid    not null,
    company_id     uuid    not null,
    connection_id  uuid    not null,
    parameters     text    not null,
    expires_at     bigint  not null
);
create index link_session_by_connection on link_session (client_id, connection_id);
create index link_session_by_age on link_session (expires_at);

create table used_link (
    client_id      uuid    not null,
    company_id     uuid    not null,
    connection_id  uuid    not null,
    nonce          bytea   not null,
    expires_at     bigint  not null,
    primary key (client_id, connection_id, nonce)
);
create index used_link_by_age on used_link (expires_at);

-- A link names no client.
create index connection_by_id on connection (connection_id);
