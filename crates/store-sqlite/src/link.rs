//! Links, and what changes with them.

use crate::row::{Fields, Put};
use crate::writer::{Undo, Writing};
use crate::{Database, SqliteStore, connection, installation, path, source_account, sql};
use async_trait::async_trait;
use domain::connection::ConnectionStatus;
use domain::event::EventKind;
use domain::ids::{ClientId, ConnectionId, ConnectionPath, LeaseToken};
use domain::link::{AccountStep, Effects, HeldLink, Link};
use domain::source_account::AccountPath;
use jiff::{SignedDuration, Timestamp};
use store::link_text::{self, LinkColumns};
use store::{Answer, LeaseRequest, LinkChange, LinkChanged, Links, WorkSignal};
use tracing::warn;

macro_rules! link_columns {
    () => {
        "client_id, company_id, connection_id, platform, version, secrets, is_stirred, standing"
    };
}

const FIND_LINK: &str = concat!(
    "
    -- find_link
    select ",
    link_columns!(),
    "
    from link
    where client_id = ?1 and connection_id = ?2 and company_id = ?3"
);

const FIND_DUE_LINKS: &str = concat!(
    "
    -- find_due_links
    select ",
    link_columns!(),
    "
    from link
    where due_at_us <= ?1 and coalesce(lease_until_us <= ?1, true)
    order by due_at_us
    limit ?2"
);

const FIND_FREE_LINK: &str = concat!(
    "
    -- find_free_link
    select ",
    link_columns!(),
    "
    from link
    where client_id = ?1 and connection_id = ?2 and company_id = ?3
        and coalesce(lease_until_us <= ?4, true)"
);

const LIST_ALL_LINKS: &str = concat!(
    "
    -- list_all_links
    select ",
    link_columns!(),
    "
    from link
    where ?1 is null or (client_id, connection_id) > (?1, ?2)
    order by client_id, connection_id
    limit ?3"
);

const CREATE_LINK: &str = "
    -- create_link
    insert into link (
        client_id, company_id, connection_id, platform, version, organisation, standing, secrets,
        is_stirred, due_at_us
    )
    values (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9)
    on conflict do nothing";

const CHANGE_LINK: &str = "
    -- change_link
    update link
    set version = version + 1, organisation = ?4, standing = ?5, secrets = ?6, is_stirred = ?7,
        due_at_us = ?8
    where client_id = ?1 and connection_id = ?2 and version = ?3";

const FIND_HOLD: &str = "
    -- find_hold_on_link
    select 1
    from link
    where client_id = ?1 and connection_id = ?2 and lease_token = ?3";

const HOLD_LINK: &str = "
    -- hold_link
    update link
    set lease_token = ?3, lease_until_us = ?4
    where client_id = ?1 and connection_id = ?2";

const RELEASE_LINK: &str = "
    -- release_link
    update link
    set lease_token = null, lease_until_us = null
    where client_id = ?1 and connection_id = ?2 and lease_token = ?3";

const FORGET_LINK: &str = "
    -- forget_link
    delete from link
    where client_id = ?1 and connection_id = ?2 and version = ?3";

const COUNT_LINKS: &str = "
    -- count_links_of_organisation
    select count(*)
    from link
    where platform = ?1 and organisation = ?2";

/// A new version: whoever changes it from what was before looks again.
const STIR_LINK: &str = "
    -- stir_link
    update link
    set is_stirred = 1, version = version + 1, due_at_us = -1
    where client_id = ?1 and connection_id = ?2";

const STIR_LINKS_OF_COMPANY: &str = "
    -- stir_links_of_company
    update link
    set is_stirred = 1, version = version + 1, due_at_us = -1
    where client_id = ?1 and company_id = ?2";

const RESUME_WORK: &str = "
    -- resume_work
    update work
    set due_at_us = ?2
    where account_no in (select account_no from source_account where connection_no = ?1)
        and due_at_us > ?2";

const SET_TROUBLE: &str = "
    -- set_trouble
    update connection
    set trouble = ?2
    where connection_no = ?1";

#[async_trait]
impl Links for SqliteStore {
    async fn find_link(&self, path: &ConnectionPath) -> Answer<Option<Link>> {
        let path = *path;
        self.read(move |database| sql::one(database, FIND_LINK, &key(&path), link)).await
    }

