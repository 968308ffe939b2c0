-- Links to companies, and pages that are shown within a client's own: a visit is to a company, and perhaps to one of its
-- connections only. Passwords are told apart within a company.

create table new_link_session (
    hash blob not null primary key,
    company_no integer not null references company on delete cascade,
    connection_no integer references connection on delete cascade,
    framed_by text,
    parameters text not null,
    expires_at_us integer not null
) strict, without rowid;

insert into new_link_session (hash, company_no, connection_no, parameters, expires_at_us)
select link_session.hash, connection.company_no, link_session.connection_no, link_session.parameters,
    link_session.expires_at_us
from link_session
join connection on connection.connection_no = link_session.connection_no;

drop table link_session;
alter table new_link_session rename to link_session;

create index link_session_by_company on link_session (company_no);
create index link_session_by_connection on link_session (connection_no);
create index link_session_by_age on link_session (expires_at_us);

create table new_used_link (
    company_no integer not null references company on delete cascade,
    nonce blob not null,
    expires_at_us integer not null,
    primary key (company_no, nonce)
) strict, without rowid;

insert or ignore into new_used_link (company_no, nonce, expires_at_us)
select connection.company_no, used_link.nonce, used_link.expires_at_us
from used_link
join connection on connection.connection_no = used_link.connection_no;

drop table used_link;
alter table new_used_link rename to used_link;

create index used_link_by_age on used_link (expires_at_us);

-- A link names no client.
create index company_by_id on company (company_id);
