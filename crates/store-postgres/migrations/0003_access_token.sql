-- Short-lived tokens for one company.

create table access_token (
    hash        bytea   primary key,
    client_id   uuid    not null,
    company_id  uuid    not null,
    expires_at  bigint  not null
);
create index access_token_by_company on access_token (client_id, company_id);
