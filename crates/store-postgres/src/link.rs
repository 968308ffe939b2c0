//! Verbs about links, and what changes with them. The connection is locked before its accounts, and these before the link.

use async_trait::async_trait;
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, LeaseToken};
use domain::link::{AccountStep, Effects, HeldLink, Link};
use domain::platform;
use domain::sealed::Sealed;
use domain::source_account::AccountPath;
use jiff::{SignedDuration, Timestamp};
use store::link_text::{self, LinkColumns};
use store::{Answer, LeaseRequest, LinkChange, LinkChanged, Links, WorkSignal};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use tracing::warn;

use crate::PostgresStore;
use crate::columns::{Columns, micros, signed};
use crate::connection::{self, SET_CONNECTION_STATUS, event_on};
use crate::event::{News, finish_with};
use crate::fault::Attempt;
use crate::installation;
use crate::ledger;
use crate::session::Session;
use crate::source_account;
use crate::text::escaped;

const FIND_LINK: &str = "\
-- find_link
select client_id, company_id, connection_id, platform, version, secrets, is_stirred, standing
from link
where client_id = $1 and connection_id = $2 and company_id = $3";

const LIST_ALL_LINKS: &str = "\
-- list_all_links
select client_id, company_id, connection_id, platform, version, secrets, is_stirred, standing
from link
where $1::uuid is null or (client_id, connection_id) > ($1, $2)
order by client_id, connection_id
limit $3";

const LOCK_ALL_LINKS: &str = "\
-- lock_all_links
select client_id, company_id, connection_id, platform, version, secrets, is_stirred, standing
from link
order by client_id, connection_id
for update";

const CREATE_LINK: &str = "\
-- create_link
insert into link (
    client_id, company_id, connection_id, platform, version, organisation, standing, secrets,
    is_stirred, due_at
)
values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9)
on conflict do nothing";

const CHANGE_LINK: &str = "\
-- change_link
update link
set version = version + 1, organisation = $4, standing = $5, secrets = $6, is_stirred = $7,
    due_at = $8
where client_id = $1 and connection_id = $2 and version = $3";

const SEE_HOLD: &str = "\
-- see_hold_on_link
select 1
from link
where client_id = $1 and connection_id = $2 and lease_token = $3
for update";

const LEASE_LINKS: &str = "\
-- lease_due_links
with due as (
    select client_id, connection_id
    from link
    where due_at <= $1 and (lease_until is null or lease_until <= $1)
    order by due_at
    limit $2
    for update skip locked
)
update link
set lease_token = $3, lease_until = $4
from due
where link.client_id = due.client_id and link.connection_id = due.connection_id
returning link.client_id, company_id, link.connection_id, platform, version, secrets, is_stirred,
    standing";

const HOLD_LINK: &str = "\
-- hold_link
update link
set lease_token = $5, lease_until = $6
where client_id = $1 and connection_id = $2 and company_id = $3
    and (lease_until is null or lease_until <= $4)
returning client_id, company_id, connection_id, platform, version, secrets, is_stirred, standing";

const RELEASE_LINK: &str = "\
-- release_link
update link
set lease_token = null, lease_until = null
where client_id = $1 and connection_id = $2 and lease_token = $3";

const FORGET_LINK: &str = "\
-- forget_link
delete from link
where client_id = $1 and connection_id = $2 and version = $3";

const COUNT_LINKS: &str = "\
-- count_links_of_organisation
select count(*)
from link
where platform = $1 and organisation = $2";

/// A new version: whoever changes it from what was before looks again.
pub(crate) const STIR_LINK: &str = "\
-- stir_link
update link
set is_stirred = true, version = version + 1, due_at = -1
where client_id = $1 and connection_id = $2";

pub(crate) const STIR_LINKS_OF_COMPANY: &str = "\
-- stir_links_of_company
update link
set is_stirred = true, version = version + 1, due_at = -1
where client_id = $1 and company_id = $2";

const RESUME_WORK: &str = "\
-- resume_work
update work
set due_at = $3
where client_id = $1
    and account_no = any(array(
        select account_no
        from source_account
        where client_id = $1 and connection_id = $2
    ))
    and due_at > $3";

const SET_TROUBLE: &str = "\
-- set_trouble
update connection
set trouble = $3
where client_id = $1 and connection_id = $2";

#[async_trait]
impl Links for PostgresStore {
    async fn find_link(&self, path: &ConnectionPath) -> Answer<Option<Link>> {
        self.ask(|session| async move {
            let ids = ids(path);
            let row = session.row(FIND_LINK, &[&ids.0, &ids.1, &ids.2]).await?;
            row.as_ref().map(link_of).transpose()
        })
        .await
    }

    async fn change_link(&self, change: &LinkChange) -> Answer<LinkChanged> {
        let changed =
            self.transact(|session| async move { change_link(&session, change).await }).await?;
        if changed == LinkChanged::Changed {
            self.link_signal().raise();
            if change.effects.resume {
                self.tell_of_work();
            }
        }
        Ok(changed)
    }

