-- Short-lived tokens for one company.

create table access_token (
    hash blob not null primary key,
    company_no integer not null references company on delete cascade,
    expires_at_us integer not null
) strict, without rowid;

create index access_token_by_company on access_token (company_no);
