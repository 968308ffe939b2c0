-- How each client's pages look.

create table branding (
    client_id blob not null primary key references client on delete cascade,
    name text,
    primary_colour text,
    secondary_colour text,
    english_title text,
    english_body text,
    french_title text,
    french_body text
) strict, without rowid;

create table brand_image (
    client_id blob not null references client on delete cascade,
    place text not null,
    kind text not null,
    hash blob not null,
    bytes blob not null,
    primary key (client_id, place)
) strict;