    async fn lease_due_links(&self, request: &LeaseRequest) -> Answer<Vec<HeldLink>> {
        self.transact(|session| async move {
            let request = &installation::caught_up_request(&session, request).await?;
            let (token, now, until) = lease(request);
            let values: [&(dyn ToSql + Sync); 4] =
                [&now, &i64::from(request.count), &token, &until];
            let rows = session.rows(LEASE_LINKS, &values).await?;
            rows.iter().map(|row| held(request, row)).collect()
        })
        .await
    }

    async fn hold_link(
        &self,
        path: &ConnectionPath,
        request: &LeaseRequest,
    ) -> Answer<Option<HeldLink>> {
        self.transact(|session| async move {
            let request = &installation::caught_up_request(&session, request).await?;
            let (ids, (token, now, until)) = (ids(path), lease(request));
            let values: [&(dyn ToSql + Sync); 6] = [&ids.0, &ids.1, &ids.2, &now, &token, &until];
            let row = session.row(HOLD_LINK, &values).await?;
            row.map(|row| held(request, &row)).transpose()
        })
        .await
    }

    async fn release_link(&self, path: &ConnectionPath, token: LeaseToken) -> Answer<()> {
        self.transact(|session| async move {
            let ids = ids(path);
            session.run(RELEASE_LINK, &[&ids.0, &ids.1, &token.uuid()]).await?;
            Ok(())
        })
        .await?;
        self.link_signal().raise();
        Ok(())
    }

    async fn forget_link(&self, link: &Link) -> Answer<bool> {
        self.transact(|session| async move {
            let (ids, version) = (ids(&link.path), signed(link.version)?);
            Ok(session.run(FORGET_LINK, &[&ids.0, &ids.1, &version]).await? > 0)
        })
        .await
    }

    async fn count_links(&self, link: &Link) -> Answer<u64> {
        let Some(organisation) = organisation(link) else { return Ok(0) };
        let organisation = &organisation;
        self.ask(|session| async move {
            let row = session.row(COUNT_LINKS, &[&link.platform.key, organisation]).await?;
            row.map_or(Ok(0), |row| Columns::of(&row).number())
        })
        .await
    }

    async fn list_all_links(
        &self,
        after: Option<(ClientId, ConnectionId)>,
        count: u32,
    ) -> Answer<Vec<Link>> {
        self.ask(|session| async move {
            let client = after.map(|(client, _)| client.uuid());
            let connection = after.map(|(_, connection)| connection.uuid());
            let values: [&(dyn ToSql + Sync); 3] = [&client, &connection, &i64::from(count)];
            session.rows(LIST_ALL_LINKS, &values).await?.iter().map(link_of).collect()
        })
        .await
    }

    fn link_signal(&self) -> WorkSignal {
        self.links.clone()
    }
}

/// Has a connection's link looked at again, if it has one.
pub(crate) async fn stir(session: &Session, path: &ConnectionPath) -> Attempt<()> {
    session.run(STIR_LINK, &[&path.client.uuid(), &path.connection.uuid()]).await.map(drop)
}

/// All links, when the clock was set back.
pub(crate) async fn move_back(
    session: &Session,
    by: SignedDuration,
    now: Timestamp,
) -> Attempt<()> {
    for row in session.rows(LOCK_ALL_LINKS, &[]).await? {
        let before = match link_of(&row) {
            Ok(link) => link,
            Err(error) => {
                warn!(?error, "a link stays as the old clock left it");
                continue;
            }
        };
        let mut link = before.clone();
        link.move_back(by, now);
        if link != before {
            write(session, &link, None).await?;
        }
    }
    Ok(())
}

fn ids(path: &ConnectionPath) -> (uuid::Uuid, uuid::Uuid, uuid::Uuid) {
    (path.client.uuid(), path.connection.uuid(), path.company.uuid())
}

fn lease(request: &LeaseRequest) -> (uuid::Uuid, i64, i64) {
    let until = request.now.saturating_add(request.length).unwrap_or(Timestamp::MAX);
    (request.token.uuid(), micros(request.now), micros(until))
}

fn held(request: &LeaseRequest, row: &Row) -> Attempt<HeldLink> {
    Ok(HeldLink { token: request.token, link: link_of(row)? })
}

/// Counted only while we are let in.
fn organisation(link: &Link) -> Option<String> {
    let organisation = link.organisation.as_ref().filter(|_| link.is_authorized())?;
    Some(escaped(&organisation.id).into_owned())
}

/// What is due at once is due before any moment that a clock shows.
fn due_at(link: &Link) -> Option<i64> {
    link.due_at().map(|at| micros(at).max(-1))
}

async fn change_link(session: &Session, change: &LinkChange) -> Attempt<LinkChanged> {
    let LinkChange { link, effects, held_by, now } = change;
    let is_new = link.version == 0;
    let connection = if is_new || *effects != Effects::default() {
        connection::lock(session, &link.path).await?
    } else {
        None
    };
    if is_new && connection.is_none() {
        return Ok(LinkChanged::Gone);
    }
    for (account, _) in &effects.accounts {
        let path = AccountPath { connection: link.path, account: account.clone() };
        ledger::lock(session, &path).await?;
    }
    let caught_up = installation::caught_up(session, *now).await?;
    let written = write(session, &caught_up.moved_link(link), *held_by).await?;
    if written != LinkChanged::Changed {
        return Ok(written);
    }
    match connection {
        Some(connection) => apply(session, connection, effects, caught_up.now).await?,
        None => session.finish(&[]).await?,
    }
    Ok(LinkChanged::Changed)
}

