//! What clients set for their pages.

use crate::row::{self, Fields, Put};
use crate::{Database, SqliteStore, json, sql};
use async_trait::async_trait;
use domain::client_settings::{Origin, Profile, WebUrl};
use domain::ids::ClientId;
use store::{Answer, ClientSettings, StoreError};

const FIND_PROFILE: &str = "
    -- find_profile
    select coalesce(client_profile.name, client.name), client_profile.redirect,
        client_profile.logo_url, client_profile.icon_url, client_profile.white_list
    from client
    left join client_profile on client_profile.client_id = client.client_id
    where client.client_id = ?1";

const REPLACE_PROFILE: &str = "
    -- replace_profile
    insert or replace into client_profile
        (client_id, name, redirect, logo_url, icon_url, white_list)
    values (?1, ?2, ?3, ?4, ?5, ?6)";

const LIST_ORIGINS: &str = "
    -- list_origins
    select origin
    from allowed_origin
    where client_id = ?1
    order by place";

const FORGET_ORIGINS: &str = "
    -- forget_origins
    delete from allowed_origin
    where client_id = ?1";

const ALLOW_ORIGIN: &str = "
    -- allow_origin
    insert into allowed_origin (client_id, place, origin)
    values (?1, ?2, ?3)";

const IS_ORIGIN_KNOWN: &str = "
    -- is_origin_known
    select 1
    from allowed_origin
    where origin = ?1
    limit 1";

#[async_trait]
impl ClientSettings for SqliteStore {
    async fn find_profile(&self, client: ClientId) -> Answer<Option<Profile>> {
        self.read(move |database| sql::one(database, FIND_PROFILE, &[&client], profile)).await
    }

    async fn replace_profile(&self, client: ClientId, profile: &Profile) -> Answer<()> {
        let profile = profile.clone();
        self.write(move |writing| replace_profile(writing.database, client, &profile)).await
    }

    async fn list_origins(&self, client: ClientId) -> Answer<Vec<Origin>> {
        self.read(move |database| sql::all(database, LIST_ORIGINS, &[&client], row::only)).await
    }

    async fn replace_origins(&self, client: ClientId, origins: &[Origin]) -> Answer<()> {
        let origins = origins.to_vec();
        self.write(move |writing| replace_origins(writing.database, client, &origins)).await
    }

    async fn is_origin_known(&self, origin: &Origin) -> Answer<bool> {
        let origin = origin.clone();
        self.read(move |database| sql::exists(database, IS_ORIGIN_KNOWN, &[&origin])).await
    }
}

fn replace_profile(database: &Database, client: ClientId, profile: &Profile) -> Answer<()> {
    let Profile { name, redirect, logo_url, icon_url, white_list } = profile;
    let white_list = json::write_texts(white_list);
    let values: [&dyn Put; 6] = [&client, name, redirect, logo_url, icon_url, &white_list];
    sql::execute(database, REPLACE_PROFILE, &values).map(drop)
}

fn replace_origins(database: &Database, client: ClientId, origins: &[Origin]) -> Answer<()> {
    sql::execute(database, FORGET_ORIGINS, &[&client])?;
    for (place, origin) in (0_u32..).zip(origins) {
        sql::execute(database, ALLOW_ORIGIN, &[&client, &place, origin])?;
    }
    Ok(())
}

fn profile(row: &mut Fields<'_>) -> Answer<Profile> {
    let (name, redirect, logo_url, icon_url) = (row.next()?, row.next()?, row.next()?, row.next()?);
    let white_list: Option<String> = row.next()?;
    let parse = |text: &str| WebUrl::parse(text).ok();
    let white_list = white_list.map_or(Some(Vec::new()), |text| json::read_texts(&text, parse));
    let damaged = || StoreError::Damaged("a profile's white list is no list of URLs".to_owned());
    Ok(Profile { name, redirect, logo_url, icon_url, white_list: white_list.ok_or_else(damaged)? })
}
