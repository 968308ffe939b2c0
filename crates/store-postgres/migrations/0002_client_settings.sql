-- Each client's profile and the origins of its pages.

create table client_profile (
    client_id   uuid     primary key,
    name        text     not null,
    redirect    text,
    logo_url    text,
    icon_url    text,
    white_list  text     not null
);

create table allowed_origin (
    client_id   uuid     not null,
    place       integer  not null,
    origin      text     not null,
    primary key (client_id, place)
);
create index allowed_origin_by_origin on allowed_origin (origin);
