-- Links to companies, and pages that are shown within a client's own: a visit is to a company, and perhaps to one of its
-- connections only. Passwords are told apart within a company.

alter table link_session
    alter column connection_id drop not null,
    add column framed_by text;
create index link_session_by_company on link_session (client_id, company_id);

alter table used_link drop constraint used_link_pkey;
alter table used_link drop column connection_id;
alter table used_link add primary key (client_id, company_id, nonce);

-- A link names no client.
create index company_by_id on company (company_id);
