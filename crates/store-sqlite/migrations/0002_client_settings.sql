-- Each client's profile and the origins of its pages.

create table client_profile (
    client_id blob not null primary key references client on delete cascade,
    name text not null,
    redirect text,
    logo_url text,
    icon_url text,
    white_list text not null
) strict, without rowid;

create table allowed_origin (
    client_id blob not null references client on delete cascade,
    place integer not null,
    origin text not null,
    primary key (client_id, place)
) strict, without rowid;

create index allowed_origin_by_origin on allowed_origin (origin);