async fn write(
    session: &Session,
    link: &Link,
    held_by: Option<LeaseToken>,
) -> Attempt<LinkChanged> {
    let ids = ids(&link.path);
    if let Some(token) = held_by
        && session.row(SEE_HOLD, &[&ids.0, &ids.1, &token.uuid()]).await?.is_none()
    {
        return Ok(LinkChanged::LeaseLost);
    }
    let (organisation, standing) = (organisation(link), link_text::write(link)?);
    let secrets = link.secrets.as_ref().map(|sealed| sealed.0.as_slice());
    let due_at = due_at(link);
    let written = if link.version == 0 {
        let values: [&(dyn ToSql + Sync); 9] = [
            &ids.0,
            &ids.2,
            &ids.1,
            &link.platform.key,
            &organisation,
            &standing,
            &secrets,
            &link.is_stirred,
            &due_at,
        ];
        session.run(CREATE_LINK, &values).await?
    } else {
        let version = signed(link.version)?;
        let values: [&(dyn ToSql + Sync); 8] = [
            &ids.0,
            &ids.1,
            &version,
            &organisation,
            &standing,
            &secrets,
            &link.is_stirred,
            &due_at,
        ];
        session.run(CHANGE_LINK, &values).await?
    };
    Ok(if written == 0 { LinkChanged::Outdated } else { LinkChanged::Changed })
}

/// Does what changes with a link, and ends the transaction.
async fn apply(
    session: &Session,
    connection: Connection,
    effects: &Effects,
    now: Timestamp,
) -> Attempt<()> {
    let path = connection.path();
    let ids = ids(&path);
    let mut events = Vec::new();
    for (account, step) in &effects.accounts {
        let path = AccountPath { connection: path, account: account.clone() };
        events.extend(take_step(session, &path, *step, now).await?);
    }
    if let Some(trouble) = effects.trouble.clone().applied(connection.trouble.as_ref(), now) {
        let text = link_text::write_trouble(&trouble)?;
        session.run(SET_TROUBLE, &[&ids.0, &ids.1, &text]).await?;
    }
    if let Some(kind) = effects.connection.and_then(|to| stepping(connection.status, to)) {
        let status = effects.connection.unwrap_or(connection.status).name();
        session.run(SET_CONNECTION_STATUS, &[&ids.0, &ids.1, &status]).await?;
        events.push(event_on(&path, kind, now));
    }
    if effects.resume {
        session.run(RESUME_WORK, &[&ids.0, &ids.1, &micros(now)]).await?;
    }
    if events.is_empty() {
        return session.finish(&[]).await;
    }
    finish_with(session, &[], &News::of(path.client, &events)).await
}

/// What a connection reports when it goes from one status to another; nothing when it does not.
fn stepping(from: ConnectionStatus, to: ConnectionStatus) -> Option<EventKind> {
    match to {
        ConnectionStatus::Linked => connection::linking(from),
        ConnectionStatus::Unlinked | ConnectionStatus::Deauthorized => {
            (from == ConnectionStatus::Linked).then_some(EventKind::ConnectionDisconnected)
        }
        ConnectionStatus::PendingAuth => None,
    }
}

async fn take_step(
    session: &Session,
    path: &AccountPath,
    step: AccountStep,
    now: Timestamp,
) -> Attempt<Option<Event>> {
    let Some(found) = source_account::find(session, path).await? else { return Ok(None) };
    let Some(account) = step.taken_by(&found, now) else { return Ok(None) };
    if let AccountStep::Connected(feed_start) = step {
        source_account::set_connected(session, path, feed_start).await?;
    } else {
        source_account::change(session, &path.connection, &account).await?;
    }
    let kind = match step {
        AccountStep::Connected(_) => EventKind::AccountConnected,
        AccountStep::Disconnected => EventKind::AccountDisconnected,
        AccountStep::Connecting | AccountStep::Failed => return Ok(None),
    };
    Ok(Some(event_on(&path.connection, kind, now).for_account(account.id)))
}

fn link_of(row: &Row) -> Attempt<Link> {
    let mut columns = Columns::of(row);
    let client = columns.id(ClientId::new)?;
    let company = columns.id(CompanyId::new)?;
    let connection = columns.id(ConnectionId::new)?;
    let parts = LinkColumns {
        path: ConnectionPath { client, company, connection },
        platform: columns.parsed(platform::find)?,
        version: columns.number()?,
        secrets: columns.take::<Option<Vec<u8>>>()?.map(Sealed),
        is_stirred: columns.take()?,
    };
    let standing: &str = columns.take()?;
    Ok(link_text::read(parts, standing)?)
}