    async fn change_link(&self, change: &LinkChange) -> Answer<LinkChanged> {
        let change = change.clone();
        let (resumes, work, links) = (change.effects.resume, self.work.clone(), self.links.clone());
        let raise = move |changed: &LinkChanged| {
            if *changed == LinkChanged::Changed {
                links.raise();
                if resumes {
                    work.raise();
                }
            }
        };
        self.write_then(Undo::Job, move |writing| change_link(writing.database, &change), raise)
            .await
    }

    async fn lease_due_links(&self, request: &LeaseRequest) -> Answer<Vec<HeldLink>> {
        let request = *request;
        self.write(move |writing| {
            let request = installation::caught_up_request(writing.database, request)?;
            let values: [&dyn Put; 2] = [&request.now, &request.count];
            let due = sql::all(writing.database, FIND_DUE_LINKS, &values, link)?;
            due.into_iter().map(|link| hold(writing.database, link, &request)).collect()
        })
        .await
    }

    async fn hold_link(
        &self,
        path: &ConnectionPath,
        request: &LeaseRequest,
    ) -> Answer<Option<HeldLink>> {
        let (path, request) = (*path, *request);
        self.write(move |writing| {
            let request = installation::caught_up_request(writing.database, request)?;
            let values: [&dyn Put; 4] =
                [&path.client, &path.connection, &path.company, &request.now];
            let free = sql::one(writing.database, FIND_FREE_LINK, &values, link)?;
            free.map(|link| hold(writing.database, link, &request)).transpose()
        })
        .await
    }

    async fn release_link(&self, path: &ConnectionPath, token: LeaseToken) -> Answer<()> {
        let path = *path;
        let links = self.links.clone();
        let raise = move |_: &usize| links.raise();
        let release = move |writing: &mut Writing<'_>| {
            let values: [&dyn Put; 3] = [&path.client, &path.connection, &token];
            sql::execute(writing.database, RELEASE_LINK, &values)
        };
        self.write_then(Undo::Job, release, raise).await.map(drop)
    }

    async fn forget_link(&self, link: &Link) -> Answer<bool> {
        let (path, version) = (link.path, link.version);
        self.write(move |writing| {
            let values: [&dyn Put; 3] = [&path.client, &path.connection, &version];
            Ok(sql::execute(writing.database, FORGET_LINK, &values)? > 0)
        })
        .await
    }

    async fn count_links(&self, link: &Link) -> Answer<u64> {
        let platform = link.platform;
        let Some(organisation) = organisation(link) else { return Ok(0) };
        self.read(move |database| sql::count(database, COUNT_LINKS, &[&platform, &organisation]))
            .await
    }

    async fn list_all_links(
        &self,
        after: Option<(ClientId, ConnectionId)>,
        count: u32,
    ) -> Answer<Vec<Link>> {
        let (client, connection) = after.unzip();
        self.read(move |database| {
            sql::all(database, LIST_ALL_LINKS, &[&client, &connection, &count], link)
        })
        .await
    }

    fn link_signal(&self) -> WorkSignal {
        self.links.clone()
    }
}

/// Has a connection's link looked at again, if it has one.
pub(crate) fn stir(database: &Database, client: ClientId, connection: ConnectionId) -> Answer<()> {
    sql::execute(database, STIR_LINK, &[&client, &connection]).map(drop)
}

/// The same for all of a company's links.
pub(crate) fn stir_company(
    database: &Database,
    client: ClientId,
    company: domain::ids::CompanyId,
) -> Answer<()> {
    sql::execute(database, STIR_LINKS_OF_COMPANY, &[&client, &company]).map(drop)
}

/// All links, when the clock was set back.
pub(crate) fn move_back(database: &Database, by: SignedDuration, now: Timestamp) -> Answer<()> {
    let nobody: (Option<ClientId>, Option<ConnectionId>) = (None, None);
    let values: [&dyn Put; 3] = [&nobody.0, &nobody.1, &i64::MAX];
    for read in sql::all(database, LIST_ALL_LINKS, &values, |row| Ok(link(row)))? {
        let before = match read {
            Ok(link) => link,
            Err(error) => {
                warn!(%error, "a link stays as the old clock left it");
                continue;
            }
        };
        let mut link = before.clone();
        link.move_back(by, now);
        if link != before {
            let change = LinkChange { link, effects: Effects::default(), held_by: None, now };
            change_link(database, &change)?;
        }
    }
    Ok(())
}

fn key(path: &ConnectionPath) -> [&dyn Put; 3] {
    [&path.client, &path.connection, &path.company]
}

/// Counted only while we are let in.
fn organisation(link: &Link) -> Option<String> {
    let organisation = link.organisation.as_ref().filter(|_| link.is_authorized())?;
    Some(organisation.id.clone())
}

