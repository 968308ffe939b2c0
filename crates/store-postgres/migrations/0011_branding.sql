-- How each client's pages look.

create table branding (
    client_id         uuid  primary key,
    name              text,
    primary_colour    text,
    secondary_colour  text,
    english_title     text,
    english_body      text,
    french_title      text,
    french_body       text
);

create table brand_image (
    client_id  uuid   not null,
    place      text   not null,
    kind       text   not null,
    hash       bytea  not null,
    bytes      bytea  not null,
    primary key (client_id, place)
);
