//! Verbs about what clients set for their pages.

use async_trait::async_trait;
use domain::client_settings::{Origin, Profile, RedirectTemplate, WebUrl};
use domain::ids::ClientId;
use store::{Answer, ClientSettings};
use tokio_postgres::Row;

use crate::PostgresStore;
use crate::client::LOCK_CLIENT;
use crate::columns::Columns;
use crate::fault::{Attempt, damaged};
use crate::text::{escaped, listed, unlisted};

const FIND_PROFILE: &str = "\
-- find_profile
select coalesce(client_profile.name, client.name), client_profile.redirect,
    client_profile.logo_url, client_profile.icon_url, client_profile.white_list
from client
left join client_profile on client_profile.client_id = client.client_id
where client.client_id = $1";

const REPLACE_PROFILE: &str = "\
-- replace_profile
insert into client_profile (client_id, name, redirect, logo_url, icon_url, white_list)
values ($1, $2, $3, $4, $5, $6)
on conflict (client_id) do update
set name = excluded.name, redirect = excluded.redirect, logo_url = excluded.logo_url,
    icon_url = excluded.icon_url, white_list = excluded.white_list";

const LIST_ORIGINS: &str = "\
-- list_origins
select origin
from allowed_origin
where client_id = $1
order by place";

const FORGET_ORIGINS: &str = "\
-- forget_origins
delete from allowed_origin
where client_id = $1";

const ALLOW_ORIGINS: &str = "\
-- allow_origins
insert into allowed_origin (client_id, place, origin)
select $1, listed.place, listed.origin
from unnest($2::text[]) with ordinality as listed (origin, place)";

const IS_ORIGIN_KNOWN: &str = "\
-- is_origin_known
select 1
from allowed_origin
where origin = $1
limit 1";

fn profile_of(row: &Row) -> Attempt<Profile> {
    let mut columns = Columns::of(row);
    let url = |text: &str| WebUrl::parse(text).ok();
    Ok(Profile {
        name: columns.text()?,
        redirect: columns.parsed_maybe(|text| RedirectTemplate::parse(text).ok())?,
        logo_url: columns.parsed_maybe(url)?,
        icon_url: columns.parsed_maybe(url)?,
        white_list: columns.parsed_maybe(|text| unlisted(text, url))?.unwrap_or_default(),
    })
}

#[async_trait]
impl ClientSettings for PostgresStore {
    async fn find_profile(&self, client: ClientId) -> Answer<Option<Profile>> {
        self.ask(|session| async move {
            let row = session.row(FIND_PROFILE, &[&client.uuid()]).await?;
            row.as_ref().map(profile_of).transpose()
        })
        .await
    }

    async fn replace_profile(&self, client: ClientId, profile: &Profile) -> Answer<()> {
        self.transact(|session| async move {
            let text = |url: &WebUrl| url.as_str().to_owned();
            let white_list = listed(profile.white_list.iter().map(WebUrl::as_str))?;
            session
                .run(
                    REPLACE_PROFILE,
                    &[
                        &client.uuid(),
                        &escaped(&profile.name),
                        &profile.redirect.as_ref().map(RedirectTemplate::as_str),
                        &profile.logo_url.as_ref().map(text),
                        &profile.icon_url.as_ref().map(text),
                        &white_list,
                    ],
                )
                .await?;
            Ok(())
        })
        .await
    }

    async fn list_origins(&self, client: ClientId) -> Answer<Vec<Origin>> {
        self.ask(|session| async move {
            let rows = session.rows(LIST_ORIGINS, &[&client.uuid()]).await?;
            let origin = |row: &Row| Columns::of(row).parsed(|text| Origin::parse(text).ok());
            rows.iter().map(origin).collect()
        })
        .await
    }

    async fn replace_origins(&self, client: ClientId, origins: &[Origin]) -> Answer<()> {
        self.transact(|session| async move {
            let origins: Vec<&str> = origins.iter().map(Origin::as_str).collect();
            session
                .row(LOCK_CLIENT, &[&client.uuid()])
                .await?
                .ok_or_else(|| damaged("no client"))?;
            session.run(FORGET_ORIGINS, &[&client.uuid()]).await?;
            session.run(ALLOW_ORIGINS, &[&client.uuid(), &origins]).await?;
            Ok(())
        })
        .await
    }

    async fn is_origin_known(&self, origin: &Origin) -> Answer<bool> {
        self.ask(|session| async move {
            Ok(session.row(IS_ORIGIN_KNOWN, &[&origin.as_str()]).await?.is_some())
        })
        .await
    }
}