fn hold(database: &Database, link: Link, request: &LeaseRequest) -> Answer<HeldLink> {
    let until = request.now.saturating_add(request.length).unwrap_or(Timestamp::MAX);
    let ConnectionPath { client, connection, .. } = &link.path;
    sql::execute(database, HOLD_LINK, &[client, connection, &request.token, &until])?;
    Ok(HeldLink { token: request.token, link })
}

fn change_link(database: &Database, change: &LinkChange) -> Answer<LinkChanged> {
    let LinkChange { link, effects, held_by, now } = change;
    let ConnectionPath { client, company, connection } = &link.path;
    if let Some(token) = held_by
        && !sql::exists(database, FIND_HOLD, &[client, connection, token])?
    {
        return Ok(LinkChanged::LeaseLost);
    }
    let caught_up = installation::caught_up(database, *now)?;
    let link = &caught_up.moved_link(link);
    let (organisation, standing) = (organisation(link), link_text::write(link)?);
    let (stirred, due_at) = (link.is_stirred, due_at(link));
    let written = if link.version == 0 {
        if path::connection_no(database, &link.path)?.is_none() {
            return Ok(LinkChanged::Gone);
        }
        let values: [&dyn Put; 9] = [
            client,
            company,
            connection,
            &link.platform,
            &organisation,
            &standing,
            &link.secrets,
            &stirred,
            &due_at,
        ];
        sql::execute(database, CREATE_LINK, &values)?
    } else {
        let values: [&dyn Put; 8] = [
            client,
            connection,
            &link.version,
            &organisation,
            &standing,
            &link.secrets,
            &stirred,
            &due_at,
        ];
        sql::execute(database, CHANGE_LINK, &values)?
    };
    if written == 0 {
        return Ok(LinkChanged::Outdated);
    }
    apply(database, &link.path, effects, caught_up.now)?;
    Ok(LinkChanged::Changed)
}

/// What is due at once is due before any moment that a clock shows.
fn due_at(link: &Link) -> Option<i64> {
    link.due_at().map(|at| at.as_microsecond().max(-1))
}

fn apply(
    database: &Database,
    path: &ConnectionPath,
    effects: &Effects,
    now: Timestamp,
) -> Answer<()> {
    let Some((connection_no, mut found)) = connection::load(database, path)? else {
        return Ok(());
    };
    for (account, step) in &effects.accounts {
        let path = AccountPath { connection: *path, account: account.clone() };
        take_step(database, &path, *step, now)?;
    }
    if let Some(trouble) = effects.trouble.clone().applied(found.trouble.as_ref(), now) {
        sql::execute(database, SET_TROUBLE, &[&connection_no, &trouble])?;
        found.trouble = Some(trouble);
    }
    match effects.connection {
        Some(ConnectionStatus::Linked) => {
            connection::link(database, connection_no, found, now)?;
        }
        Some(ConnectionStatus::Deauthorized) => {
            connection::deauthorize(database, connection_no, found, now)?;
        }
        Some(ConnectionStatus::Unlinked) => {
            connection::unlink(database, connection_no, found, now)?;
        }
        Some(ConnectionStatus::PendingAuth) | None => {}
    }
    if effects.resume {
        sql::execute(database, RESUME_WORK, &[&connection_no, &now])?;
    }
    Ok(())
}

fn take_step(
    database: &Database,
    path: &AccountPath,
    step: AccountStep,
    now: Timestamp,
) -> Answer<()> {
    let Some(found) = source_account::load(database, path)? else { return Ok(()) };
    let Some(account) = step.taken_by(&found.account, now) else { return Ok(()) };
    source_account::rewrite(database, found.account_no, &account)?;
    let kind = match step {
        AccountStep::Connected(_) => EventKind::AccountConnected,
        AccountStep::Disconnected => EventKind::AccountDisconnected,
        AccountStep::Connecting | AccountStep::Failed => return Ok(()),
    };
    source_account::record(database, &path.connection, account.id, kind, now)
}

fn link(row: &mut Fields<'_>) -> Answer<Link> {
    let (client, company, connection) = (row.next()?, row.next()?, row.next()?);
    let columns = LinkColumns {
        path: ConnectionPath { client, company, connection },
        platform: row.next()?,
        version: row.next()?,
        secrets: row.next()?,
        is_stirred: row.next()?,
    };
    let standing: String = row.next()?;
    link_text::read(columns, &standing)
}
